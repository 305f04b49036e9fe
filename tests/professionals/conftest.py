"""What the tests of professionals share: a clock to be set, a bell nobody hears, several at once."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from meetings import gate
from meetings.models import Stop
from outbox import clock, doorbell
from professionals import people

Clock = Callable[[timedelta], None]
AtOnce = Callable[..., list[Any]]


@pytest.fixture(autouse=True)
def _nobody_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorbell, "ring", lambda: True)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Move the portal's clock on from where it stands; it goes on from there."""
    plain, passed = clock.now, timedelta(0)

    def moved() -> datetime:
        return plain() + passed

    def move(by: timedelta) -> None:
        nonlocal passed
        passed += by
        monkeypatch.setattr(clock, "now", moved)

    return move


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> AtOnce:
    """Run calls in as many threads, all let go at the same moment; their answers, in order."""
    monkeypatch.setattr(gate, "PATIENCE", "60s")  # a loaded machine is not what is tested

    def run(calls: list[Callable[[], Any]]) -> list[Any]:
        gun = threading.Barrier(len(calls))

        def closing(call: Callable[[], Any]) -> Any:
            gun.wait(60)
            try:
                return call()
            finally:
                connection.close()

        with ThreadPoolExecutor(len(calls)) as threads:
            return [future.result(120) for future in [threads.submit(closing, call) for call in calls]]

    return run


@pytest.fixture
def without_the_lock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody waits for anybody: neither at the stop's row, nor where public pages are made new of it, nor at
    the rows of people and establishments that are held while something comes to refer to them."""
    monkeypatch.setattr(gate, "lock", lambda pk: Stop.objects.get(pk=pk))
    monkeypatch.setattr(people, "hold", lambda row: row)
    tables = "professionals_registration", "professionals_delegation"
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
