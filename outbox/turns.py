"""The one statement a round of mails costs: what came of the last, and which may leave next.

One commit for both: before any of these mails touches the network, the disk has it that they may
have left, and that those before them have.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection

from outbox import clock, holds, suppressions
from outbox.models import Message, MessageStatus

LEASE = timedelta(minutes=2)

# Locked in the order of their keys, as `queue.supersede` does: nobody waits crosswise. A row that
# somebody else changed meanwhile is looked at again as it is then, before it is written.
STATEMENT = f"""
WITH held AS MATERIALIZED (
    SELECT id FROM outbox_message WHERE id = ANY(%(all)s::bigint[]) ORDER BY id FOR NO KEY UPDATE
), written AS (
    UPDATE outbox_message AS message
    SET status = '{MessageStatus.SENT}', final_at = sent.at, answer = sent.answer,
        claim = '', lease_until = NULL
    FROM unnest(%(sent)s::bigint[], %(claims)s::text[], %(moments)s::timestamptz[], %(answers)s::text[])
        AS sent (id, claim, at, answer)
    WHERE message.id = sent.id AND message.claim = sent.claim
        AND message.status IN ('{MessageStatus.SENDING}', '{MessageStatus.IN_DOUBT}')
        AND (SELECT count(*) FROM held) > 0
    RETURNING message.id
), begun AS (
    UPDATE outbox_message
    SET status = '{MessageStatus.SENDING}', lease_until = %(lease)s,
        attempts = attempts + (status = '{MessageStatus.CLAIMED}')::int
    WHERE id = ANY(%(next)s::bigint[]) AND claim = %(token)s
        AND status IN ('{MessageStatus.CLAIMED}', '{MessageStatus.SENDING}')
        AND (valid_until IS NULL OR valid_until > %(now)s)
        AND {{may_leave}}
        AND (SELECT count(*) FROM held) > 0
    RETURNING id
)
SELECT id, true FROM written UNION ALL SELECT id, false FROM begun
"""  # noqa: S608 (only names of our own are put in)


@dataclass(frozen=True, slots=True)
class Sent:
    """The server took it: `text` is what it said, at `at`."""

    message_pk: int
    token: str
    at: datetime
    text: str


def turn(sent: Sequence[Sent], begin: Sequence[int] = (), *, token: str = "") -> tuple[set[int], set[int]]:
    """Write down what was sent; make `sending` those of `begin` that may leave. Answers both as they went.

    May leave what is ours by token, in time, not superseded, not unwanted and not held. What is
    `sending` under our token and was not begun by us is so from a commit whose answer was lost.
    """
    now = clock.now()
    may_leave, values = _may_leave()
    with connection.cursor() as cursor:
        cursor.execute(
            STATEMENT.format(may_leave=may_leave),
            {
                **values,
                "all": [*(one.message_pk for one in sent), *begin],
                "sent": [one.message_pk for one in sent],
                "claims": [one.token for one in sent],
                "moments": [one.at for one in sent],
                "answers": [one.text for one in sent],
                "next": list(begin),
                "token": token,
                "now": now,
                "lease": now + LEASE,
            },
        )
        rows = cursor.fetchall()
    return {pk for pk, written in rows if written}, {pk for pk, written in rows if not written}


@cache
def _may_leave() -> tuple[str, dict[str, Any]]:
    """Neither held nor unwanted, in SQL: the very conditions that Django composes elsewhere."""
    query = Message.objects.filter(holds.not_held(), suppressions.wanted()).query
    condition, values = query.get_compiler(connection=connection).compile(query.where)
    named = {f"may_leave_{number}": value for number, value in enumerate(values)}
    return condition % tuple(f"%({name})s" for name in named), named
