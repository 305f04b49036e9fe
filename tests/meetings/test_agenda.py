"""Tests of meetings.agenda."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings import agenda
from meetings.availability import Availability
from tests.factories import make_stop, make_tour

pytestmark = pytest.mark.django_db


def test_the_agenda_shows_released_stops_only_in_order_of_their_days():
    first = make_stop(region="MA-11")
    make_stop(region="MA-10", published=False)
    second = make_stop(region="MA-09", date=first.date.replace(year=first.date.year + 1))
    other = make_tour(slug="autre", is_current=False)
    make_stop(region="MA-08", tour=other)
    assert [stop.pk for stop in agenda.stops()] == [first.pk, second.pk]
    assert agenda.stop("guelmim-oued-noun") is None


def test_an_unreleased_edit_does_not_show():
    stop = make_stop()
    before = agenda.stop(stop.slug)
    stop.intro_fr = "Mot-secret"
    stop.rank = 9
    stop.save(update_fields=["intro_fr", "rank"])
    assert agenda.stop(stop.slug) == before


@pytest.mark.parametrize("codes", [["MA-12"], ["MA-12", "MA-11", "MA-10"]])
def test_the_agenda_costs_the_same_whatever_the_number_of_stops(codes):
    for code in codes:
        make_stop(region=code)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(agenda.stops()) == len(codes)
    assert len(queries) <= 3


def test_status_and_availability_are_read_live():
    stop = make_stop()
    assert agenda.stop(stop.slug).availability == Availability.OPEN
    stop.registration_paused = True
    stop.save(update_fields=["registration_paused"])
    assert agenda.stop(stop.slug).availability == Availability.PAUSED
