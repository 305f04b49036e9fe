"""Writing mail down: once per key, in the transaction of the fact it speaks of."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.validators import validate_email

from outbox import clock, doorbell, rendering
from outbox.mime import method_of, sender, unsubscribe_headers
from outbox.models import Message, MessageStatus, Priority

HEADLINE_LENGTH = 250


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar part, made by meetings.calendar: the whole VCALENDAR text and its METHOD."""

    text: str
    method: str  # "REQUEST" or "CANCEL"

    def __post_init__(self) -> None:
        # RFC 6047: readers believe the MIME parameter, or the text, or drop what disagrees.
        if method_of(self.text) != self.method:
            raise ValueError("The calendar's METHOD is not the one named beside it")


def hash_of(address: str) -> str:
    """The keyed hash under which an address is remembered once it is erased (64 hex digits)."""
    return _hash(settings.LINK_KEY, address)


def hashes_of(address: str) -> list[str]:
    """The hashes it may be remembered under: LINK_KEY rotates, what was written before stays."""
    return [_hash(key, address) for key in (settings.LINK_KEY, *settings.LINK_KEY_FALLBACKS)]


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
    due_at: datetime | None = None,
    valid_until: datetime | None = None,
    calendar: Calendar | None = None,
    reply_to: str = "",
    unsubscribe_url: str = "",
) -> bool:
    """Write the mail down, once per `key`; it leaves if, and when, the transaction commits.

    `template` names templates/emails/<template>.subject.txt, .txt and .html, rendered now, in
    `language`. `subject` is what the mail speaks of ("stop:12"), for `supersede`. Answers False
    when the key was written before, and then renders nothing. Raises ValidationError for an
    address nobody can be written to, ValueError for an unsubscription address that is no plain URL.
    """
    if Message.objects.filter(key=key).exists():
        return False
    address = to.strip().lower()
    validate_email(address)
    if reply_to:
        validate_email(reply_to)
    headers = unsubscribe_headers(unsubscribe_url)
    if unsubscribe_url:
        context = {**context, "unsubscribe_url": unsubscribe_url}
    said = rendering.render(template, context, language=language)
    now = clock.now()
    message = Message(
        key=key,
        subject=subject,
        purpose=purpose,
        priority=priority,
        recipient=address,
        recipient_hash=hash_of(address),
        language=language,
        headline=said.headline[:HEADLINE_LENGTH],
        text=said.text,
        html=said.html,
        calendar=calendar.text if calendar else "",
        calendar_method=calendar.method if calendar else "",
        headers=headers,
        reply_to=reply_to,
        message_id=new_message_id(),
        written_at=now,
        due_at=due_at or now,
        valid_until=valid_until,
    )
    return _write(message)


def supersede(*, subject: str, purposes: Iterable[str]) -> int:
    """What is not on its way yet about `subject` will not leave. In the transaction of the change.

    A message in a worker's hands is asked again, in one statement, before it is sent; one whose
    sending has begun is on its way.
    """
    return Message.objects.filter(
        subject=subject,
        purpose__in=list(purposes),
        status__in=[MessageStatus.QUEUED, MessageStatus.CLAIMED],
    ).update(status=MessageStatus.SUPERSEDED, final_at=clock.now(), claim="", lease_until=None)


def new_message_id() -> str:
    """Given once, when a message is written: every try to send it carries the same."""
    return f"<{secrets.token_hex(16)}@{sender()[1].rpartition('@')[2]}>"


def _write(message: Message) -> bool:
    # Two transactions may write one key at once: the second waits for the first, then does nothing.
    Message.objects.bulk_create([message], ignore_conflicts=True)
    if not Message.objects.filter(message_id=message.message_id).exists():
        return False
    doorbell.ring_at_commit()
    return True


def _hash(key: str, address: str) -> str:
    return hmac.new(key.encode(), address.strip().lower().encode(), hashlib.sha256).hexdigest()
