"""What readers are told of a release: sentences in their language, of what they can see changed."""

import copy
from datetime import time
from typing import Any

import pytest

from meetings import documents, history, lifecycle, releases
from meetings.documents import Document
from meetings.models import AgendaItem, Meeting, Stop
from tests.factories import make_meeting, make_stop, make_venue, next_thursday

pytestmark = pytest.mark.django_db

NOWHERE_TO_SEE = "Précisions sans effet sur la date, l’heure, le lieu ni le programme."


@pytest.fixture
def document() -> Document:
    stop = make_stop(published=False, venue=make_venue(name_fr="Palais", confirmed=False))
    make_meeting(stop, title_fr="Atelier", room="B", starts=time(12), ends=time(13))
    built = documents.build(stop)
    built["date"] = "2026-12-03"
    return built


def changed(document: Document, language: str = "fr", **fields: Any) -> list[str]:
    after = copy.deepcopy(document)
    for path, value in fields.items():
        *folders, last = path.split("__")
        place: Any = after
        for name in folders:
            place = place[int(name) if name.isdigit() else name]
        place[int(last) if last.isdigit() else last] = value
    return history.changes(document, after, language)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (
            {"date": "2026-12-10"},
            ["Nouvelle date : jeudi 10\xa0décembre 2026 (avant : jeudi 3\xa0décembre 2026)."],
        ),
        ({"ends": "14:00"}, ["Nouveaux horaires : de 10h00 à 14h00 (avant : de 10h00 à 13h30)."]),
        ({"city__fr": "El Argoub"}, ["Nouvelle ville : El Argoub (avant : Dakhla)."]),
        ({"venue__name__fr": "Wilaya"}, ["Nouveau lieu : Wilaya (avant : Palais)."]),
        ({"venue__confirmed": True}, ["Lieu confirmé : Palais."]),
        ({"venue__access__fr": "Par le port"}, ["Adresse ou accès au lieu précisés."]),
        ({"venue": None}, ["Le lieu est à nouveau à confirmer."]),
        ({"meetings__1__title__fr": "Table"}, ["Nouvel intitulé : Table (avant : Atelier)."]),
        ({"meetings__1__room": "C"}, ["Atelier, nouvelle salle : C."]),
        ({"meetings__1__ends": "13:15"}, ["Atelier : de 12h00 à 13h15 (avant : de 12h00 à 13h00)."]),
        ({"meetings__1__items__0__minutes": 5}, ["Atelier : ordre du jour mis à jour."]),
        ({"registration__closes_on": "2026-12-01"}, ["Inscriptions : jusqu’au 1er\xa0décembre 2026."]),
        ({"intro__fr": "Autrement"}, ["Présentation mise à jour."]),
        ({"contact__phone": "+212500000009"}, ["Contact mis à jour."]),
        ({"rank": 4}, ["Désormais étape 4 sur 1."]),
        ({"called_off": "cancelled"}, ["Étape annulée."]),
        ({"called_off": "postponed", "reason__fr": "Vent\nfort."}, ["Étape reportée. Vent fort."]),
        ({"reason__fr": "Vent"}, ["Motif : Vent"]),
        ({"city__ar": "مدينة"}, [NOWHERE_TO_SEE]),  # nothing that a French reader sees
        ({"of": 3}, [NOWHERE_TO_SEE]),
    ],
)
def test_what_changed_is_a_sentence(document: Document, fields: dict[str, Any], told: list[str]):
    assert changed(document, **fields) == told


def test_a_venue_that_is_chosen_is_named(document: Document):
    assert history.changes({**document, "venue": None}, document, "fr") == ["Lieu : Palais."]


def test_meetings_that_come_and_go_are_named(document: Document):
    less = {**document, "meetings": document["meetings"][:1]}
    assert history.changes(less, document, "fr") == ["Ajout au programme : Atelier, de 12h00 à 13h00."]
    assert history.changes(document, less, "fr") == ["Retiré du programme : Atelier."]


