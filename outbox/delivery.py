"""Delivering what is due: claimed in the database, sent once, and what is in doubt said to be so.

A worker claims a small batch under a token and a lease. Before the network is touched one
statement, committed, makes a message `sending` (turns.py): only where the token still stands, the
message still makes sense and its reader still wants it. Whoever loses the token has lost the message.
"""

import logging
import secrets
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.errors import MessageError
from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, DateTimeField, Field, Q, QuerySet, Value, When
from django.utils.translation import gettext_noop

from outbox import answers, clock, courier, holds, mime, pace, signature, stopping, suppressions
from outbox.answers import Outcome
from outbox.courier import Answer, Courier, Mail, Verdict
from outbox.models import Message, MessageStatus
from outbox.turns import LEASE, Sent

logger = logging.getLogger(__name__)

BATCH = 40
FIRST_BATCH = 8
HOLD_SECONDS = 0.5
RUN_SECONDS = 20.0  # then the bell is rung again: a worker told to stop must not dawdle
PACE_SECONDS = 1.0  # between two looks whether the pace lets more leave
# Minutes before each further try: about three days in all, then it has failed.
DELAYS = [1, 2, 5, 10, 20, 40, 60, 120, *[240] * 17]

UNSUBSCRIBED = gettext_noop("La personne ne veut plus recevoir d’invitations.")


def run(hands: list[Courier] | None = None) -> float | None:
    """Deliver what is due, for a while. Seconds after which there is more to do; None when nothing is
    due, or something stands in its way."""
    if not answers.write_kept():
        return None
    hands = hands or courier.current()
    until, size = time.monotonic() + RUN_SECONDS, FIRST_BATCH
    try:
        # What the last batch sent is written with the next one's first statement.
        while True:
            begun = time.monotonic()
            batch, token = claim(size=min(size, BATCH))
            if not deliver(batch, token, hands):
                return None
            if len(batch) < min(size, BATCH):
                return PACE_SECONDS if pace.kept() and _something_is_due() else None
            if time.monotonic() > until:
                return 0.0
            size = _next_size(size, seconds=time.monotonic() - begun)
    finally:
        answers.write_kept()
        for each in hands:
            each.close()


