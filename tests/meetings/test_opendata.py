"""Open data: stable names, null for what is not known, hours as agreed and as instants."""

import json
from datetime import date
from typing import Any

import pytest

from meetings import agenda, lifecycle, opendata
from tests.factories import make_stop, make_venue

pytestmark = pytest.mark.django_db


def read(language: str = "fr") -> Any:
    return json.loads(opendata.agenda(agenda.stops(), language))


def test_a_stop_at_ten_in_morocco_is_ten_utc():
    make_stop(date=date(2026, 12, 24))
    (stop,) = read()["stops"]
    assert (stop["date"], stop["starts"], stop["starts_at"]) == (
        "2026-12-24",
        "10:00",
        "2026-12-24T10:00:00Z",
    )
    (meeting,) = stop["meetings"]
    assert (meeting["ends"], meeting["ends_at"]) == ("13:30", "2026-12-24T13:30:00Z")
    assert [item["starts"] for item in meeting["items"]] == ["10:00", "10:30"]


def test_what_is_not_known_is_null():
    make_stop(venue=None, contact_hours_fr="Matin")
    (stop,) = read()["stops"]
    assert stop["venue"] is None
    assert stop["reason"] is None
    assert stop["meetings"][0]["room"] is None


def test_a_language_has_its_own_words_and_the_same_facts():
    make_stop(venue=make_venue(latitude=23.7, longitude=-15.93))
    french, arabic = read("fr")["stops"][0], read("ar")["stops"][0]
    assert (french["city"], arabic["city"]) == ("Dakhla", "الداخلة")
    for name in ("id", "date", "starts_at", "status", "version", "calendar_uid"):
        assert french[name] == arabic[name]
    assert (arabic["venue"]["latitude"], arabic["venue"]["longitude"]) == (23.7, -15.93)


def test_the_state_has_a_code_and_words():
    stop = make_stop()
    lifecycle.postpone(stop, by=None, reason={"fr": "Intempéries", "ar": "أحوال الطقس", "en": "Weather"})
    (found,) = read()["stops"]
    assert (found["status"], found["status_label"], found["reason"]) == (
        "postponed",
        "Reportée",
        "Intempéries",
    )
