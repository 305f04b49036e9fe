"""Tests of meetings.warnings: what is said, and never refused."""

from datetime import date, time, timedelta

import pytest

from meetings import lifecycle, releases, warnings
from outbox import clock
from regions import legal_time
from regions.models import Holiday
from tests.factories import make_meeting, make_stop, make_venue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_november_2026(monkeypatch):
    noon = legal_time.instant(date(2026, 11, 24), time(12))
    monkeypatch.setattr(clock, "now", lambda: noon)


def make_draft(day, **fields):
    return make_stop(published=False, date=day, **{"venue": make_venue(), **fields})


THURSDAY = date(2026, 12, 10)


def test_a_thursday_at_a_confirmed_venue_is_worth_no_warning():
    assert warnings.of(make_draft(THURSDAY)) == []


@pytest.mark.parametrize("days", [2, 3])
def test_a_weekend_is_said(days):
    stop = make_draft(THURSDAY + timedelta(days=days))
    assert warnings.of(stop) == ["L’étape tombe un samedi ou un dimanche."]


def test_holidays_are_said_the_estimated_ones_with_their_margin():
    Holiday.objects.create(
        code="sure", day=date(2027, 1, 11), name_fr="Manifeste", name_ar="تقديم الوثيقة", name_en="Manifesto"
    )
    Holiday.objects.create(
        code="moon",
        day=date(2027, 3, 9),
        name_fr="Aïd Al-Fitr",
        name_ar="عيد الفطر",
        name_en="Eid",
        estimated=True,
        window_start=date(2027, 3, 9),
        window_end=date(2027, 3, 10),
    )
    stop = make_draft(date(2027, 1, 11))
    assert warnings.of(stop) == ["L’étape tombe un jour férié : 2027-01-11 Manifeste."]
    stop.date = date(2027, 3, 10)
    assert warnings.of(stop) == ["L’étape peut tomber un jour férié (date estimée) : 2027-03-09 Aïd Al-Fitr."]
    stop.date = date(2027, 3, 11)
    assert warnings.of(stop) == []


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        (time(10), time(12), False),
        (time(10), time(12, 1), True),
        (time(14, 29), time(16), True),
        (time(14, 30), time(16), False),
        (time(10), time(16), True),
    ],
)
def test_fridays_prayer_is_kept_free_by_every_meeting(starts, ends, said):
    stop = make_draft(THURSDAY + timedelta(days=1), starts=time(8), ends=time(18), meetings=False)
    make_meeting(stop, starts=starts, ends=ends)
    expected = ["Vendredi : une rencontre occupe le temps de la prière (12h00–14h30)."] if said else []
    assert warnings.of(stop) == expected


def test_meetings_that_a_move_shifts_into_fridays_prayer_are_seen_before_it():
    stop = make_draft(THURSDAY + timedelta(days=1), starts=time(9), ends=time(11))
    releases.publish(stop, by=None)
    stop.refresh_from_db()
    seen = lifecycle.preview(stop, {"starts": time(11), "ends": time(13)})
    assert seen.warnings == ["Vendredi : une rencontre occupe le temps de la prière (12h00–14h30)."]
    assert lifecycle.preview(stop, {"starts": time(8), "ends": time(11)}).warnings == []


def test_a_missing_or_unconfirmed_venue_is_said():
    assert warnings.of(make_draft(THURSDAY, venue=None)) == ["Le lieu n’est pas encore choisi."]
    other = make_draft(THURSDAY + timedelta(days=7), region="MA-11", venue=make_venue(confirmed=False))
    assert warnings.of(other) == ["Le lieu n’est pas encore confirmé."]


def test_two_stops_on_one_day_are_said_unless_the_other_is_off():
    stop, other = make_draft(THURSDAY), make_draft(THURSDAY, region="MA-11")
    assert warnings.of(stop) == ["Une autre étape a lieu le même jour : Laâyoune."]
    releases.publish(other, by=None)
    lifecycle.postpone(other, by=None)
    assert warnings.of(stop) == []


def test_two_stops_of_one_rank_are_said():
    stop = make_draft(THURSDAY)
    other = make_draft(THURSDAY + timedelta(days=7), region="MA-11", rank=stop.rank)
    assert warnings.of(stop) == ["Une autre étape a le même rang : Laâyoune."]
    other.rank += 1
    other.save(update_fields=["rank"])
    assert warnings.of(stop) == []


def test_a_move_that_leaves_the_registration_closed_is_seen_before_it():
    stop = make_draft(date(2026, 11, 26), registration_closes_on=date(2026, 11, 23))
    releases.publish(stop, by=None)
    stop.refresh_from_db()
    moved = {"date": THURSDAY}
    closed = ["Les inscriptions restent closes : leur dernier jour est passé (23/11/2026)."]
    assert lifecycle.preview(stop, moved).warnings == closed
    assert lifecycle.preview(stop, {**moved, "registration_closes_on": date(2026, 12, 9)}).warnings == []


def test_a_day_that_is_past_is_said():
    assert warnings.of(make_draft(date(2026, 11, 23))) == ["Cette date est passée."]