def _next_size(size: int, *, seconds: float) -> int:
    """A batch is what goes in half a second: for so long what is more pressing waits."""
    if seconds > HOLD_SECONDS:
        return max(1, size // 2)
    return min(BATCH, size * 2) if seconds < HOLD_SECONDS / 2 else size


@transaction.atomic(durable=True)
def claim(*, size: int = BATCH) -> tuple[list[Message], str]:
    """Take a batch of due messages that nobody else is taking, the most pressing first, as many as the
    pace allows."""
    now, token = clock.now(), secrets.token_hex(16)
    due = _due(now)
    room = pace.look(now) if pace.kept() else None
    if room:
        due = room.may_leave(due)
    due = due.order_by("priority", "due_at", "pk").select_for_update(skip_locked=True, no_key=True)
    batch = room.admit(due[:size]) if room else list(due[:size])
    if batch:
        Message.objects.filter(pk__in=[message.pk for message in batch]).update(
            status=MessageStatus.CLAIMED, claim=token, lease_until=now + LEASE
        )
    return batch, token


def deliver(batch: list[Message], token: str, hands: list[Courier]) -> bool:
    """Hand over a claimed batch, as many at once as there are hands. False when the mail server or the
    database is away, or when the worker is told to stop."""
    waiting = list(batch)
    while waiting:
        if stopping.told():
            release((message.pk for message in waiting), token)
            return False
        if refused := _open(hands, len(waiting)):
            # Not begun, so nothing is in doubt; the others are not charged with a try.
            answers.keep(_outcome(waiting[0], token, refused))
            answers.write_kept()
            release((message.pk for message in waiting[1:]), token)
            return False
        going, waiting = waiting[: len(hands)], waiting[len(hands) :]
        if not send(going, token, hands):
            return False
    return True


def _open(hands: list[Courier], wanted: int) -> Answer | None:
    """Open as many as there are mails; why not, when there is none. A server that takes fewer
    connections is asked for fewer until the end of this run."""
    for position, each in enumerate(hands[:wanted]):
        if refused := each.open():
            for other in hands[max(position, 1) :]:
                other.close()
            del hands[max(position, 1) :]
            return None if position else refused
    return None


def send(messages: list[Message], token: str, hands: list[Courier]) -> bool:
    """Send claimed messages, those that are still ours to send, one over each connection: whatever is
    killed, a connection leaves one doubt at most. False when the database is away."""
    mails = _built(messages, token)
    try:
        begun = answers.begin(list(mails), token)
    except answers.Away:
        return False
    going = [message for message in messages if message.pk in begun]
    for message in messages:
        if message.pk in mails and message.pk not in begun:
            _leave(message, token)
    told = courier.hand_over_together(
        each.talk(mails[message.pk]) for message, each in zip(going, hands, strict=False)
    )
    for message, answer in zip(going, told, strict=True):
        answers.keep(_outcome(message, token, answer))
    # What was taken is written with the next round.
    all_taken = all(answer.verdict is Verdict.ACCEPTED for answer in told)
    return (all_taken and len(mails) == len(messages)) or answers.write_kept()


def _built(messages: list[Message], token: str) -> dict[int, Mail]:
    """The mails by the key of their message; what cannot be put into one has failed."""
    now, mails = clock.now(), {}
    for message in messages:
        try:
            mails[message.pk] = Mail(
                sender=mime.return_path(),
                recipient=mime.envelope_address(message.recipient),
                content=signature.signed(mime.build(message, now=now)),
                name=f"{message.written_at:%Y%m%d-%H%M%S}-{message.purpose}-{message.message_id[1:13]}",
            )
        except (ValueError, MessageError) as error:
            logger.error("Message %s cannot be put into a mail", message.pk, exc_info=error)
            answers.keep(_final(message, token, MessageStatus.FAILED, type(error).__name__))
    return mails


def release(pks: Iterable[int], token: str) -> None:
    """Put messages back that were claimed and not begun."""
    Message.objects.filter(pk__in=list(pks), status=MessageStatus.CLAIMED, claim=token).update(
        status=MessageStatus.QUEUED, claim="", lease_until=None
    )


@transaction.atomic
def sweep() -> bool:
    """Settle what was left lying; True when something is due.

    A claim whose lease ran out is free again. A sending whose lease ran out may have arrived or
    not: once no worker can be waiting for the server any more, a person decides.
    """
    now = clock.now()
    silent = timedelta(seconds=courier.patience())
    _settle(
        Q(status=MessageStatus.CLAIMED, lease_until__lt=now),
        {"status": MessageStatus.QUEUED, "claim": "", "lease_until": None},
    )
    in_doubt = _settle(
        Q(status=MessageStatus.SENDING, lease_until__lt=now - silent),
        {"status": MessageStatus.IN_DOUBT},  # the token stays: its worker may still answer
    )
    if in_doubt:
        logger.error("Messages in doubt, to be decided by a person: %s", in_doubt)
    _settle(
        Q(status=MessageStatus.QUEUED, valid_until__lte=now),
        {"status": MessageStatus.TOO_LATE, "final_at": now},
    )
    return _something_is_due()


def _something_is_due() -> bool:
    return _due(clock.now()).exists()


def _due(now: datetime) -> QuerySet[Message]:
    return Message.objects.filter(holds.not_held(), status=MessageStatus.QUEUED, due_at__lte=now)


def _settle(which: Q, changes: dict[str, Any]) -> list[int]:
    # Locked first and skipping what is held: several rows in one UPDATE could wait crosswise.
    rows = Message.objects.filter(which).select_for_update(skip_locked=True, no_key=True)
    pks = list(rows.values_list("pk", flat=True))
    if pks:
        Message.objects.filter(pk__in=pks).update(**changes)
    return pks


def _leave(message: Message, token: str) -> None:
    """Say why a claimed message did not pass the gate; silent where it is no longer ours."""
    now = clock.now()
    ours = Message.objects.filter(pk=message.pk, status=MessageStatus.CLAIMED, claim=token)
    over = {"claim": "", "lease_until": None, "final_at": now}
    if ours.filter(valid_until__lte=now).update(status=MessageStatus.TOO_LATE, **over):
        return
    unwanted = ours.exclude(suppressions.wanted())
    if unwanted.update(status=MessageStatus.SUPERSEDED, answer=UNSUBSCRIBED, **over):
        return
    if ours.exclude(holds.not_held()).exists():
        release([message.pk], token)


def _outcome(message: Message, token: str, answer: Answer) -> Sent | Outcome:
    """What the server's answer makes of the message."""
    if answer.verdict is Verdict.ACCEPTED:
        return Sent(message.pk, token, clock.now(), answer.text)
    if answer.verdict is Verdict.NEVER:
        return _final(message, token, MessageStatus.FAILED, answer.text)
    tries = message.attempts + 1
    if answer.verdict is Verdict.UNKNOWN:
        changes: dict[str, Any] = {"status": MessageStatus.IN_DOUBT}
    elif tries > len(DELAYS):
        return _final(message, token, MessageStatus.FAILED, answer.text)
    else:
        now = clock.now()
        # Where a change overtook it while it was being sent, it is not tried again.
        changes = {
            "status": _unless_overtaken(MessageStatus.QUEUED, MessageStatus.SUPERSEDED, CharField()),
            "final_at": _unless_overtaken(None, now, DateTimeField()),
            "due_at": now + timedelta(minutes=DELAYS[message.attempts]),
        }
    changes |= {"claim": "", "lease_until": None, "attempts": tries, "answer": answer.text}
    return Outcome(message.pk, token, changes)


def _unless_overtaken(value: Any, otherwise: Any, field: Field) -> Case:
    """Decided by the row as it is when it is written, not as it was when its sending began."""
    return Case(When(overtaken=True, then=Value(otherwise)), default=Value(value), output_field=field)


def _final(message: Message, token: str, status: MessageStatus, text: str) -> Outcome:
    return Outcome(
        message.pk,
        token,
        {
            "status": status,
            "final_at": clock.now(),
            "answer": text,
            "attempts": message.attempts + 1,
            "claim": "",
            "lease_until": None,
        },
    )
