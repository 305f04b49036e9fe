"""The gate before a released stop: who wants to change it takes its lock and opens the gate.

A trigger on meetings_stop refuses changes of `Stop.frozen_once_published` and deletion unless a
flag of the transaction is on (migration 0002). Only `releases` and `lifecycle` open it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from meetings.models import Stop

PATIENCE = "4s"


class Busy(Exception):
    """Somebody else is changing this stop and did not finish in time: try again."""


def lock(stop_id: int) -> Stop:
    """The stop, locked until the transaction ends; rows that merely refer to it stay free.

    Raises Busy after a few seconds, and Stop.DoesNotExist.
    """
    with patience():
        return Stop.objects.select_for_update(of=("self",), no_key=True).get(pk=stop_id)


@contextmanager
def patience() -> Iterator[None]:
    """Within, and until the transaction ends, who waits for a lock waits a few seconds. Raises Busy then."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise Busy from error
        raise


@contextmanager
def opened() -> Iterator[None]:
    """Within, the frozen columns may be written. An exception undoes the flag with the rest."""
    _set("on")
    yield
    _set("off")


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('portal.lifecycle', %s, true)", [value])
