"""Seats offered from the eve's afternoon on, and the stopping of the queue."""

from datetime import datetime, time, timedelta

import pytest

from accounts.models import AuditEntry
from meetings.models import Stop
from outbox import clock
from outbox.models import Message
from professionals import offers, promotion, room, seats
from professionals.models import Registration, RegistrationStatus
from regions import legal_time
from tests.factories import make_professional, make_staff, make_stop
from tests.professionals.conftest import Clock

pytestmark = pytest.mark.django_db


def come(stop: Stop) -> Registration:
    return seats.register(stop, professional=make_professional())


def eve(stop: Stop, hour: time) -> timedelta:
    return legal_time.instant(stop.date - timedelta(days=1), hour) - clock.now()


def statuses(*people: Registration) -> list[str]:
    return [Registration.objects.get(pk=one.pk).status for one in people]


def test_before_four_on_the_eve_a_freed_seat_is_given_and_after_it_is_offered(later: Clock) -> None:
    stop = make_stop(seats=2)
    first, second, third, fourth = (come(stop) for _ in range(4))
    later(eve(stop, time(15, 59)))
    seats.withdraw(first)
    later(timedelta(minutes=2))
    seats.withdraw(second)
    assert statuses(third, fourth) == ["seated", "offered"]
    assert room.taken_at(stop).free(stop.seats) == 0
    offer = Message.objects.get(purpose="offered")
    assert offer.recipient == fourth.professional.email
    assert offer.calendar == ""


def test_an_offer_is_taken_by_its_person_in_time_and_twice_is_once(later: Clock) -> None:
    stop = make_stop(seats=1)
    first, second = come(stop), come(stop)
    later(eve(stop, time(16, 30)))
    seats.withdraw(first)
    assert offers.take(second).status == RegistrationStatus.SEATED
    assert offers.take(second).status == RegistrationStatus.SEATED
    sent = Message.objects.filter(recipient=second.professional.email).order_by("pk")
    assert list(sent.values_list("purpose", flat=True)) == ["waiting", "offered", "seat"]


def test_when_the_limit_passes_the_seat_goes_to_the_next_and_the_late_cannot_take_it(later: Clock) -> None:
    stop = make_stop(seats=1)
    first, second, third = (come(stop) for _ in range(3))
    later(eve(stop, time(16, 30)))
    seats.withdraw(first)
    later(timedelta(minutes=stop.offer_minutes))
    with pytest.raises(offers.OfferOver):
        offers.take(second)
    assert offers.lapse_due(clock.now()) == 1
    assert offers.lapse_due(clock.now()) == 0
    assert statuses(second, third) == ["cancelled", "offered"]
    assert Message.objects.filter(purpose="lapsed").count() == 1


@pytest.mark.parametrize(
    ("asked", "ends"),
    [
        (time(16, 0), time(18, 0)),
        (time(18, 59), time(20, 59)),
        (time(19, 0), time(8, 0)),
        (time(23), time(8)),
    ],
)
def test_no_offer_ends_at_night(asked: time, ends: time) -> None:
    stop = make_stop()
    day = stop.date - timedelta(days=1)
    found = promotion.offer_ends(stop, legal_time.instant(day, asked))
    expected = day if ends > asked else stop.date
    assert found == legal_time.instant(expected, ends)


def test_an_offer_ends_when_the_stop_begins_at_the_latest() -> None:
    stop = make_stop()
    now: datetime = stop.starts_at - timedelta(minutes=10)
    assert promotion.offer_ends(stop, now) == stop.starts_at


def test_staff_stop_the_queue_and_let_it_move_again() -> None:
    stop, by = make_stop(seats=1), make_staff()
    first, second = come(stop), come(stop)
    offers.stop_promotion(stop, by=by)
    seats.withdraw(first)
    assert promotion.promote(stop) == 0
    assert statuses(second) == ["waiting"]
    assert come(stop).status == RegistrationStatus.WAITING  # the queue's seat, not a newcomer's
    offers.resume_promotion(stop, by=by)
    assert statuses(second) == ["seated"]
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))[-2:] == [
        "stop_promotion",
        "resume_promotion",
    ]
