"""Writing mail down: once per key, in the transaction of the fact it speaks of."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction

from outbox import clock, rendering
from outbox.models import Message, MessageStatus, Priority


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar part, made by meetings.calendar: the whole VCALENDAR text and its METHOD."""

    text: str
    method: str  # "REQUEST" or "CANCEL"


def hash_of(address: str) -> str:
    """The keyed hash under which an address is remembered once it is erased (64 hex digits)."""
    return hmac.new(settings.LINK_KEY.encode(), address.strip().lower().encode(), hashlib.sha256).hexdigest()


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
    when the key was written before.
    """
    now = clock.now()
    if unsubscribe_url:
        context = {**context, "unsubscribe_url": unsubscribe_url}
    said = rendering.render(template, context, language=language)
    address = to.strip().lower()
    digest = hashlib.sha256(f"{settings.SECRET_KEY}:{key}".encode()).hexdigest()[:32]
    message, created = Message.objects.get_or_create(
        key=key,
        defaults={
            "subject": subject,
            "purpose": purpose,
            "priority": priority,
            "recipient": address,
            "recipient_hash": hash_of(address),
            "language": language,
            "headline": said.headline[:250],
            "text": said.text,
            "html": said.html,
            "calendar": calendar.text if calendar else "",
            "calendar_method": calendar.method if calendar else "",
            "headers": _unsubscribe_headers(unsubscribe_url),
            "reply_to": reply_to,
            "message_id": f"<{digest}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2]}>",
            "written_at": now,
            "due_at": due_at or now,
            "valid_until": valid_until,
        },
    )
    if created:
        # robust: a broker that is down must not fail the request; the sweep will ring.
        transaction.on_commit(partial(ring, message.pk), robust=True)
    return created


def supersede(*, subject: str, purposes: Iterable[str]) -> int:
    """What is not on its way yet about `subject` will not leave. In the transaction of the change.

    A message already in a worker's hands is checked again there, before it is sent.
    """
    return Message.objects.filter(
        subject=subject,
        purpose__in=list(purposes),
        status__in=[MessageStatus.QUEUED, MessageStatus.CLAIMED],
    ).update(status=MessageStatus.SUPERSEDED, final_at=clock.now(), claim="", lease_until=None)


def ring(message_id: int) -> None:
    """Tell a worker that something is due. Losing the ring loses nothing."""
    from outbox import tasks

    tasks.deliver_due.delay()


def _unsubscribe_headers(url: str) -> dict[str, str]:
    if not url:
        return {}
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