def test_a_programme_that_follows_the_new_hours_is_one_sentence():
    stop = make_stop()
    lifecycle.change(stop, changes={"starts": time(9), "ends": time(13)}, by=None)
    (now, first) = history.versions([stop.pk], "fr")
    assert first.changes == []
    assert now.changes == [
        "Nouveaux horaires : de 09h00 à 13h00 (avant : de 10h00 à 13h30).",
        "Le programme est décalé d’autant.",
    ]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_each_language_has_its_own_sentences(document: Document, language: str):
    (line,) = changed(document, language, date="2026-12-10")
    assert (
        line
        == {
            "ar": "تاريخ جديد: الخميس 10\xa0دجنبر 2026، عوض الخميس 3\xa0دجنبر 2026.",
            "en": "New date: Thursday 10\xa0December 2026 (was Thursday 3\xa0December 2026).",
        }[language]
    )


def test_calling_off_without_a_reason_and_taking_up_again_are_told():
    """The documents alone say so, whatever became of the stop since."""
    stop = make_stop(venue=None)
    lifecycle.postpone(stop, by=None)
    lifecycle.change(Stop.objects.get(), changes={"date": next_thursday(35)}, by=None)
    lifecycle.cancel(Stop.objects.get(), by=None)
    told = [version.changes for version in history.versions([stop.pk], "fr")]
    assert told[0] == ["Étape annulée."]
    assert told[1][0] == "Étape à nouveau prévue."
    assert told[1][1].startswith("Nouvelle date : ")
    assert told[2:] == [["Étape reportée."], []]


def test_an_edit_of_a_postponed_stop_keeps_it_postponed():
    stop = make_stop()
    lifecycle.postpone(stop, by=None)
    assert releases.unreleased_changes(Stop.objects.get()) == []
    Stop.objects.update(contact_email="autre@portal.example")
    release = releases.release_changes(Stop.objects.get(), by=None)
    assert release.document["called_off"] == "postponed"
    assert history.versions([stop.pk], "fr")[0].changes == ["Contact mis à jour."]


def test_versions_come_newest_first_over_all_stops_in_one_query(django_assert_num_queries: Any):
    stops = [make_stop(), make_stop(region="MA-11"), make_stop(region="MA-10")]
    lifecycle.cancel(stops[0], by=None)
    with django_assert_num_queries(1):
        found = history.versions([stop.pk for stop in stops], "fr")
    assert [(one.stop_id, one.number) for one in found] == [
        (stops[0].pk, 2),
        *((stop.pk, 1) for stop in reversed(stops)),
    ]
    assert [one.changes for one in found] == [["Étape annulée."], [], [], []]


def test_what_is_not_public_is_not_told():
    """A meeting of the invited that changes is no news for everybody."""
    stop = make_stop(published=False)
    hidden = make_meeting(stop, visibility="invited", title_fr="Zzsecret")
    releases.publish(stop, by=None)
    Meeting.objects.filter(pk=hidden.pk).update(title_fr="Zzsecret encore")
    AgendaItem.objects.filter(meeting=hidden).delete()
    releases.release_changes(Stop.objects.get(), by=None)
    assert history.versions([stop.pk], "fr")[0].changes == [NOWHERE_TO_SEE]
    assert [version.number for version in history.told([stop.pk], "fr")] == [1]


def test_the_latest_news_is_of_the_newest_release_that_told_something(django_assert_num_queries: Any):
    """What only readers of Arabic see, and how many seats there are, is none to readers of French."""
    stop = make_stop()
    assert history.latest([], "fr") is None
    lifecycle.change(stop, changes={"starts": time(9)}, by=None)
    Stop.objects.update(intro_ar="تقديم جديد")
    releases.release_changes(Stop.objects.get(), by=None)
    lifecycle.change(Stop.objects.get(), changes={"seats": 80}, by=None)
    assert Stop.objects.get().current_release.number == 4
    with django_assert_num_queries(1):
        found = history.latest([stop.pk], "fr")
    assert found is not None
    (version, since) = found
    assert (version.number, since, version.changes[0][:17]) == (2, 1, "Nouveaux horaires")
    arabic = history.latest([stop.pk], "ar")
    assert arabic is not None
    assert (arabic[0].number, arabic[1]) == (3, 2)
