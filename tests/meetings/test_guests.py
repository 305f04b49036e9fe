"""Guest lists: who is expected where, at which rank, and what is left as staff put it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from meetings import guests, lifecycle, officials
from meetings.models import Guest, Stop, StopStatus
from regions import legal_time
from regions.models import Official
from tests.factories import make_official, make_region, make_staff, make_stop, make_tour

pytestmark = pytest.mark.django_db


def listed(stop: Stop) -> list[tuple[int, int]]:
    """Who stands on the list of a stop: key of the official and rank."""
    return list(Guest.objects.filter(stop=stop).order_by("rank", "pk").values_list("official", "rank"))


@pytest.fixture
def south() -> Stop:
    return make_stop(region="MA-12")


@pytest.fixture
def north() -> Stop:
    return make_stop(region="MA-01")


def test_an_official_of_a_region_is_expected_at_its_stop_alone(south: Stop, north: Stop) -> None:
    wali = make_official(region=make_region("MA-12"), protocol_rank=1)
    assert guests.expect([wali], by=None) == 1
    assert (listed(south), listed(north)) == ([(wali.pk, 1)], [])


def test_an_official_of_the_country_is_expected_at_every_stop(south: Stop, north: Stop) -> None:
    national = make_official(region=None, protocol_rank=7)
    assert guests.expect([national], by=None) == 2
    assert listed(south) == listed(north) == [(national.pk, 7)]


def test_expecting_twice_keeps_the_rank_that_staff_gave(south: Stop, north: Stop) -> None:
    national = make_official(region=None, protocol_rank=7)
    Guest.objects.create(stop=south, official=national, rank=2)
    assert guests.expect([national], by=None) == 1
    assert guests.expect([national], by=None) == 0
    assert (listed(south), listed(north)) == ([(national.pk, 2)], [(national.pk, 7)])


def test_who_left_office_is_expected_nowhere(south: Stop) -> None:
    assert guests.expect([make_official(region=None, active=False)], by=None) == 0
    assert listed(south) == []


def test_only_stops_to_come_of_the_current_tour_get_guests() -> None:
    today = legal_time.today()
    waiting = make_stop(region="MA-12", published=False, date=today)
    make_stop(region="MA-11", published=False, date=today - timedelta(days=1))
    former = make_tour(slug="autre", is_current=False)
    make_stop(region="MA-10", tour=former, published=False)
    postponed, cancelled = make_stop(region="MA-09"), make_stop(region="MA-08")
    lifecycle.postpone(postponed, by=None)
    lifecycle.cancel(cancelled, by=None)
    assert guests.expect([make_official(region=None)], by=None) == 2
    assert set(Guest.objects.values_list("stop", flat=True)) == {waiting.pk, postponed.pk}
    assert Stop.objects.get(pk=cancelled.pk).status == StopStatus.CANCELLED


def test_the_journal_says_once_per_stop_who_did_it(south: Stop, north: Stop) -> None:
    staff = make_staff()
    guests.expect([make_official(region=None), make_official(region=None)], by=staff)
    guests.expect(Official.objects.all(), by=staff)
    entries = AuditEntry.objects.filter(verb="guests_added").order_by("pk")
    assert list(entries.values_list("actor", "target")) == [
        (staff.pk, f"stop:{stop.pk}") for stop in sorted((south, north), key=lambda one: one.pk)
    ]


def test_nobody_stands_on_a_list_twice(south: Stop) -> None:
    official = make_official()
    Guest.objects.create(stop=south, official=official, rank=1)
    with pytest.raises(IntegrityError, match="guest_once_per_stop"), transaction.atomic():
        Guest.objects.create(stop=south, official=official, rank=2)


def test_the_rank_of_the_stop_comes_before_the_usual_one(south: Stop) -> None:
    """And whoever stands on the list is concerned, from wherever they come."""
    president = make_official(region=south.region, protocol_rank=10)
    national = make_official(region=None, protocol_rank=90)
    elsewhere = make_official(region=make_region("MA-01"), protocol_rank=1)
    assert list(officials.expected(south)) == [president]
    Guest.objects.create(stop=south, official=national, rank=5)
    Guest.objects.create(stop=south, official=elsewhere, rank=20)
    assert list(officials.expected(south)) == [national, president, elsewhere]
