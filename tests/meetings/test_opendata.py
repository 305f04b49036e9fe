"""Open data: stable names, null for what is not known, hours as agreed and as instants."""

import copy
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import jsonschema
import pytest
from django.test import Client

from meetings import agenda, lifecycle, opendata, releases
from tests import addresses
from tests.factories import make_meeting, make_stop, make_venue

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


def strict(schema: Any) -> Any:
    """The same description, for the test alone: what it does not name may not be there."""
    if isinstance(schema, dict):
        closed = {"additionalProperties": False} if "properties" in schema else {}
        return {name: strict(value) for name, value in schema.items()} | closed
    return [strict(value) for value in schema] if isinstance(schema, list) else schema


def validator(schema: Any) -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def everything(client: Client) -> Iterator[Any]:
    """Every JSON file there is, of a tour with a stop in each state."""
    made = addresses.make_world()
    make_meeting(made.stop, points=0, title_fr="Point presse", kind="press", room="Salle 2")
    releases.publish(made.stop, by=None)
    addresses.make_every_state()
    for language in addresses.LANGUAGES:
        slugs = [stop.slug for stop in agenda.stops()]
        for folder in ("agenda", *(f"etapes/{slug}" for slug in slugs)):
            yield client.get(f"/{language}/{folder}/agenda.json").json()


def test_every_file_is_as_the_published_schema_says_and_names_it(client: Client):
    answer = client.get("/schemas/agenda-1.json")
    assert answer["Content-Type"] == "application/schema+json"
    schema = answer.json()
    check = validator(strict(schema))
    files = list(everything(client))
    assert {stop["status"] for file in files for stop in file["stops"]} == {
        *("published", "postponed", "cancelled", "held")
    }
    assert len(files) == 3 * 7
    for file in files:
        assert file["$schema"] == schema["$id"] == "http://localhost:8000/schemas/agenda-1.json"
        assert list(check.iter_errors(file)) == []


def test_a_tour_without_stops_is_as_the_schema_says(client: Client):
    addresses.factories.make_tour()
    validator(strict(json.loads(opendata.schema()))).validate(client.get("/ar/agenda/agenda.json").json())


@pytest.mark.parametrize(
    ("name", "value"),
    [("date", "24/12/2026"), ("starts", "9:00"), ("starts_at", "2026-12-24T10:00:00+01:00"), ("city", "")],
)
def test_the_schema_would_see_a_mistake(name: str, value: str):
    make_stop()
    file = read()
    file["stops"][0][name] = value
    assert len(list(validator(json.loads(opendata.schema())).iter_errors(file))) == 1


@pytest.mark.parametrize("country", ["EH", "ESH", "MA-EH"])
def test_the_schema_knows_one_country(country: str):
    make_stop()
    right = read()
    wrong = copy.deepcopy(right)
    assert right["stops"][0]["region"]["country"] == "MA"
    wrong["stops"][0]["region"]["country"] = country
    assert not validator(json.loads(opendata.schema())).is_valid(wrong)


def test_the_schema_may_be_kept_and_is_asked_after(client: Client):
    first = client.get("/schemas/agenda-1.json")
    again = client.get("/schemas/agenda-1.json", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again["ETag"], again["Cache-Control"]) == (
        304,
        first["ETag"],
        "public, no-cache",
    )
