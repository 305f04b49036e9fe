"""From the invitation to the thanks, through the apps as they are joined in the portal."""

import re
from datetime import date, time, timedelta

import pytest
from django.test import Client

from meetings import reminders
from meetings.models import Answer, Invitation
from outbox import clock
from outbox.models import Message, MessageStatus
from professionals import seats
from professionals.models import Registration, RegistrationStatus
from regions import legal_time
from tests.factories import make_organisation, make_professional, make_stop

pytestmark = pytest.mark.django_db

DAY = date(2027, 3, 18)


@pytest.fixture
def at(monkeypatch):
    def set_to(days, hour="17:00"):
        moment = legal_time.instant(DAY - timedelta(days=days), time.fromisoformat(hour))
        monkeypatch.setattr(clock, "now", lambda: moment)

    set_to(40)
    return set_to


@pytest.fixture
def stop(at):
    found = make_stop(date=DAY, seats=1)
    reminders.lay_down(found.tour)
    return found


def beat():
    """The portal writes what is due, and the mail server takes everything that was written since."""
    reminders.write_due()
    new = Message.objects.filter(status=MessageStatus.QUEUED).order_by("pk")
    told = [(message.recipient.partition("@")[0], message.purpose) for message in new]
    new.update(status=MessageStatus.SENT, final_at=clock.now())
    return told


def person(stop, name, **fields):
    return make_professional(
        email=f"{name}@hotel.example", organisation=make_organisation(region=stop.region), **fields
    )


def answer_page(message):
    """The path of the one link that leads to an answer."""
    [address] = re.findall(r"https?://[^/\s]+(/\S*/invitation/\S+)", message.text)
    return address


def test_each_professional_hears_what_concerns_them_and_nothing_else(stop, at):
    for name in ("vient", "attend", "refuse", "silence"):
        person(stop, name)
    told = {}
    reader = Client()
    for days in range(22, -3, -1):
        at(days)
        if days == 20:
            for name, answer in (("vient", "yes"), ("attend", "yes"), ("refuse", "no")):
                message = Message.objects.get(recipient=f"{name}@hotel.example")
                page = answer_page(message)
                assert reader.get(page).status_code == 200
                assert reader.post(page, {"answer": answer}).status_code == 302
        if days == 0:
            Registration.objects.seated().update(checked_in_at=clock.now())
        told[days] = sorted(beat())
    assert {days: mails for days, mails in told.items() if mails} == {
        21: [(name, "invitation") for name in ("attend", "refuse", "silence", "vient")],
        20: [("attend", "waiting"), ("vient", "seat")],
        10: [("silence", "no_answer")],
        7: [("vient", "seated_week")],
        1: [("vient", "seated_eve")],
        -1: [("vient", "thanks")],
    }
    assert sorted(Invitation.objects.values_list("answer", flat=True)) == [
        Answer.ACCEPTED,
        Answer.ACCEPTED,
        Answer.DECLINED,
        Answer.NONE,
    ]


def test_who_moves_up_from_the_queue_is_reminded_and_who_leaves_is_not(stop, at):
    at(20)
    leaves = seats.register(stop, professional=person(stop, "part"))
    seats.register(stop, professional=person(stop, "monte"))
    beat()
    at(12)
    seats.withdraw(leaves)
    beat()
    told = {}
    for days in range(11, -1, -1):
        at(days)
        told[days] = beat()
    assert {days: mails for days, mails in told.items() if mails} == {
        7: [("monte", "seated_week")],
        1: [("monte", "seated_eve")],
    }


def test_who_gave_a_seat_up_is_not_invited_again(stop, at):
    at(25)
    leaves = seats.register(stop, professional=person(stop, "part"))
    assert [purpose for _, purpose in beat()] == ["seat"]
    seats.withdraw(leaves)
    at(21)
    assert [purpose for _, purpose in beat()] == ["withdrawn"]


def test_the_eve_follows_the_entry_of_who_left_and_came_back(stop, at):
    at(20)
    registration = seats.register(stop, professional=person(stop, "revient"))
    seats.withdraw(registration)
    registration.refresh_from_db()
    seats.come_back(registration)
    beat()
    at(1)
    beat()
    eve = Message.objects.get(purpose="seated_eve")
    seat = Message.objects.filter(purpose="seat").latest("pk")
    sequence = re.compile(r"SEQUENCE:(\d+)")
    assert sequence.findall(eve.calendar) == sequence.findall(seat.calendar)
    assert sequence.findall(eve.calendar) == [str(stop.sequence + 2)]
    assert Registration.objects.get().status == RegistrationStatus.SEATED
