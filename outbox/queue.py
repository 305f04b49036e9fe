"""Writing mail down: once per key, in the transaction of the fact it speaks of."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q, QuerySet

from outbox import clock, doorbell, keys, kinds, rendering
from outbox.masking import unfolded
from outbox.mime import method_of, sender, unsubscribe_headers
from outbox.models import Kind, Message, MessageStatus, Priority, Suppression

HEADLINE_LENGTH = 250

NOT_BEGUN = [MessageStatus.QUEUED, MessageStatus.CLAIMED]
# Said beside what `copy_of` begins with: without it the database does not see that its index will do, and
# reads every mail there is while somebody who answers waits, and with them the stop.
COPIED = ~Q(copy_of="")
STILL_OPEN = [*NOT_BEGUN, MessageStatus.SENDING, MessageStatus.IN_DOUBT]
MAY_ARRIVE = [MessageStatus.SENDING, MessageStatus.IN_DOUBT, MessageStatus.SENT, MessageStatus.FAILED]


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar part, made by meetings.calendar: the whole VCALENDAR text and its METHOD."""

    text: str
    method: str  # "REQUEST" or "CANCEL"

    def __post_init__(self) -> None:
        # RFC 6047: readers believe the MIME parameter, or the text, or drop what disagrees.
        if method_of(self.text) != self.method:
            raise ValueError("The calendar's METHOD is not the one named beside it")

    @property
    def uid(self) -> str:
        return _stated("UID", self.text)

    @property
    def sequence(self) -> int | None:
        stated = _stated("SEQUENCE", self.text)
        return int(stated) if stated else None


@dataclass(frozen=True, slots=True)
class Copy:
    """A mail once more, for information, to somebody who is not its reader: a message of its own, written
    with it or not at all. It has no calendar part, and is refused as a kind of its own."""

    person: str  # as in keys: "assistant:12"
    to: str
    said: rendering.Rendered
    unsubscribe_url: str


def _stated(name: str, calendar: str) -> str:
    """The value of the first property of this name without parameters; "" where there is none."""
    found = re.search(rf"^{name}:(.*?)\r?$", unfolded(calendar), re.MULTILINE)
    return found[1] if found else ""


def hash_of(address: str) -> str:
    """The keyed hash under which an address is remembered once it is erased (64 hex digits).

    Its key never rotates: whoever unsubscribed years ago is recognised.
    """
    plain = address.strip().lower().encode()
    return hmac.new(settings.ADDRESS_KEY.encode(), plain, hashlib.sha256).hexdigest()


