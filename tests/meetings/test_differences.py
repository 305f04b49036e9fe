"""Tests of meetings.differences."""

import copy

import pytest

from meetings import differences, documents
from meetings.models import Stop
from tests.factories import make_meeting, make_stop, make_venue

pytestmark = pytest.mark.django_db


@pytest.fixture
def document():
    stop = make_stop(published=False, venue=make_venue(name_fr="Palais"))
    make_meeting(stop, title_fr="Atelier", room="B")
    return documents.build(stop)


def test_equal_documents_do_not_differ(document):
    assert differences.between(document, copy.deepcopy(document)) == []


def test_each_thing_that_differs_is_a_line(document):
    after = copy.deepcopy(document)
    after["city"]["ar"] = "الداخلة الجديدة"
    after["venue"]["name"]["fr"] = "Wilaya"
    after["registration"]["closes_on"] = "2027-01-01"
    after["meetings"][0]["items"][1]["minutes"] = 45
    assert differences.between(document, after) == [
        "ville, ar : « الداخلة » → « الداخلة الجديدة »",
        "lieu, nom, fr : « Palais » → « Wilaya »",
        "inscriptions, dernier jour : (rien) → « 2027-01-01 »",
        f"rencontres, #{after['meetings'][0]['id']}, ordre du jour, #2, durée : « 30 » → « 45 »",
    ]


def test_a_meeting_taken_out_is_one_line_and_leaves_the_others_alone(document):
    after = copy.deepcopy(document)
    gone = after["meetings"].pop(0)
    assert differences.between(document, after) == [
        f"rencontres, #{gone['id']} : « Séance plénière » → (rien)"
    ]


def test_a_venue_that_is_chosen_shows_its_name(document):
    assert differences.between({**document, "venue": None}, document) == ["lieu : (rien) → « Palais »"]


def test_long_texts_are_cut(document):
    after = {**document, "intro": {**document["intro"], "fr": "a" * 500}}
    (line,) = differences.between(document, after)
    assert len(line) < 250


def test_every_key_of_the_document_has_its_word(document):
    keys = set()

    def collect(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                keys.add(key)
                collect(inner)
        elif isinstance(value, list):
            for inner in value:
                collect(inner)

    collect(document)
    collect(documents.restricted(Stop.objects.get()))
    assert keys - differences.WORDS.keys() == {"v", "id", "code", "fr", "ar", "en"}
