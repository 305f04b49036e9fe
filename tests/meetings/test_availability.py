"""Tests of meetings.availability."""

from datetime import timedelta

import pytest

from meetings import availability, lifecycle
from meetings.attendance import Taken
from meetings.availability import Availability
from outbox import clock
from regions import legal_time
from tests.factories import make_stop

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("seats", "seated", "waiting", "expected"),
    [
        (100, 0, 0, Availability.OPEN),
        (100, 89, 0, Availability.OPEN),
        (100, 90, 0, Availability.FEW),
        (100, 99, 0, Availability.FEW),
        (1, 0, 0, Availability.FEW),
        (5, 3, 0, Availability.OPEN),
        (5, 4, 0, Availability.FEW),
        (100, 100, 0, Availability.WAITING),
        (100, 120, 0, Availability.WAITING),  # seats were taken away after they were given
        (100, 99, 1, Availability.WAITING),  # the free seat belongs to the queue
    ],
)
def test_the_class_follows_from_the_seats_and_the_queue(seats, seated, waiting, expected):
    stop = make_stop(seats=seats)
    assert availability.of(stop, Taken(seated=seated, waiting=waiting), clock.now()) == expected


def test_outside_its_window_a_stop_is_not_open_yet_or_closed():
    day = legal_time.today()
    early = make_stop(region="MA-11", registration_opens_on=day + timedelta(days=1))
    late = make_stop(region="MA-12", registration_closes_on=day - timedelta(days=1))
    now = clock.now()
    assert availability.of(early, Taken(), now) == Availability.NOT_YET
    assert availability.of(early, Taken(), now + timedelta(days=1)) == Availability.OPEN
    assert availability.of(late, Taken(), now) == Availability.CLOSED
    assert availability.of(late, Taken(seated=100), now) == Availability.FULL
    assert availability.of(late, Taken(), now - timedelta(days=1)) == Availability.OPEN


def test_once_begun_a_stop_is_closed_even_with_free_seats():
    stop = make_stop()
    assert availability.of(stop, Taken(), stop.starts_at - timedelta(seconds=1)) == Availability.OPEN
    assert availability.of(stop, Taken(), stop.starts_at) == Availability.CLOSED
    assert availability.of(stop, Taken(seated=100), stop.starts_at) == Availability.CLOSED


@pytest.mark.parametrize("verb", [lifecycle.postpone, lifecycle.cancel])
def test_a_stop_that_is_off_is_closed(verb):
    stop = make_stop()
    verb(stop, by=None)
    stop.refresh_from_db()
    assert availability.of(stop, Taken(seated=100), clock.now()) == Availability.CLOSED


def test_a_draft_is_closed():
    assert availability.of(make_stop(published=False), Taken(), clock.now()) == Availability.CLOSED
