"""What came of a mail, kept until the database has it.

A server's 250 is told once. If the database is away at that moment the worker keeps the answer
and writes it later; the token, still on the row, proves that the row is still its own.
"""

import logging
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError, connection

from outbox.models import Message, MessageStatus

logger = logging.getLogger(__name__)

PATIENCE = 60.0  # seconds of waiting in place for the database
PAUSE = 0.5

# Sweeping may have called a message in doubt meanwhile: the answer resolves it.
STILL_OURS = [MessageStatus.CLAIMED, MessageStatus.SENDING, MessageStatus.IN_DOUBT]


@dataclass(frozen=True, slots=True)
class Outcome:
    message_pk: int
    token: str
    changes: Mapping[str, Any]


_kept: deque[Outcome] = deque()


def keep(outcome: Outcome) -> bool:
    """Write `outcome` down now, or keep it. False when the database is away."""
    _kept.append(outcome)
    return write_kept()


def write_kept() -> bool:
    """Write down everything kept; waits a while for the database. False when it stays away."""
    until = time.monotonic() + PATIENCE
    while outcome := _next():
        try:
            _write(outcome)
        except (OperationalError, InterfaceError):
            _kept.appendleft(outcome)
            connection.close()
            if time.monotonic() > until:
                logger.error("The database is away; %s answers are kept", len(_kept))
                return False
            time.sleep(PAUSE)
    return True


def _next() -> Outcome | None:
    # Taken before it is written: the threads of one worker share what is kept.
    try:
        return _kept.popleft()
    except IndexError:
        return None


def _write(outcome: Outcome) -> None:
    ours = Message.objects.filter(pk=outcome.message_pk, claim=outcome.token, status__in=STILL_OURS)
    if not ours.update(**outcome.changes):
        logger.warning("Message %s was no longer ours when its answer came", outcome.message_pk)
