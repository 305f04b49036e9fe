"""Delivering what is due: claimed in the database, sent once, and what is in doubt said to be so.

A worker claims a small batch under a token and a lease. Before the network is touched one
statement, committed, makes a message `sending`: only where the token still stands, the message
still makes sense and its reader still wants it. Whoever loses the token has lost the message.
"""

import logging
import secrets
import time
from collections.abc import Iterable
from datetime import timedelta
from email.errors import MessageError
from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, DateTimeField, Exists, Field, Q, Value, When
from django.utils.translation import gettext_noop

from outbox import clock, courier, mime, stopping
from outbox.answers import Outcome, keep, write_kept
from outbox.courier import Answer, Courier, Verdict
from outbox.models import Message, MessageStatus, Priority, Suppression
from outbox.suppressions import CAMPAIGNS

logger = logging.getLogger(__name__)

BATCH = 20
LEASE = timedelta(minutes=2)
RUN_SECONDS = 20.0  # then the bell is rung again: a worker told to stop must not dawdle
# Minutes before each further try: about three days in all, then it has failed.
DELAYS = [1, 2, 5, 10, 20, 40, 60, 120, *[240] * 17]

UNSUBSCRIBED = gettext_noop("La personne ne veut plus recevoir d’invitations.")


def run(hands: Courier | None = None) -> bool:
    """Deliver what is due, for a while. True when there is more and nothing stands in its way."""
    hands = hands or courier.current()
    until = time.monotonic() + RUN_SECONDS
    try:
        while write_kept():
            batch, token = claim()
            if not deliver(batch, token, hands) or len(batch) < BATCH:
                return False
            if time.monotonic() > until:
                return True
        return False
    finally:
        hands.close()


@transaction.atomic(durable=True)
def claim() -> tuple[list[Message], str]:
    """Take a batch of due messages that nobody else is taking, the most pressing first."""
    now, token = clock.now(), secrets.token_hex(16)
    due = Message.objects.filter(status=MessageStatus.QUEUED, due_at__lte=now)
    batch = list(
        due.order_by("priority", "due_at", "pk").select_for_update(skip_locked=True, no_key=True)[:BATCH]
    )
    if batch:
        Message.objects.filter(pk__in=[message.pk for message in batch]).update(
            status=MessageStatus.CLAIMED, claim=token, lease_until=now + LEASE
        )
    return batch, token


def deliver(batch: list[Message], token: str, hands: Courier) -> bool:
    """Hand over a claimed batch, one by one. False when the mail server or the database is away, or when
    the worker is told to stop."""
    for position, message in enumerate(batch):
        if stopping.told():
            release((other.pk for other in batch[position:]), token)
            return False
        if refused := hands.open():
            # Not begun, so nothing is in doubt; the others are not charged with a try.
            keep(_outcome(message, token, refused))
            release((other.pk for other in batch[position + 1 :]), token)
            return False
        if not send(message, token, hands):
            return False
    return True


def send(message: Message, token: str, hands: Courier) -> bool:
    """Send one claimed message, if it is still ours to send. False when the database is away."""
    now = clock.now()
    try:
        content = mime.build(message, now=now)
    except (ValueError, MessageError) as error:
        logger.error("Message %s cannot be put into a mail", message.pk, exc_info=error)
        return keep(_final(message, token, MessageStatus.FAILED, type(error).__name__))
    if not take(message, token):
        _leave(message, token)
        return True
    answer = hands.hand_over(
        sender=mime.sender()[1],
        recipient=mime.envelope_address(message.recipient),
        content=content,
        name=f"{message.written_at:%Y%m%d-%H%M%S}-{message.purpose}-{message.message_id[1:13]}",
    )
    return keep(_outcome(message, token, answer))


def take(message: Message, token: str) -> bool:
    """The last gate, in one statement: ours by token, in time, not superseded, not unwanted."""
    now = clock.now()
    ours = Message.objects.filter(pk=message.pk, status=MessageStatus.CLAIMED, claim=token)
    ours = ours.exclude(valid_until__lte=now)
    if is_campaign(message):
        ours = ours.filter(~Exists(_suppressions(message)))
    return bool(
        ours.update(status=MessageStatus.SENDING, lease_until=now + LEASE, attempts=message.attempts + 1)
    )


def release(pks: Iterable[int], token: str) -> None:
    """Put messages back that were claimed and not begun."""
    Message.objects.filter(pk__in=list(pks), status=MessageStatus.CLAIMED, claim=token).update(
        status=MessageStatus.QUEUED, claim="", lease_until=None
    )


def is_campaign(message: Message) -> bool:
    """Whether the reader's wish not to be written to stops it: not for what concerns their own seat."""
    return message.priority == Priority.CAMPAIGN or "List-Unsubscribe" in message.headers


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
    return Message.objects.filter(status=MessageStatus.QUEUED, due_at__lte=now).exists()


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
    if is_campaign(message) and _suppressions(message).exists():
        ours.update(status=MessageStatus.SUPERSEDED, answer=UNSUBSCRIBED, **over)


def _suppressions(message: Message) -> Any:
    return Suppression.objects.filter(kind=CAMPAIGNS, recipient_hash=message.recipient_hash)


def _outcome(message: Message, token: str, answer: Answer) -> Outcome:
    """What the server's answer makes of the message."""
    if answer.verdict is Verdict.ACCEPTED:
        return _final(message, token, MessageStatus.SENT, answer.text)
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
