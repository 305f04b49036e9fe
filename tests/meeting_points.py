"""Where threads of a race meet: each has read, none has written, unless a lock keeps them apart."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

PATIENCE = 30  # seconds; a loaded machine is not what is tested
# In this database: pg_locks shows the locks of the tests beside us as well.
WAITING = """
    SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE NOT granted AND datname = current_database()"""


def somebody_waits() -> bool:
    """Whether a query of this database waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else one transaction sees who was there first
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])


def wait_for_a_blocked_query() -> None:
    """Until somebody waits for a lock."""
    until = time.monotonic() + PATIENCE
    while not somebody_waits():
        if time.monotonic() > until:
            raise AssertionError("nobody waits")


class MeetingPoint:
    """Whoever passes waits until `several` are there, or until one of them cannot come: they wait for a
    lock. So a race is met with each time where there is no lock, and takes no time-out where there is."""

    def __init__(self, several: int = 2) -> None:
        self.several, self._there = several, 0
        self._counting = threading.Lock()

    def passed(self) -> None:
        with self._counting:
            self._there += 1
        until = time.monotonic() + PATIENCE
        while self._there < self.several and not somebody_waits():
            if time.monotonic() > until:
                raise AssertionError("nobody came, and nobody waits")
            time.sleep(0.002)

    def after(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> "MeetingPoint":
        """Meet whenever this function has answered."""
        plain = getattr(owner, name)

        def then_met(*args: Any, **options: Any) -> Any:
            found = plain(*args, **options)
            self.passed()
            return found

        monkeypatch.setattr(owner, name, then_met)
        return self

    def before(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> "MeetingPoint":
        """Meet whenever this function is about to begin."""
        plain: Callable[..., Any] = getattr(owner, name)

        def met_first(*args: Any, **options: Any) -> Any:
            self.passed()
            return plain(*args, **options)

        monkeypatch.setattr(owner, name, met_first)
        return self
