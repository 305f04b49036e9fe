"""Whose calendar declined is asked, once for each state of the entry; nothing changes by itself."""

import pytest

from meetings import answers, invitations
from meetings.models import Answer, Invitation
from outbox import incoming
from outbox.models import Message
from professionals import seats
from professionals.models import Registration, RegistrationStatus
from tests.factories import make_official, make_professional, make_stop
from tests.outbox import came_back

pytestmark = pytest.mark.django_db


def declines(message: Message, notice: str = "<1@calendar.example>", partstat: str = "DECLINED") -> None:
    assert incoming.take(came_back.reply(message, notice=notice, partstat=partstat)) is incoming.Taken.REPLY


def asked() -> list[Message]:
    return list(Message.objects.filter(purpose="declined_in_calendar").order_by("pk"))


def make_seated() -> tuple[Registration, Message]:
    registration = seats.register(make_stop(), professional=make_professional())
    return registration, Message.objects.get(purpose="seat")


def test_a_registered_person_is_asked_once_whether_to_release_the_seat() -> None:
    registration, seat = make_seated()
    declines(seat, partstat="ACCEPTED")
    assert asked() == []
    declines(seat, "<2@calendar.example>")
    declines(seat, "<3@calendar.example>")

    (message,) = asked()
    assert message.recipient == registration.professional.email
    assert f"/fr/inscription/{registration.pk}." in message.text and "/liberer/" in message.text
    registration.refresh_from_db()
    assert registration.status == RegistrationStatus.SEATED


def test_a_new_state_of_the_entry_is_asked_about_anew_and_an_old_one_is_not() -> None:
    registration, seat = make_seated()
    seats.withdraw(registration)
    declines(seat)
    assert asked() == []
    seats.register(registration.stop, professional=registration.professional)
    declines(seat, "<2@calendar.example>")  # of the entry before
    assert asked() == []
    declines(Message.objects.filter(purpose="seat").latest("pk"), "<3@calendar.example>")
    assert len(asked()) == 1


def test_who_gives_the_seat_back_meanwhile_is_asked_no_more() -> None:
    registration, seat = make_seated()
    declines(seat)
    seats.withdraw(registration)
    assert [message.status for message in asked()] == ["superseded"]


def test_an_official_is_asked_with_the_link_of_their_answer() -> None:
    stop = make_stop()
    official = make_official(region=stop.region)
    invitations.write_to(stop, [official.body], limit=10)
    invitation = answers.accept(Invitation.objects.get())
    entry = Message.objects.get(purpose="accepted")
    declines(entry)
    declines(entry, "<2@calendar.example>")

    (message,) = asked()
    assert (message.recipient, message.subject) == (official.email, f"stop:{stop.pk}")
    assert "/fr/invitation/" in message.text
    invitation.refresh_from_db()
    assert invitation.answer == Answer.ACCEPTED

    answers.decline(invitation)
    assert asked()[0].status == "superseded"
    declines(entry, "<3@calendar.example>")
    assert len(asked()) == 1
