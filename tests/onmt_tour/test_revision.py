"""The revision of everything public: nothing a public page reads changes without it, seats apart."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from meetings import availability, lifecycle, releases
from meetings.attendance import Taken
from meetings.models import Stop
from onmt_tour import public_pages, revision
from onmt_tour.revision import Version
from outbox import clock
from professionals import seats
from professionals.models import Registration
from regions import legal_time
from regions.models import Airport, Region
from tests import addresses
from tests.factories import make_professional, make_region, make_registration, make_stop, next_thursday

pytestmark = pytest.mark.django_db

# A function, watched by what it reads in ways of their own: below.
SEATS = "professionals_taken"
TABLE = re.compile(r'(?:FROM|JOIN) "?(\w+)')


def watched() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger "
            "WHERE tgname = 'public_changed' AND tgenabled = 'O'"
        )
        return {name for (name,) in cursor.fetchall()}


def read_by_public_pages() -> set[str]:
    """Every table that a view declared public reads to answer its examples, none of them from memory."""
    world = addresses.make_world()
    releases.publish(world.stop, by=None)
    found: set[str] = set()
    for address in addresses.every_address(world, languages=("fr",)):
        public_pages.forget()
        with CaptureQueriesContext(connection) as captured:
            response = Client().get(address.path)
        if hasattr(response.wsgi_request, "public_page"):
            found |= {table for query in captured for table in TABLE.findall(query["sql"])}
    return found


def number() -> bytes:
    version = revision.current()
    assert version
    return version.revision


def test_every_table_a_public_page_reads_makes_pages_new() -> None:
    """A table is missing here? `SELECT onmt_tour_watch('table')` in a migration of onmt_tour."""
    assert read_by_public_pages() - watched() == {SEATS}


def test_a_table_that_is_not_watched_is_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER public_changed ON regions_airport")
    assert read_by_public_pages() - watched() == {SEATS, "regions_airport"}


def test_any_statement_on_any_watched_table_makes_pages_new() -> None:
    seen = [number()]
    with connection.cursor() as cursor:
        for table in sorted(watched()):
            cursor.execute(f"UPDATE {table} SET id = id WHERE id = -1")  # noqa: S608
            cursor.execute(f"DELETE FROM {table} WHERE id = -1")  # noqa: S608
            assert number() != seen[-1], table
            seen.append(number())
    make_region("MA-03")
    seen.append(number())
    assert len(set(seen)) == len(seen) > 10


def test_reading_and_mail_and_people_make_nothing_new() -> None:
    stop = make_stop()
    before = number()
    list(Stop.objects.all())
    with transaction.atomic():
        Stop.objects.select_for_update().get(pk=stop.pk)
    make_professional()
    assert number() == before


@pytest.mark.django_db(transaction=True)
def test_the_revision_is_seen_when_the_change_is_and_a_change_taken_back_never_was() -> None:
    region = make_region("MA-12")
    before = number()
    with psycopg.connect(**_parameters()) as other:
        other.execute("UPDATE regions_region SET population_2024 = 7")
        assert number() == before
        other.rollback()
        assert number() == before
        other.execute("UPDATE regions_region SET population_2024 = 8")
        other.commit()
    assert number() != before
    region.refresh_from_db()
    assert region.population_2024 == 8


@pytest.mark.django_db(transaction=True)
def test_changes_at_the_same_moment_do_not_wait_for_each_other_and_both_count() -> None:
    make_region("MA-12")
    make_region("MA-11")
    seen = [number()]
    with psycopg.connect(**_parameters()) as one, psycopg.connect(**_parameters()) as two:
        for session in (one, two):
            session.execute("SET lock_timeout = '2s'")
        one.execute("UPDATE regions_region SET population_2024 = 1 WHERE code = 'MA-12'")
        two.execute("UPDATE regions_region SET population_2024 = 2 WHERE code = 'MA-11'")
        one.execute("UPDATE regions_region SET population_2024 = 3 WHERE code = 'MA-12'")
        for session in (two, one):
            session.commit()
            seen.append(number())
    assert len(set(seen)) == 3


@pytest.mark.django_db(transaction=True)
def test_a_revision_undone_does_not_come_back_with_other_data() -> None:
    """As after a restore: the count goes back, and the next change leads to another number."""
    make_region("MA-12")
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, number FROM onmt_tour_publicrevision")
        before = cursor.fetchall()
        Region.objects.update(population_2024=1)
        once = number()
        cursor.executemany(
            "UPDATE onmt_tour_publicrevision SET number = %s WHERE id = %s", [b[::-1] for b in before]
        )
        Region.objects.update(population_2024=2)
    assert number() != once


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_broke_is_opened_again() -> None:
    before = number()
    with psycopg.connect(**_parameters(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    assert number() == before
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")  # as a pooler between us may
    assert number() == before


def test_a_database_that_is_away_has_no_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object) -> None:
        raise psycopg.OperationalError("connection refused")

    monkeypatch.setattr(revision, "_ask", away)
    assert revision.current() is None


def test_moments_pass_when_a_stop_begins_and_ends_and_days_at_moroccan_midnight(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    day = next_thursday()
    make_stop(date=day, starts=time(10), ends=time(13, 30))
    make_stop(region="MA-11", date=day + timedelta(days=7), starts=time(9), ends=time(12), published=False)

    def at(moment: datetime) -> Version | None:
        monkeypatch.setattr(clock, "now", lambda: moment)
        return revision.current()

    def passed(hour: time, second: int = 0, *, days: int = 0) -> tuple[int, int]:
        version = at(legal_time.instant(day + timedelta(days=days), hour) + timedelta(seconds=second))
        assert version
        return (version.day - day).days, version.passed

    assert [passed(time(10), -1), passed(time(10))] == [(0, 0), (0, 1)]
    assert [passed(time(13, 30), -1), passed(time(13, 30))] == [(0, 1), (0, 2)]
    assert [passed(time(0), -1, days=7), passed(time(10), days=7)] == [(6, 2), (7, 2)]  # drafts have none


def test_what_one_more_seat_changes_in_words_is_a_change_and_no_other_seat_is() -> None:
    stop = make_stop(seats=30)
    seen = [number()]
    changes = []
    for _ in range(31):
        seats.register(stop, professional=make_professional())
        seen.append(number())
        changes.append(seen[-1] != seen[-2])
    assert [place for place, changed in enumerate(changes, 1) if changed] == [27, 30, 31]


def test_rows_written_past_the_rules_of_seats_count_as_well() -> None:
    """An import, an erasure, a deletion in the administration: at once or one by one."""
    stop = make_stop(seats=20)
    seen = [number()]

    def changed(write: Callable[[], object]) -> bool:
        write()
        seen.append(number())
        return seen[-1] != seen[-2]

    rows = [make_registration(stop) for _ in range(3)]
    assert len({*seen, number()}) == 1
    more = [Registration(stop=stop, professional=make_professional(), status="seated", asked_at=clock.now(),
                         confirmed_at=clock.now()) for _ in range(17)]  # fmt: skip
    assert changed(lambda: Registration.objects.bulk_create(more))
    everybody = Registration.objects.filter(stop=stop)
    assert changed(lambda: everybody.filter(pk__in=[row.pk for row in more]).delete())
    assert not changed(lambda: everybody.filter(pk=rows[0].pk).delete())
    assert changed(lambda: everybody.update(status="waiting"))
    assert not changed(lambda: everybody.update(told_step=5))
    assert changed(lambda: everybody.update(status="cancelled", cancelled_at=clock.now()))


def test_the_thresholds_of_the_trigger_are_those_of_availability() -> None:
    stop, now = make_stop(), clock.now()
    cases = [
        (seats_, seated, waiting)
        for seats_ in (1, 2, 3, 9, 10, 11, 19, 20, 21, 100, 101)
        for seated in range(seats_ + 2)
        for waiting in range(3)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT onmt_tour_level(seats, seated, waiting) FROM unnest(%s, %s, %s) "
            "WITH ORDINALITY AS asked (seats, seated, waiting, place) ORDER BY place",
            [list(column) for column in zip(*cases, strict=True)],
        )
        levels = [level for (level,) in cursor.fetchall()]
    words: dict[tuple[int, str, bool], set[str]] = {}
    for (stop.seats, seated, waiting), level in zip(cases, levels, strict=True):
        for stop.registration_paused in (False, True):
            said = availability.of(stop, Taken(seated=seated, waiting=waiting), now)
            words.setdefault((stop.seats, level, stop.registration_paused), set()).add(said)
    assert {case: said for case, said in words.items() if len(said) > 1} == {}


def test_life_cycle_pause_and_facts_of_a_region_make_pages_new() -> None:
    stop = make_stop()
    seen = [number()]
    for change in (
        lambda: lifecycle.change(stop, changes={"seats": 50}, by=None),
        lambda: lifecycle.postpone(stop, by=None),
        lambda: Airport.objects.create(region=stop.region, iata="VIL", name="Dakhla", verified=True),
        lambda: Stop.objects.filter(pk=stop.pk).update(registration_paused=True),
    ):
        change()
        seen.append(number())
    assert len(set(seen)) == 5


def _parameters() -> dict[str, object]:
    known = connection.get_connection_params()
    return {name: known[name] for name in ("dbname", "user", "host", "port") if known.get(name)}
