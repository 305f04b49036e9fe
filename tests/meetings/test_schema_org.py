"""meetings/templatetags/schema_org.py: a stop as search engines read it."""

import json
import re
from datetime import date

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from meetings import agenda, lifecycle
from meetings.agenda import PublicStop
from meetings.models import Stop
from meetings.templatetags.schema_org import event, event_data
from tests.factories import make_stop, make_venue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    settings.SITE_URL = "https://tournee.example"


def public(stop: Stop) -> PublicStop:
    found = agenda.stop(stop.slug)
    assert found is not None
    return found


def test_search_engines_read_the_stop_as_an_event() -> None:
    place = make_venue(name_fr="Palais des congrès", latitude=23.7, longitude=-15.9)
    stop = make_stop(date=date(2026, 12, 3), venue=place)
    with translation.override("fr"):
        found = event(public(stop), [], "fr")
    assert found["startDate"] == "2026-12-03T10:00:00+00:00"
    assert found["endDate"] == "2026-12-03T13:30:00+00:00"
    assert found["eventStatus"] == "https://schema.org/EventScheduled"
    assert found["url"] == f"https://tournee.example/fr/etapes/{stop.slug}/"
    assert found["location"]["name"] == "Palais des congrès"
    assert found["location"]["address"]["addressCountry"] == "MA"
    assert found["location"]["geo"] == {
        "@type": "GeoCoordinates",
        "latitude": 23.7,
        "longitude": -15.9,
    }


@pytest.mark.parametrize(("verb", "status"), [("cancel", "EventCancelled"), ("postpone", "EventPostponed")])
def test_search_engines_are_told_when_it_is_off(client: Client, verb: str, status: str) -> None:
    stop = make_stop()
    getattr(lifecycle, verb)(stop, by=None)
    html = client.get(f"/fr/etapes/{stop.slug}/").content.decode()
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert json.loads(block)["eventStatus"] == f"https://schema.org/{status}"


def test_search_engines_are_told_that_it_moved_and_from_when(client: Client) -> None:
    stop = make_stop(date=date(2026, 12, 24))
    lifecycle.postpone(stop, by=None)
    lifecycle.change(Stop.objects.get(), changes={"date": date(2027, 1, 7)}, by=None)
    lifecycle.change(Stop.objects.get(), changes={"venue": make_venue()}, by=None)
    html = client.get(f"/en/etapes/{stop.slug}/").content.decode()
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    found = json.loads(block)
    assert found["eventStatus"] == "https://schema.org/EventRescheduled"
    assert (found["previousStartDate"], found["startDate"]) == (
        "2026-12-24T10:00:00+00:00",
        "2027-01-07T10:00:00+00:00",
    )


def test_what_people_type_cannot_end_the_block() -> None:
    stop = make_stop(intro_fr="</script><script>alert('M’hamed & fils')</script>")
    block = event_data(public(stop), [])
    assert block.count("<") == 2
    body = block.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert json.loads(body)["description"] == "</script><script>alert('M’hamed & fils')</script>"
