"""What public answers depend on besides their address: the state of the data, and the time.

The revision grows with every transaction that changes a watched table (`SELECT onmt_tour_watch('table')`
in a migration): triggers see to it, so no writer can forget. A stored answer is good as long as its
`Version` is today's.
"""

import threading
from bisect import bisect_right
from datetime import date, datetime
from typing import NamedTuple

from django.db import InterfaceError, OperationalError, connection
from django.db.backends.signals import connection_created
from psycopg import Error, pq

from outbox import clock
from regions import legal_time

# Wall-clock in Morocco at which something that everybody sees may change, the dates apart: those count
# days by themselves. Once it is time, another text; nothing has to happen.
MOMENTS = """
    SELECT date + starts FROM meetings_stop WHERE status <> 'draft'
    UNION SELECT date + ends FROM meetings_stop WHERE status <> 'draft'
    UNION SELECT until_day + until_hour FROM meetings_broadcast WHERE withdrawn_at IS NULL
    UNION SELECT embargo_on + embargo_at FROM press_pressrelease WHERE published_at IS NOT NULL
    UNION SELECT embargo_on + embargo_at FROM press_photo WHERE published_at IS NOT NULL
"""
# One statement, one snapshot; the moments are looked up only for who does not know them (InitPlan).
READ = f"""
    SELECT coalesce(sum(number), 0),
        CASE WHEN coalesce(sum(number), 0) IS DISTINCT FROM $1::numeric THEN (
            SELECT string_agg(to_char(moment, 'YYYY-MM-DD"T"HH24:MI:SS'), ' ' ORDER BY moment)
            FROM ({MOMENTS}) AS found (moment) WHERE moment IS NOT NULL
        ) END
    FROM onmt_tour_publicrevision
"""  # noqa: S608 - nothing of anybody's in it
NAME = b"portal_public_revision"


class Version(NamedTuple):
    """Two answers of one address and version are the same."""

    revision: bytes
    day: date  # in Morocco
    passed: int  # moments


class Read(NamedTuple):
    revision: bytes
    moments: list[datetime]


class _Known(threading.local):
    read: Read | None = None
    prepared: bool = False


_known = _Known()


def _forget_prepared(**kwargs: object) -> None:
    _known.prepared = False


connection_created.connect(_forget_prepared, dispatch_uid="onmt_tour.revision")


def current() -> Version | None:
    """Asked in each request: one round trip on Django's own connection, past its layers, which would cost
    several times as much as the question. None when the database does not answer."""
    read = _read()
    return _now(read) if read else None


def still(version: Version) -> bool:
    """Whether no date and no moment has passed since `version` was read. Asks nobody."""
    return _known.read is not None and _now(_known.read) == version


def _now(read: Read) -> Version:
    now = legal_time.wall_clock(clock.now()).replace(tzinfo=None)
    return Version(read.revision, now.date(), bisect_right(read.moments, now))


def _read() -> Read | None:
    for again in (True, False):
        try:
            connection.ensure_connection()
            return _ask(connection.connection.pgconn)
        except (OperationalError, InterfaceError, Error):
            # Broken since the last request, or the server has forgotten the statement.
            if not again or connection.in_atomic_block:
                return None
            connection.close()
    return None


def _ask(pgconn: pq.abc.PGconn) -> Read:
    if not _known.prepared:
        _check(pgconn.prepare(NAME, READ.encode()), pq.ExecStatus.COMMAND_OK)
        _known.prepared = True
    known = _known.read
    result = pgconn.exec_prepared(NAME, [known.revision if known else None])  # type: ignore[list-item]
    _check(result, pq.ExecStatus.TUPLES_OK)
    connection.health_check_done = True  # type: ignore[attr-defined] # it has just answered
    revision, moments = result.get_value(0, 0), result.get_value(0, 1)
    if known is None or known.revision != revision:
        known = Read(revision or b"", [datetime.fromisoformat(m) for m in (moments or b"").decode().split()])
        _known.read = known
    return known


def _check(result: pq.abc.PGresult, status: pq.ExecStatus) -> None:
    if result.status != status:
        raise OperationalError(result.get_error_message())
