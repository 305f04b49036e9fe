"""Copies of mails for somebody of the team: the words as they leave, nothing that acts for the reader.

Personal links are masked, the calendar part and the headers of campaigns are left out, and the true
recipient stands in the subject.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from outbox import clock, doorbell
from outbox.masking import links_masked
from outbox.models import Message, Priority
from outbox.queue import HEADLINE_LENGTH, hash_of, new_message_id

PURPOSE = "rehearsal"


@dataclass(frozen=True, slots=True)
class Said:
    """What a mail says, to whom: nothing in it opens anything."""

    key: str
    copied: bool  # for an assistant, of what their principal is written
    to: str
    language: str
    headline: str
    text: str
    html: str


def said(messages: Iterable[Message]) -> list[Said]:
    return [
        Said(
            key=message.key,
            copied=bool(message.copy_of),
            to=message.recipient,
            language=message.language,
            headline=message.headline,
            text=links_masked(message.text),
            html=links_masked(message.html),
        )
        for message in messages
    ]


def write(copies: Iterable[Said], *, name: str, to: str) -> int:
    """Write a copy of each to one address, once per rehearsal; answers how many are new."""
    now, address = clock.now(), to.strip().lower()
    rows = [
        Message(
            key=f"{PURPOSE}:{name}:{hash_of(copy.key)}",
            purpose=PURPOSE,
            # An answer to their own act: it is neither held nor waits behind a campaign.
            priority=Priority.ANSWER,
            recipient=address,
            recipient_hash=hash_of(address),
            language=copy.language,
            headline=_headline(copy)[:HEADLINE_LENGTH],
            text=copy.text,
            html=copy.html,
            message_id=new_message_id(),
            written_at=now,
            due_at=now,
        )
        for copy in copies
    ]
    known = set(Message.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        doorbell.ring_at_commit()
    return len({row.key for row in rows} - known)


def _headline(copy: Said) -> str:
    with translation.override(copy.language):
        return _("[Répétition, pour %(to)s] %(headline)s") % {"to": copy.to, "headline": copy.headline}
