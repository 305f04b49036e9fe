"""What came of a stop that was held: written as a draft, published by a release, read everywhere."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from meetings import (
    agenda,
    differences,
    documents,
    feed,
    filling,
    history,
    letters,
    lifecycle,
    mail_texts,
    opendata,
    pdf,
    releases,
    warnings,
)
from meetings.models import Outcome, Stop
from outbox import rendering
from tests.factories import make_held, make_meeting, make_outcome, make_stop, make_tour
from tests.meetings.test_stop_page import read, section

pytestmark = pytest.mark.django_db

SUMMARY = "La région veut des vols directs."
LATER = "dès que le compte rendu sera publié"


@pytest.fixture
def held() -> Stop:
    """Held and written up, not released."""
    stop = make_held()
    make_outcome(stop)
    return stop


def release(stop: Stop) -> Stop:
    releases.release_changes(stop, by=None)
    stop.refresh_from_db()
    return stop


def document(stop: Stop) -> documents.Document:
    stop.refresh_from_db()
    assert stop.current_release is not None
    found: documents.Document = stop.current_release.document
    return found


def test_it_is_read_once_it_is_released_and_not_before(client: Client, held: Stop) -> None:
    """The pages are kept in memory: the very next request shows the release."""
    pages = ("", "regions/dakhla-oued-ed-dahab/", "etapes/dakhla-oued-ed-dahab/")
    before = [read(client, address=page) for page in pages]
    assert [SUMMARY in html for html in before] == [False, False, False]
    assert LATER in section(before[2], "bilan")
    release(held)
    home, region, stop = (read(client, address=page) for page in pages)
    assert SUMMARY in section(home, "derniere")
    assert 'href="/fr/etapes/dakhla-oued-ed-dahab/#bilan"' in section(home, "derniere")
    assert "<li>Un groupe de travail sur l’aérien.</li>" in section(region, "decide")
    outcome = section(stop, "bilan")
    assert LATER not in outcome
    assert f'<p class="lead">{SUMMARY}</p>' in outcome
    assert "<li>Des vols directs.</li><li>Une marque commune.</li>" in outcome
    assert "<li>Un groupe de travail sur l’aérien.</li>" in outcome
    assert "Le bilan de l’étape est publié." in section(stop, "histo")


def test_an_edit_after_the_release_waits_for_the_next_one(client: Client, held: Stop) -> None:
    release(held)
    Outcome.objects.update(summary_fr="Pas encore relu.")
    assert "Pas encore relu." not in read(client)
    release(held)
    assert "Pas encore relu." in read(client)
    assert "Bilan de l’étape mis à jour." in section(read(client), "histo")


def test_what_is_missing_in_a_language_is_french_and_marked_so(client: Client, held: Stop) -> None:
    release(held)
    outcome = section(read(client, "en"), "bilan")
    assert f'<p class="lead" lang="fr" dir="ltr">{SUMMARY}</p>' in outcome
    assert '<ul class="list" lang="fr" dir="ltr"><li>Des vols directs.</li>' in outcome
    assert '<ul class="list firm" lang="fr" dir="ltr">' in section(
        read(client, "en", "regions/dakhla-oued-ed-dahab/"), "decide"
    )
    arabic = section(read(client, "ar"), "bilan")
    assert '<p class="lead">تريد الجهة رحلات مباشرة.</p>' in arabic
    assert 'lang="fr"' not in arabic


def test_a_region_where_nothing_was_decided_shows_what_came_of_it(client: Client) -> None:
    stop = make_held()
    make_outcome(stop, decided_fr="", decided_ar="")
    release(stop)
    told = section(read(client, address="regions/dakhla-oued-ed-dahab/"), "decide")
    assert "Ce qui en est sorti" in told
    assert SUMMARY in told
    assert "Ce qui a été décidé" not in section(read(client), "bilan")


def test_only_a_stop_that_was_held_has_one() -> None:
    """In words for who writes it, and for whoever did all the same: it is in no document."""
    stop = make_stop()
    with pytest.raises(ValidationError) as refused:
        Outcome(stop=stop, summary_fr="Déjà ?").full_clean()
    assert refused.value.messages == [
        "Le bilan s’écrit une fois l’étape notée comme tenue\u202f: marquez-la d’abord comme tenue."
    ]
    make_outcome(stop)
    stop.refresh_from_db()
    assert "outcome" not in documents.build(stop)
    with pytest.raises(releases.NotReady):
        releases.release_changes(stop, by=None)


@pytest.mark.parametrize("part", ["summary", "heard", "decided"])
def test_french_comes_first(part: str) -> None:
    stop = make_held()
    with pytest.raises(IntegrityError, match=f"outcome_{part}_is_told_in_french"), transaction.atomic():
        make_outcome(stop, **{f"{part}_fr": ""})


def test_what_the_life_cycle_changes_does_not_carry_it_along(held: Stop) -> None:
    extra = make_meeting(held, title_fr="Point presse", points=0)
    Outcome.objects.all().delete()
    release(held)
    make_outcome(Stop.objects.get(pk=held.pk))
    lifecycle.withdraw_meeting(extra, by=None)
    after = document(held)
    assert [meeting["title"]["fr"] for meeting in after["meetings"]] == ["Séance plénière"]
    assert "outcome" not in after


def test_staff_read_what_would_be_published(held: Stop) -> None:
    held = Stop.objects.get(pk=held.pk)
    lines = releases.unreleased_changes(held)
    assert [line.replace("\u202f", " ") for line in lines] == [
        f"bilan, en bref : (rien) → « {SUMMARY} »",
        "bilan, ce que nous avons entendu : (rien) → « Des vols directs. Une marque commune. »",
        "bilan, ce qui a été décidé : (rien) → « Un groupe de travail sur l’aérien. »",
    ]
    assert "Bilan\u202f: il manque l’anglais\u202f; le texte français paraîtra à sa place." in warnings.of(
        held
    )
    assert differences.between({"outcome": None}, {"outcome": None}) == []
    assert "Cette date est passée." not in warnings.of(held)


@pytest.mark.parametrize(
    ("language", "heard"), [("fr", "Des vols directs."), ("ar", "رحلات مباشرة."), ("en", "Des vols directs.")]
)
def test_the_files_say_it_in_their_language_or_in_french(held: Stop, language: str, heard: str) -> None:
    before, after = _files(held, language)
    assert [heard in content for content in before] == [False, False]
    assert [heard in content for content in after] == [True, True]


def _files(stop: Stop, language: str) -> tuple[list[str], list[str]]:
    """JSON and what the PDF says, before and after the release."""
    made = []
    for act in (lambda: None, lambda: release(stop)):
        act()
        (public,) = agenda.stops()
        words = pdf.one_stop(public, language, tour=make_tour())
        made.append([opendata.agenda([public], language).decode(), json.dumps(words, ensure_ascii=False)])
    return made[0], made[1]


def test_the_json_gives_it_point_by_point_and_null_until_then(held: Stop) -> None:
    def told() -> Any:
        return json.loads(opendata.agenda(agenda.stops(), "fr"))["stops"][0]["outcome"]

    assert told() is None
    release(held)
    assert told() == {
        "summary": SUMMARY,
        "heard": ["Des vols directs.", "Une marque commune."],
        "decided": ["Un groupe de travail sur l’aérien."],
    }


def test_the_feed_tells_that_it_was_published(held: Stop) -> None:
    release(held)
    (stop,) = agenda.stops()
    assert history.told([stop.pk], "ar")[0].changes == ["نُشرت حصيلة المحطة."]
    assert "Stop outcome published." in feed.agenda([stop], "en", tour=make_tour()).decode()
    Outcome.objects.all().delete()
    release(held)
    assert history.told([agenda.stops()[0].pk], "fr")[0].changes == ["Le bilan de l’étape est retiré."]


@pytest.mark.parametrize("name", ["thanks", "missed", "excused"])
def test_the_mails_of_the_morrow_have_it_in_brief(held: Stop, name: str) -> None:
    assert SUMMARY not in _written(name, held)
    mail = _written(name, release(held))
    assert f'<span lang="fr" dir="ltr">{SUMMARY}</span>' in mail
    assert f"In brief: {SUMMARY}" in mail


def _written(name: str, stop: Stop) -> str:
    stop = Stop.objects.get(pk=stop.pk)
    assert stop.current_release is not None
    text = mail_texts.standing(stop.tour_id)[name, "en"]
    said = filling.context(text, letters.about(stop.current_release, "en"))
    found = rendering.render(filling.TEMPLATE, said, language="en")
    return f"{found.text}\n{found.html}"
