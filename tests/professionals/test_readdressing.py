"""A mistyped address is corrected: the wrong mailbox opens nothing any more, the right one is told."""

import pytest

from accounts import links
from accounts.models import AuditEntry
from meetings.models import Invitation
from outbox import clock
from outbox.models import Message, MessageStatus
from professionals import people, personal_links, readdressing, seat_requests, seats
from professionals.models import Registration
from tests.factories import make_professional, make_staff, make_stop
from tests.professionals.filling import ask

pytestmark = pytest.mark.django_db


def seated(**person: str) -> Registration:
    return seats.register(make_stop(), professional=make_professional(**person))


def test_old_links_die_and_the_seat_is_written_again_to_the_right_address() -> None:
    asked = ask(make_stop())
    registration = seat_requests.confirm(asked)
    invitation = Invitation.objects.create(
        stop=registration.stop,
        audience="professionals",
        key=f"professional:{registration.professional_id}",
        written_at=clock.now(),
    )
    tokens = {
        "registration": personal_links.registration_token(registration),
        "request": personal_links.confirmation_url(asked).split("/")[-2],
        "invitation": links.token("invitation", invitation.pk, invitation.nonce),
    }
    Message.objects.update(status=MessageStatus.SENT)
    readdressing.correct(registration.professional, email="Vraie@hotel.example", by=make_staff())
    for open_it, token in (
        (personal_links.registration_for, tokens["registration"]),
        (personal_links.request_for, tokens["request"]),
        (personal_links.invitation_for, tokens["invitation"]),
    ):
        with pytest.raises(personal_links.BadToken):
            open_it(token)
    told = Message.objects.latest("pk")
    assert (told.purpose, told.recipient, told.calendar_method) == ("seat", "vraie@hotel.example", "REQUEST")
    registration.refresh_from_db()
    assert personal_links.registration_url(registration) in told.text.split()
    assert [(e.verb, e.fields) for e in AuditEntry.objects.filter(verb="readdressed")] == [
        ("readdressed", ["email"])
    ]


def test_what_had_not_left_for_the_wrong_address_does_not_leave() -> None:
    registration = seated(email="faute@hotel.example")
    readdressing.correct(registration.professional, email="vraie@hotel.example", by=make_staff())
    assert [(m.recipient, m.status) for m in Message.objects.order_by("pk")] == [
        ("faute@hotel.example", "superseded"),
        ("vraie@hotel.example", "queued"),
    ]


def test_an_address_taken_away_leaves_a_person_for_the_telephone() -> None:
    registration = seated(email="faute@hotel.example", phone="+212661000001")
    readdressing.correct(registration.professional, email="", by=make_staff())
    registration.professional.refresh_from_db()
    assert registration.professional.known_by == "+212661000001"
    assert Message.objects.exclude(status="superseded").count() == 0


def test_who_would_be_left_without_both_keeps_the_address() -> None:
    person = make_professional(email="faute@hotel.example", phone="")
    with pytest.raises(readdressing.Unreachable):
        readdressing.correct(person, email="", by=make_staff())


def test_a_mailbox_that_knows_somebody_of_this_name_is_refused_whole() -> None:
    make_professional(email="vraie@hotel.example", name="Gérante")
    registration = seated(email="faute@hotel.example", name="gerante")
    nonce = registration.nonce
    with pytest.raises(people.SameName):
        readdressing.correct(registration.professional, email="vraie@hotel.example", by=make_staff())
    registration.refresh_from_db()
    assert registration.nonce == nonce
    assert [m.status for m in Message.objects.all()] == ["queued"]


def test_the_same_address_again_changes_nothing() -> None:
    registration = seated(email="vraie@hotel.example")
    nonce = registration.nonce
    readdressing.correct(registration.professional, email="VRAIE@hotel.example", by=make_staff())
    registration.refresh_from_db()
    assert (registration.nonce, Message.objects.count()) == (nonce, 1)
