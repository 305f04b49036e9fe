"""What a personal link opens, and for how long."""

import pytest
from django.test import Client

from accounts import links
from accounts.links import BadToken
from meetings.models import Invitation
from onmt_tour.masking import masked
from outbox import clock
from outbox.models import Message
from professionals import personal_links, seat_requests, seats
from professionals.models import Registration
from professionals.personal_links import BADGE, registration_for, registration_token
from tests.factories import make_registration, make_stop
from tests.professionals.filling import ask

pytestmark = pytest.mark.django_db


def test_a_token_opens_its_registration_and_no_other() -> None:
    stop = make_stop()
    one, other = make_registration(stop), make_registration(stop)
    assert registration_for(registration_token(one)) == one
    seal = registration_token(one).partition(".")[2]
    with pytest.raises(BadToken):
        registration_for(f"{other.pk}.{seal}")


def test_a_badge_does_not_open_the_registration_nor_the_other_way_round(client: Client) -> None:
    registration = make_registration(make_stop())
    badge = links.token(BADGE, registration.pk, registration.nonce)
    assert registration_for(badge, kind=BADGE) == registration
    for token, kind in ((badge, personal_links.REGISTRATION), (registration_token(registration), BADGE)):
        with pytest.raises(BadToken):
            registration_for(token, kind=kind)
    for page in ("", "coordonnees/", "liberer/", "badge/", "agenda.ics"):
        assert client.get(f"/fr/inscription/{badge}/{page}").status_code == 404


def test_a_renewed_link_revokes_every_one_given_out_before(client: Client) -> None:
    registration = make_registration(make_stop())
    before = [registration_token(registration), links.token(BADGE, registration.pk, registration.nonce)]
    seats.renew_link(registration)
    registration.refresh_from_db()
    for page in (f"{before[0]}/", f"{before[0]}/liberer/", f"badge/{before[1]}/"):
        assert client.get(f"/fr/inscription/{page}").status_code == 404
    assert client.post(f"/fr/inscription/{before[0]}/liberer/").status_code == 404
    assert Registration.objects.get().status == "seated"
    message = Message.objects.get()
    assert message.purpose == "link_again"
    assert registration_token(registration) in message.text


def test_a_renewed_link_revokes_the_confirmation_and_the_invitation_that_led_to_it(client: Client) -> None:
    asked = ask(make_stop())
    registration = seat_requests.confirm(asked)
    mine = Invitation(key=f"professional:{registration.professional_id}")
    colleagues = Invitation(key="professional:0")
    for one in (mine, colleagues):
        one.stop, one.audience, one.written_at = registration.stop, "professionals", clock.now()
        one.save()
    addresses = [
        personal_links.confirmation_url(asked),
        *(personal_links.answer_url(one, "fr") for one in (mine, colleagues)),
    ]
    assert [client.get(one).status_code for one in addresses[:2]] == [302, 200]
    seats.renew_link(registration)
    assert [client.get(one).status_code for one in addresses[:2]] == [404, 404]
    assert client.post(addresses[1], {"answer": "decline"}).status_code == 404
    colleagues.refresh_from_db()
    assert personal_links.answer_url(colleagues, "fr") == addresses[2]


def test_no_log_keeps_a_personal_link() -> None:
    registration = make_registration(make_stop())
    for address in (personal_links.registration_url(registration), personal_links.badge_url(registration)):
        token = address.rstrip("/").rpartition("/")[2]
        assert masked(f'"GET {address}liberer/ HTTP/1.1" 200 "{address}"').count(token) == 0


@pytest.mark.parametrize("token", ["", ".", "1.", "x.y", "1", f"{'9' * 30}.a", "-1.a", "٣.a"])
def test_what_is_no_token_opens_nothing(token: str) -> None:
    with pytest.raises(BadToken):
        registration_for(token)


def test_a_link_leads_to_the_language_of_the_person() -> None:
    registration = make_registration(make_stop())
    assert "/fr/inscription/" in personal_links.registration_url(registration)
    assert "/en/inscription/" in personal_links.registration_url(registration, language="en")
