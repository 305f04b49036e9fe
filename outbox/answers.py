"""What came of a mail, kept until the database has it.

A server's 250 is told once. If the database is away at that moment the worker keeps the answer
and writes it later; the token, still on the row, proves that the row is still its own.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection

from outbox import turns
from outbox.models import Message, MessageStatus
from outbox.turns import Sent

logger = logging.getLogger(__name__)

PATIENCE = 60.0  # seconds of waiting in place for the database
PAUSE = 0.5

# Sweeping may have called a message in doubt meanwhile: the answer resolves it.
STILL_OURS = [MessageStatus.CLAIMED, MessageStatus.SENDING, MessageStatus.IN_DOUBT]

T = TypeVar("T")


class Away(Exception):
    """The database has not answered for a while."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Anything else than that the server took it."""

    message_pk: int
    token: str
    changes: Mapping[str, Any]


_sent: deque[Sent] = deque()
_others: deque[Outcome] = deque()


def keep(*outcomes: Sent | Outcome) -> None:
    """Remember them; `begin` or `write_kept` writes them down."""
    for outcome in outcomes:
        if isinstance(outcome, Sent):
            _sent.append(outcome)
        else:
            _others.append(outcome)


def begin(pks: Sequence[int], token: str) -> set[int]:
    """Make these messages `sending` and write down what was sent before, in one commit.

    Answers those that may leave. Raises Away; what was sent before is kept then.
    """
    sent = _all_sent()
    try:
        written, begun = until_it_answers(partial(turns.turn, sent, pks, token=token))
    except Away:
        keep(*sent)
        raise
    _lost({one.message_pk for one in sent} - written)
    return begun


def write_kept() -> bool:
    """Write down everything kept; waits a while for the database. False when it stays away."""
    try:
        if _sent:
            begin([], "")
        while _others:
            _write_next()
    except Away:
        logger.error("The database is away; %s answers are kept", len(_sent) + len(_others))
        return False
    return True


def until_it_answers(call: Callable[[], T]) -> T:
    """What `call` answers; waits for the database where it is away. Raises Away."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return call()
        except (OperationalError, InterfaceError) as error:
            connection.close()
            if time.monotonic() > until:
                raise Away from error
            time.sleep(PAUSE)


def _all_sent() -> list[Sent]:
    # Taken before they are written: the threads of one worker share what is kept.
    sent = []
    while _sent:
        try:
            sent.append(_sent.popleft())
        except IndexError:
            break
    return sent


def _write_next() -> None:
    try:
        outcome = _others.popleft()
    except IndexError:
        return
    try:
        until_it_answers(partial(_write, outcome))
    except Away:
        _others.appendleft(outcome)
        raise


def _write(outcome: Outcome) -> None:
    ours = Message.objects.filter(pk=outcome.message_pk, claim=outcome.token, status__in=STILL_OURS)
    if not ours.update(**outcome.changes):
        _lost({outcome.message_pk})


def _lost(pks: set[int]) -> None:
    for pk in pks:
        logger.warning("Message %s was no longer ours when its answer came", pk)
