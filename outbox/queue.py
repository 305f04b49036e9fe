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
from django.db.models import Q

from outbox import clock, doorbell, keys, kinds, rendering
from outbox.masking import unfolded
from outbox.mime import method_of, sender, unsubscribe_headers
from outbox.models import Message, MessageStatus, Priority

HEADLINE_LENGTH = 250

NOT_BEGUN = [MessageStatus.QUEUED, MessageStatus.CLAIMED]
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
) -> bool:
    """Write the mail down, once per `key`; it leaves if, and when, the transaction commits.

    `template` names templates/emails/<template>.subject.txt, .txt and .html, rendered now, in
    `language`. `subject` is what the mail speaks of ("stop:12"), for `supersede`, and
    `audience` in which the person was found, for `holds`. One with an `unsubscribe_url` can be
    refused, as the kind that `kinds` says. Answers False
    when the key was written before, and then renders nothing. Raises ValidationError for an
    address nobody can be written to, ValueError for an unsubscription address that is no plain URL,
    kinds.NotRefusable for one to a mail of no kind.
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
    return _write(message)


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


def enqueue_all(letters: Iterable[Letter]) -> int:
    """Write many mails down, each once per key, in two queries; as `enqueue` does. Raises what it raises.

    Answers how many had not been written before.
    """
    wanted = {letter.key: letter for letter in letters}
    known = set(Message.objects.filter(key__in=wanted).values_list("key", flat=True))
    now = clock.now()
    rows = [_of(letter, now) for letter in wanted.values() if letter.key not in known]
    # Two transactions may write one key at once: the second waits for the first, then does nothing.
    Message.objects.bulk_create(rows, ignore_conflicts=True)
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


@transaction.atomic(savepoint=False)
def supersede(*, subject: str, purposes: Iterable[str], person: str = "", ending: str = "") -> int:
    """What is not on its way yet about `subject` will not leave. In the transaction of the change.

    `person`, as in keys ("registration:7"), narrows it to what was written to them, `ending` to
    keys that end so. A message in a
    worker's hands is asked again, in one statement, before it is sent. One whose sending has begun
    is on its way; it is marked, so that it is not tried again if the server refuses it, and not sent
    again by hand. Answers how many will not leave.
    """
    about = Message.objects.filter(subject=subject, purpose__in=(named := list(purposes)))
    if person:
        theirs = (Q(key__startswith=keys.beginning(purpose, person)) for purpose in named)
        about = about.filter(reduce(or_, theirs))
    if ending:
        about = about.filter(key__endswith=ending)
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


def _write(message: Message) -> bool:
    # Two transactions may write one key at once: the second waits for the first, then does nothing.
    Message.objects.bulk_create([message], ignore_conflicts=True)
    if not Message.objects.filter(message_id=message.message_id).exists():
        return False
    doorbell.ring_at_commit()
    return True