def enqueue(
    *,
    key: str,
    purpose: str,
    to: str,
    template: str,
    context: Mapping[str, Any],
    language: str,
    priority: Priority = Priority.ANSWER,
    subject: str = "",
    audience: str = "",
    due_at: datetime | None = None,
    valid_until: datetime | None = None,
    calendar: Calendar | None = None,
    reply_to: str = "",
    unsubscribe_url: str = "",
    copy: Copy | None = None,
) -> bool:
    """Write the mail down, once per `key`; it leaves if, and when, the transaction commits.

    `template` names templates/emails/<template>.subject.txt, .txt and .html, rendered now, in
    `language`. `subject` is what the mail speaks of ("stop:12"), for `supersede`, and
    `audience` in which the person was found, for `holds`. One with an `unsubscribe_url` can be
    refused, as the kind that `kinds` says. Answers False
    when the key was written before, and then renders nothing. Raises ValidationError for an
    address nobody can be written to, ValueError for an unsubscription address that is no plain URL,
    kinds.NotRefusable for one to a mail of no kind. A `copy` is written with it.
    """
    if Message.objects.filter(key=key).exists():
        return False
    message = _addressed(to, reply_to=reply_to, unsubscribe_url=unsubscribe_url)
    if unsubscribe_url:
        context = {**context, "unsubscribe_url": unsubscribe_url}
    said = rendering.render(template, context, language=language)
    message.key, message.subject, message.purpose, message.priority = key, subject, purpose, priority
    message.audience, message.kind = audience, kinds.of(purpose, audience) if unsubscribe_url else ""
    message.language, message.text, message.html = language, said.text, said.html
    message.headline = said.headline[:HEADLINE_LENGTH]
    if calendar:
        message.calendar, message.calendar_method = calendar.text, calendar.method
        message.calendar_uid, message.calendar_sequence = calendar.uid, calendar.sequence
    message.written_at = clock.now()
    message.due_at, message.valid_until = due_at or message.written_at, valid_until
    return _write(message, [(message, copy)] if copy else [])


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that is rendered already; the fields are those of `enqueue`."""

    key: str
    purpose: str
    to: str
    said: rendering.Rendered
    language: str
    priority: Priority
    subject: str
    audience: str
    valid_until: datetime | None
    reply_to: str
    unsubscribe_url: str
    origin: str = ""
    copy: Copy | None = None


def enqueue_all(letters: Iterable[Letter]) -> int:
    """Write many mails down, each once per key, in two queries, or three where some are copied; as `enqueue`
    does. Raises what it raises.

    Answers how many had not been written before, not counting copies.
    """
    wanted = {letter.key: letter for letter in letters}
    known = set(Message.objects.filter(key__in=wanted).values_list("key", flat=True))
    now = clock.now()
    new = [(_of(letter, now), letter.copy) for letter in wanted.values() if letter.key not in known]
    rows = [message for message, _copy in new]
    copies = _copies((message, copy) for message, copy in new if copy)
    # Two transactions may write one key at once: the second waits for the first, then does nothing.
    Message.objects.bulk_create([*rows, *copies], ignore_conflicts=True)
    if rows:
        doorbell.ring_at_commit()
    return len(rows)


def _of(letter: Letter, now: datetime) -> Message:
    message = _addressed(letter.to, reply_to=letter.reply_to, unsubscribe_url=letter.unsubscribe_url)
    for name in (
        *("key", "purpose", "language", "priority", "subject", "audience", "origin"),
        "valid_until",
    ):
        setattr(message, name, getattr(letter, name))
    message.kind = kinds.of(letter.purpose, letter.audience) if letter.unsubscribe_url else ""
    message.headline = letter.said.headline[:HEADLINE_LENGTH]
    message.text, message.html = letter.said.text, letter.said.html
    message.written_at = message.due_at = now
    return message


def _copies(wanted: Iterable[tuple[Message, Copy]]) -> list[Message]:
    """These copies, but for those to who wants none. One query, where there are any."""
    pairs = [(message, copy, hash_of(copy.to)) for message, copy in wanted]
    if not pairs:
        return []
    refusals = Suppression.objects.filter(kind=Kind.COPIES, recipient_hash__in=[one[2] for one in pairs])
    refusing = set(refusals.values_list("recipient_hash", flat=True))
    return [_copied(message, copy) for message, copy, digest in pairs if digest not in refusing]


def _copied(message: Message, copy: Copy) -> Message:
    found = _addressed(copy.to, reply_to=message.reply_to, unsubscribe_url=copy.unsubscribe_url)
    # What it is about, and until when it makes sense: whatever stops the one stops the other.
    for name in ("purpose", "language", "priority", "subject", "audience", "origin", "valid_until"):
        setattr(found, name, getattr(message, name))
    found.written_at, found.due_at = message.written_at, message.due_at
    found.key, found.copy_of = keys.for_another(message.key, copy.person), message.key
    found.kind, found.headline = Kind.COPIES, copy.said.headline[:HEADLINE_LENGTH]
    found.text, found.html = copy.said.text, copy.said.html
    return found


@transaction.atomic(savepoint=False)
def supersede(*, subject: str, purposes: Iterable[str], person: str = "", ending: str = "") -> int:
    """What is not on its way yet about `subject` will not leave. In the transaction of the change.

    `person`, as in keys ("registration:7"), narrows it to what was written to them, and copies of it;
    `ending` to keys that end so. A message in a
    worker's hands is asked again, in one statement, before it is sent. One whose sending has begun
    is on its way; it is marked, so that it is not tried again if the server refuses it, and not sent
    again by hand. Answers how many will not leave.
    """
    about = Message.objects.filter(subject=subject, purpose__in=(named := list(purposes)))
    if person:
        starts = [keys.beginning(purpose, person) for purpose in named]
        theirs = (Q(key__startswith=start) | COPIED & Q(copy_of__startswith=start) for start in starts)
        about = about.filter(reduce(or_, theirs))
    if ending:
        about = about.filter(key__endswith=ending)
    return _stop(about)


@transaction.atomic(savepoint=False)
def write_no_more(person: str, *, only_copies: bool = False) -> int:
    """Nothing that waits to leave for `person` leaves, nor copies of it, whatever it is about.

    In the transaction of what ended it. Answers how many will not leave.
    """
    named = keys.naming(person)
    theirs = (
        COPIED & Q(copy_of__contains=named)
        if only_copies
        else Q(copy_of__contains=named) | Q(key__contains=named)
    )
    return _stop(Message.objects.filter(theirs))


def _stop(about: QuerySet[Message]) -> int:
    # Locked before they are sorted: a worker may be putting one back into the queue just now.
    open_ones = about.filter(status__in=STILL_OPEN).order_by("pk").select_for_update(no_key=True)
    found = dict(open_ones.values_list("pk", "status"))
    stopped = [pk for pk, status in found.items() if status in NOT_BEGUN]
    if stopped:
        Message.objects.filter(pk__in=stopped).update(
            status=MessageStatus.SUPERSEDED, final_at=clock.now(), claim="", lease_until=None
        )
    about.filter(status__in=MAY_ARRIVE, overtaken=False).update(overtaken=True)
    return len(stopped)


def new_message_id() -> str:
    """Given once, when a message is written: every try to send it carries the same."""
    return f"<{secrets.token_hex(16)}@{sender()[1].rpartition('@')[2]}>"


def _addressed(to: str, *, reply_to: str, unsubscribe_url: str) -> Message:
    """A message that says nothing yet, to one address that can be written to."""
    address = to.strip().lower()
    validate_email(address)
    if reply_to:
        validate_email(reply_to)
    return Message(
        recipient=address,
        recipient_hash=hash_of(address),
        reply_to=reply_to,
        headers=unsubscribe_headers(unsubscribe_url),
        message_id=new_message_id(),
    )


def _write(message: Message, copied: Iterable[tuple[Message, Copy]]) -> bool:
    # Two transactions may write one key at once: the second waits for the first, then does nothing.
    Message.objects.bulk_create([message, *_copies(copied)], ignore_conflicts=True)
    if not Message.objects.filter(message_id=message.message_id).exists():
        return False
    doorbell.ring_at_commit()
    return True
