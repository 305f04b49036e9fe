"""Where the tour stands."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

import pytest
from django.db import transaction

from meetings import agenda, gate
from meetings.models import Stop, StopStatus
from onmt_tour import course
from regions import legal_time
from regions.models import Region
from tests.factories import make_region, make_stop, next_thursday

pytestmark = pytest.mark.django_db

DAY = next_thursday()
MORNING = legal_time.instant(DAY, time(6))


def became(stop: Stop, status: StopStatus) -> None:
    """The status a stop came to have, its release as it was."""
    with transaction.atomic(), gate.opened():
        Stop.objects.filter(pk=stop.pk).update(status=status)


def told(steps: Iterable[course.Step]) -> list[tuple[str, str]]:
    return [(step.code, step.state) for step in steps]


def steps_at(moment: datetime) -> list[course.Step]:
    return course.steps(Region.objects.all(), agenda.stops(), at=moment)


def test_regions_without_a_date_come_last_from_the_south_up_and_drafts_do_not_show() -> None:
    for code in ("MA-01", "MA-05", "MA-12"):
        make_region(code)
    make_stop(region="MA-05", date=DAY)
    make_stop(region="MA-01", date=DAY - timedelta(days=1), published=False)
    assert told(steps_at(MORNING)) == [("MA-05", "next"), ("MA-12", "undated"), ("MA-01", "undated")]


def test_each_status_has_its_state_in_the_order_of_dates() -> None:
    statuses = {"MA-12": StopStatus.HELD, "MA-11": StopStatus.POSTPONED, "MA-10": StopStatus.CANCELLED}
    for week, code in enumerate(("MA-12", "MA-11", "MA-10", "MA-09", "MA-08")):
        stop = make_stop(region=code, date=DAY + timedelta(weeks=week))
        if code in statuses:
            became(stop, statuses[code])
    assert told(steps_at(MORNING)) == [
        ("MA-12", "held"),
        ("MA-11", "postponed"),
        ("MA-10", "cancelled"),
        ("MA-09", "next"),
        ("MA-08", "announced"),
    ]


def test_a_stop_is_the_next_one_until_it_ends() -> None:
    make_stop(region="MA-12", date=DAY, starts=time(10), ends=time(13, 30))
    make_stop(region="MA-11", date=DAY + timedelta(days=5))
    during, after = legal_time.instant(DAY, time(13, 29)), legal_time.instant(DAY, time(13, 30))
    assert told(steps_at(during))[0] == ("MA-12", "next")
    assert told(steps_at(after)) == [("MA-12", "announced"), ("MA-11", "next")]


def test_a_cancelled_stop_gives_way_to_the_one_that_replaces_it() -> None:
    became(make_stop(region="MA-12", date=DAY), StopStatus.CANCELLED)
    make_stop(region="MA-12", slug="dakhla-2", date=DAY + timedelta(days=7))
    assert told(steps_at(MORNING)) == [("MA-12", "next")]


def test_nothing_comes_next_when_nothing_is_published() -> None:
    make_stop(region="MA-12", date=DAY, published=False)
    assert course.next_stop(agenda.stops(), at=MORNING) is None


def test_the_tour_is_over_once_nothing_is_left_to_announce() -> None:
    """Held, called off, or ended an hour ago and not noted yet; a postponed stop is still to come."""
    first, second = make_stop(region="MA-12", date=DAY), make_stop(region="MA-11", date=DAY)
    evening = legal_time.instant(DAY, time(20))
    assert not course.is_over(steps_at(MORNING), at=MORNING)
    assert course.is_over(steps_at(evening), at=evening)
    became(first, StopStatus.HELD)
    became(second, StopStatus.CANCELLED)
    assert course.is_over(steps_at(MORNING), at=MORNING)
    became(second, StopStatus.POSTPONED)
    assert not course.is_over(steps_at(evening), at=evening)
    became(second, StopStatus.HELD)
    make_region("MA-10")
    assert not course.is_over(steps_at(evening), at=evening)


def test_days_are_counted_on_moroccan_calendars() -> None:
    make_stop(region="MA-12", date=DAY)
    stop = agenda.stops()[0]
    late_on_the_eve = legal_time.instant(DAY - timedelta(days=1), time(23, 59))
    assert [course.days_until(stop, at=at) for at in (late_on_the_eve, MORNING)] == [1, 0]
