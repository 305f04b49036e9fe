"""A change of a stop, seen from those who registered: rows, mails and calendars agree."""

from datetime import timedelta

import icalendar
import pytest

from meetings import agenda, lifecycle
from meetings.availability import Availability
from outbox.models import Message
from professionals import seats
from professionals.models import RegistrationStatus
from tests.factories import make_registration, make_stop
from tests.telling import tell

pytestmark = pytest.mark.django_db


def sequence_of(message):
    return int(icalendar.Calendar.from_ical(message.calendar).walk("VEVENT")[0]["SEQUENCE"])


def test_more_seats_move_the_queue_up_and_the_class_shown_follows_in_the_same_transaction():
    stop = make_stop(seats=2)
    for _number in range(2):
        make_registration(stop)
    waiting = make_registration(stop, status=RegistrationStatus.WAITING)
    assert agenda.stop(stop.slug).availability == Availability.WAITING
    lifecycle.change(stop, changes={"seats": 20}, by=None)
    tell()
    waiting.refresh_from_db()
    assert waiting.status == RegistrationStatus.SEATED
    assert agenda.stop(stop.slug).availability == Availability.OPEN
    assert [m.purpose for m in Message.objects.all()] == ["promoted"]


def test_fewer_seats_take_nobodys_away():
    stop = make_stop(seats=3)
    rows = [make_registration(stop) for _number in range(3)]
    lifecycle.change(stop, changes={"seats": 1}, by=None)
    tell()
    assert {type(row).objects.get(pk=row.pk).status for row in rows} == {RegistrationStatus.SEATED}
    assert agenda.stop(stop.slug).availability == Availability.WAITING


def test_who_gave_the_seat_up_and_came_back_gets_the_move_above_what_their_calendar_knows():
    stop = make_stop()
    kept, returned = make_registration(stop), make_registration(stop)
    seats.withdraw(returned)
    seats.come_back(returned)
    lifecycle.change(stop, changes={"date": stop.date + timedelta(days=7)}, by=None)
    tell()
    found = {
        row.pk: sequence_of(Message.objects.get(purpose="moved", key__contains=f":registration:{row.pk}:"))
        for row in (kept, returned)
    }
    assert found == {kept.pk: 1, returned.pk: 3}
    sent = [
        sequence_of(message)
        for message in Message.objects.filter(key__contains=f":registration:{returned.pk}:").order_by("pk")
        if message.calendar
    ]
    assert sent == sorted(set(sent))


def test_who_gave_the_seat_up_is_told_nothing():
    stop = make_stop()
    seats.withdraw(make_registration(stop))
    Message.objects.all().delete()
    lifecycle.cancel(stop, by=None)
    tell()
    assert Message.objects.count() == 0


def test_a_change_of_seats_and_day_at_once_tells_the_promoted_the_new_day():
    stop = make_stop(seats=1)
    make_registration(stop)
    waiting = make_registration(stop, status=RegistrationStatus.WAITING)
    lifecycle.change(stop, changes={"seats": 2, "date": stop.date + timedelta(days=7)}, by=None)
    tell()
    found = Message.objects.filter(key__contains=f":registration:{waiting.pk}:").order_by("pk")
    assert [(m.purpose, bool(m.calendar), m.status) for m in found] == [
        ("promoted", True, "queued"),
        ("moved", True, "queued"),
    ]
    stop.refresh_from_db()
    event = icalendar.Calendar.from_ical(found[0].calendar).walk("VEVENT")[0]
    assert event["DTSTART"].dt == stop.starts_at
