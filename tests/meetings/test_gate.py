"""Tests of meetings.gate and of the trigger behind it (invariant 10)."""

import threading
from datetime import date, time

import pytest
from django.db import IntegrityError, connection, transaction

from meetings import gate
from meetings.models import Release, Stop, StopStatus
from outbox import clock
from tests.factories import make_region, make_stop, make_tour, make_venue

pytestmark = pytest.mark.django_db

OTHER_VALUES = {
    "city_fr": "Boujdour",
    "city_ar": "بوجدور",
    "city_en": "Boujdour",
    "slug": "autre",
    "date": date(2030, 1, 3),
    "starts": time(8),
    "ends": time(18),
    "seats": 7,
    "registration_opens_on": date(2026, 1, 1),
    "registration_closes_on": date(2030, 1, 1),
    "status": StopStatus.HELD,
    "calendar_uid": "another@portal.example",
    "sequence": 9,
    "published_at": None,
    "current_release": None,
}


def other_value(field):
    if field == "tour":
        return make_tour(slug="autre", is_current=False)
    if field == "region":
        return make_region("MA-01")
    if field == "venue":
        return make_venue()
    return clock.now() if field == "published_at" else OTHER_VALUES[field]


@pytest.mark.parametrize("field", Stop.frozen_once_published)
def test_no_other_writer_changes_a_frozen_column_of_a_released_stop(field):
    stop = make_stop()
    before = Stop.objects.filter(pk=stop.pk).values().get()
    value = other_value(field)
    with pytest.raises(IntegrityError), transaction.atomic():
        Stop.objects.filter(pk=stop.pk).update(**{field: value})
    assert Stop.objects.filter(pk=stop.pk).values().get() == before


@pytest.mark.parametrize("field", ["date", "seats", "slug", "venue", "registration_opens_on"])
def test_a_draft_is_free(field):
    stop = make_stop(published=False)
    value = other_value(field)
    Stop.objects.filter(pk=stop.pk).update(**{field: value})
    stop.refresh_from_db()
    assert getattr(stop, field) == value


@pytest.mark.parametrize(
    "fields",
    [{"status": "published", "published_at": "now"}, {"status": "cancelled"}, {"published_at": "now"}],
)
def test_nobody_publishes_a_draft_by_writing_its_status(fields):
    stop = make_stop(published=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Stop.objects.filter(pk=stop.pk).update(
            **{name: clock.now() if value == "now" else value for name, value in fields.items()}
        )


def test_an_import_cannot_create_a_stop_that_is_published_already():
    draft = make_stop(published=False)
    values = {name: value for name, value in Stop.objects.values().get(pk=draft.pk).items() if name != "id"}
    values |= {"slug": "importe", "region_id": make_region("MA-01").pk, "calendar_uid": "x@portal.example"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Stop.objects.bulk_create([Stop(**values | {"status": "published", "published_at": clock.now()})])
    Stop.objects.bulk_create([Stop(**values)])  # the control: as a draft it passes


def test_an_import_that_updates_in_bulk_is_refused_and_texts_pass():
    stop = make_stop()
    stop.date = date(2030, 1, 3)
    with pytest.raises(IntegrityError), transaction.atomic():
        Stop.objects.bulk_update([stop], ["date"])
    stop.intro_fr = "Un autre texte."
    Stop.objects.bulk_update([stop], ["intro_fr", "city_fr"])


def test_a_released_stop_is_not_deleted_even_in_sql():
    stop = make_stop()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM meetings_stop WHERE id = %s", [stop.pk])
    draft = make_stop(region="MA-01", published=False)
    draft.delete()


def test_a_release_is_never_changed_nor_deleted():
    release = make_stop().current_release
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(number=9)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM meetings_release WHERE id = %s", [release.pk])


def test_the_gate_closes_behind_the_one_who_opened_it():
    stop = make_stop()
    with gate.opened():
        Stop.objects.filter(pk=stop.pk).update(seats=50)
    with pytest.raises(IntegrityError), transaction.atomic():
        Stop.objects.filter(pk=stop.pk).update(seats=60)


def test_the_gate_closes_behind_an_exception():
    stop = make_stop()
    with pytest.raises(RuntimeError), transaction.atomic(), gate.opened():
        raise RuntimeError
    with pytest.raises(IntegrityError), transaction.atomic():
        Stop.objects.filter(pk=stop.pk).update(seats=60)


@pytest.mark.parametrize("value", ["on", "off"])
def test_the_uid_is_kept_for_life_even_with_the_gate_open(value):
    stop = make_stop(published=value == "on")
    with pytest.raises(IntegrityError), transaction.atomic(), gate.opened():
        Stop.objects.filter(pk=stop.pk).update(calendar_uid="another@portal.example")


@pytest.mark.django_db(transaction=True)
def test_whoever_waits_too_long_for_a_stop_is_told_so(monkeypatch):
    monkeypatch.setattr(gate, "PATIENCE", "100ms")
    stop = make_stop(published=False)
    held, tried = threading.Event(), threading.Event()

    def hold_it():
        try:
            with transaction.atomic():
                gate.lock(stop.pk)
                held.set()
                tried.wait(5)
        finally:
            connection.close()

    holder = threading.Thread(target=hold_it)
    holder.start()
    try:
        assert held.wait(5)
        with pytest.raises(gate.Busy), transaction.atomic():
            gate.lock(stop.pk)
    finally:
        tried.set()
        holder.join()
