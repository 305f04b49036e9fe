import hashlib

import pytest

from accounts import links
from professionals import badges
from tests.factories import make_invitation, make_registration, make_stop


@pytest.mark.django_db
def test_a_code_dies_with_the_nonce() -> None:
    mine = make_registration(make_stop())
    before = badges.code(mine)
    assert badges.code(mine) == before
    mine.nonce = links.new_nonce()
    assert badges.code(mine) != before


@pytest.mark.django_db
def test_an_invitation_and_a_registration_of_one_number_have_two_codes() -> None:
    invited = make_invitation(make_stop())
    assert badges.code_of("registration", invited.pk, invited.nonce) != badges.code(invited)


def test_codes_are_six_signs_that_nobody_mistakes() -> None:
    made = {badges.code_of("registration", number, "nonce") for number in range(2000)}
    assert len(made) > 1990
    assert {len(code) for code in made} == {6}
    assert set("".join(made)) == set(badges.ALPHABET)
    assert set("ILOU") & set(badges.ALPHABET) == set()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("K7P4QX", "K7P4QX"),
        (" k7p 4qx ", "K7P4QX"),
        ("k7p-4qx", "K7P4QX"),
        ("KOI LUX", "K011VX"),
        ("٧٧٧ ٧٧٧", "777777"),
        ("Fatima", "FAT1MA"),  # may be one: names are looked for as well
        ("Benali", "BENA11"),
        ("Zineb", ""),
        ("K7P4QX7", ""),
        ("", ""),
    ],
)
def test_a_code_is_read_as_people_type_it(typed: str, read: str) -> None:
    assert badges.read(typed) == read


def test_a_device_recognises_a_badge_and_cannot_make_one() -> None:
    assert badges.seal_hash("7.seal") == hashlib.sha256(b"7.seal").hexdigest()[:32]
