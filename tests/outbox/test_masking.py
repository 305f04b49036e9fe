"""What staff may read of an address in a mail."""

import pytest

from accounts.links import token
from outbox.masking import links_masked, unfolded

SITE = "https://tournee.portal.example"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (f"{SITE}/fr/inscription/12.abcDEF_-ghi/", f"{SITE}/fr/inscription/…/"),
        (f"{SITE}/ar/invitation/{token('invitation', 7, 'nonce')}", f"{SITE}/ar/invitation/…"),
        (f"{SITE}/compte/password/reset/key/3-cabc12-9f8e7d/", f"{SITE}/compte/password/reset/key/…/"),
        (f"{SITE}/compte/confirm-email/MTI:1sJ2:x_Yz/", f"{SITE}/compte/confirm-email/…/"),
        (f"{SITE}/fr/?token=abcdef", f"{SITE}/fr/?…"),
        (f"{SITE}/fr/#12.abcdef", f"{SITE}/fr/…"),
        (f"{SITE}/fr/etapes/dakhla-oued-ed-dahab/agenda.pdf", None),
        (f"{SITE}/fr/etapes/12/", None),
        (SITE, None),
    ],
)
def test_what_may_open_a_page_is_masked_and_the_rest_is_not(address, shown):
    text = f"Votre lien ({address}), et la suite. <{address}>"

    assert links_masked(text) == text.replace(address, shown or address)


def test_an_address_broken_over_two_lines_of_a_calendar_is_masked_whole():
    folded = f"URL:{SITE}/fr/inscription/12.abc\r\n DEF/\r\nSUMMARY:Rencontre\r\n"

    assert links_masked(unfolded(folded)) == f"URL:{SITE}/fr/inscription/…/\r\nSUMMARY:Rencontre\r\n"
