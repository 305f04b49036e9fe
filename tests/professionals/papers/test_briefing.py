"""The note of the delegation."""

from datetime import time, timedelta

import pytest
from django.db import transaction

from meetings import commitments, gate
from meetings.commitments import Commitment
from meetings.models import AgendaItem, Answer, MeetingKind, Stop, Visibility
from professionals.papers import briefing
from regions import dates, reference
from regions.models import Council, Region
from tests.factories import (
    make_held,
    make_meeting,
    make_official,
    make_outcome,
    make_registration,
    make_stop,
    make_tour,
)
from tests.professionals.papers.test_people import invite

pytestmark = pytest.mark.django_db


def section(stop: Stop, title: str) -> dict:
    return next(one for one in briefing.note(stop, "fr")["sections"] if one["title"] == title)


def rows(found: dict) -> list[list[str]]:
    return [
        [" / ".join(line["text"] for line in cell) for cell in row.get("cells", [])] for row in found["rows"]
    ]


def test_the_programme_runs_minute_by_minute_with_who_is_responsible() -> None:
    stop = make_stop(meetings=False, published=False)
    meeting = make_meeting(
        stop,
        kind=MeetingKind.COUNCIL,
        visibility=Visibility.INVITED,
        starts=time(10),
        ends=time(11),
        points=2,
    )
    AgendaItem.objects.filter(meeting=meeting, position=1).update(
        minutes=20, responsible_fr="Wali de la région"
    )
    assert rows(section(stop, "Programme, minute par minute")) == [
        [],
        ["10:00–10:20", "Point 1", "Wali de la région"],
        ["10:20–10:50", "Point 2", "–"],
    ]


def test_every_answer_stands_in_the_order_of_protocol() -> None:
    stop = make_stop()
    for rank, (function, answer) in enumerate(
        (("Wali", Answer.ACCEPTED), ("Président", Answer.DECLINED), ("Délégué", Answer.NONE)), start=1
    ):
        invite(stop, make_official(function_fr=function, protocol_rank=rank), answer)
    make_official(function_fr="Nouveau", protocol_rank=9)
    found = rows(section(stop, "Qui vient, dans l’ordre protocolaire"))
    assert [(row[0], row[1], row[3]) for row in found] == [
        ("1", "Wali", "Confirmé"),
        ("2", "Président", "Excusé(e)"),
        ("3", "Délégué", "Sans réponse"),
        ("4", "Nouveau", "Pas encore invité(e)"),
    ]


def test_figures_come_with_their_source_and_doubtful_ones_say_so() -> None:
    reference.load()
    found = rows(section(make_stop(region=Region.objects.get(code="MA-12")), "La région en chiffres"))
    assert found[0] == ["Population légale", "219\u202f965", "2024", "HCP, RGPH 2024"]
    assert found[-1] == [
        "Superficie (km²)",
        "130\u202f898",
        "",
        "HCP et sources publiques recoupées / à vérifier",
    ]


def spoken(line: dict) -> str:
    return " · ".join(part["text"] for part in line.get("parts", [line]))


@pytest.fixture
def promised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commitments, "_sources", [])
    commitments.register(
        lambda region, language: [Commitment("Une ligne aérienne", "ONMT", "juin 2027", "40 %")]
    )


def test_what_was_promised_is_asked_of_whoever_keeps_it(promised: None) -> None:
    assert rows(section(make_stop(), "Engagements précédents")) == [
        ["Une ligne aérienne", "ONMT", "juin 2027 · 40 %"]
    ]


def test_what_was_decided_at_an_earlier_stop_of_the_region_is_a_commitment() -> None:
    first_tour = make_tour(slug="premiere", is_current=False)
    earlier, other, stop = make_held(tour=first_tour), make_held(region="MA-11"), make_stop()
    with transaction.atomic(), gate.opened():
        Stop.objects.exclude(pk=stop.pk).update(date=stop.date - timedelta(days=700))
    make_outcome(earlier, decided_fr="Une ligne aérienne.\n\nUn guide du surf.", decided_ar="")
    make_outcome(other)
    day = dates.full_date(stop.date - timedelta(days=700), "fr")
    assert rows(section(stop, "Engagements précédents")) == [
        ["Une ligne aérienne.", "", f"décidé le {day}"],
        ["Un guide du surf.", "", f"décidé le {day}"],
    ]
    assert rows(section(Stop.objects.get(pk=earlier.pk), "Engagements précédents")) == []


def test_earlier_visits_are_those_a_source_confirms() -> None:
    assert section(make_stop(), "Engagements précédents")["intro"] == (
        "Tournée 2020-2021\u202f: Dakhla, 3\u00a0décembre 2020. Tournée 2025\u202f: Dakhla. "
        "Marchés cités en 2020-2021\u202f: France, Allemagne, Espagne."
    )
    assert section(make_stop(region="MA-10"), "Engagements précédents")["intro"] == ""


def test_travel_leads_from_the_stop_before_to_the_stop_after() -> None:
    reference.load()
    stop = make_stop(region=Region.objects.get(code="MA-12"))
    make_stop(region=Region.objects.get(code="MA-11"), date=stop.date + timedelta(days=5))
    found = {
        row["label"]: [spoken(line) for line in row["lines"]] for row in section(stop, "Déplacement")["rows"]
    }
    assert found == {
        "De Rabat à Dakhla": [
            "1690 km par la route (à vérifier), environ 21 h 35 sans les pauses",
            "Trop loin par la route\u202f: prendre l’avion, ou deux jours de voyage.",
            "RBA–VIL · Royal Air Maroc · 3 par semaine · lundi, jeudi, samedi · relevé en octobre 2025",
        ],
        "De Dakhla à Laâyoune": [
            "500 km par la route, environ 6 h 55 sans les pauses",
            "Une journée de route\u202f: prévoir un jour de voyage ou un vol.",
        ],
        "Aéroports de la région": ["Dakhla (VIL)"],
    }


def test_the_seats_are_counted_when_the_note_is_made() -> None:
    stop = make_stop(seats=50)
    make_registration(stop)
    make_registration(stop, status="waiting")
    found = {row["label"]: row["lines"][0]["text"] for row in section(stop, "L’essentiel")["rows"]}
    assert found["Places"] == "capacité\u202f: 50, attribuées\u202f: 1, en attente\u202f: 1"


def test_the_council_is_named_in_the_language_of_the_note_or_in_french_marked_so() -> None:
    stop = make_stop()
    council = Council.objects.create(region=stop.region, name_fr="CRT Dakhla", status="")

    def named(language: str) -> dict:
        note = briefing.note(Stop.objects.get(pk=stop.pk), language)
        lines = [
            cell[0]
            for one in note["sections"]
            for row in one["rows"]
            for cell in row.get("cells", [])
            if cell
        ]
        return next(line for line in lines if line["text"] in ("CRT Dakhla", "المجلس الجهوي للسياحة"))

    assert named("ar") == {"text": "CRT Dakhla", "lang": "fr"}
    Council.objects.filter(pk=council.pk).update(name_ar="المجلس الجهوي للسياحة")
    assert (named("ar")["lang"], named("fr")["text"]) == ("ar", "CRT Dakhla")
