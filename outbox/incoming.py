"""One mail that came back: to which of our mails it belongs, and what is written down of it."""

import hashlib
from enum import Enum, auto

from django.db import transaction
from django.db.models import QuerySet

from outbox import calendar_replies, notices, returns
from outbox.models import Message, Partstat, ReturnKind
from outbox.notices import CalendarReply, Notice, NotUnderstood
from outbox.queue import hash_of

LIMIT = 2_000_000  # bytes; a report brings our mail back, and ours are far smaller


class Taken(Enum):
    """What became of it."""

    FAILURE = auto()
    COMPLAINT = auto()
    REPLY = auto()
    KNOWN = auto()  # the same notice was read before
    LEFT = auto()  # for a person to read


KINDS = {
    ReturnKind.PERMANENT: Taken.FAILURE,
    ReturnKind.TRANSIENT: Taken.FAILURE,
    ReturnKind.COMPLAINT: Taken.COMPLAINT,
    ReturnKind.REPLY: Taken.REPLY,
}


@transaction.atomic
def take(raw: bytes) -> Taken:
    """Read one mail, and write down what it says of one of ours. Twice is once.

    What is too large, not understood, or about no mail of ours is LEFT, and nothing is written. Raises
    DatabaseError: read it again later.
    """
    if len(raw) > LIMIT:
        return Taken.LEFT
    try:
        notice = notices.read(raw)
    except NotUnderstood:
        return Taken.LEFT
    message = _about(notice)
    if message is None:
        return Taken.LEFT
    new = returns.record(
        message,
        kind=notice.kind,
        # One notice may be about several mails, and belongs to each.
        notice=hashlib.sha256(f"{notice.digest} {message.message_id}".encode()).hexdigest(),
        code=notice.code,
        partstat=notice.partstat,
    )
    if new is None:
        return Taken.KNOWN
    if notice.kind == ReturnKind.REPLY:
        calendar_replies.tell(message, Partstat(notice.partstat))
    return KINDS[notice.kind]


def _about(notice: Notice) -> Message | None:
    """The mail of ours it names: the one it knows the Message-ID of, or was given the address of."""
    named = Message.objects.filter(message_id__in=notice.about).order_by("-pk")
    if notice.reply is None:
        return named.first()
    reply = notice.reply
    if not reply.uid:
        return None  # mails without an entry have none either
    to_them = Message.objects.filter(recipient_hash=hash_of(reply.attendee), calendar_uid=reply.uid)
    return named.filter(pk__in=to_them.values("pk")).first() or _by_its_address(reply, to_them)


def _by_its_address(reply: CalendarReply, to_them: QuerySet[Message]) -> Message | None:
    """The last entry this attendee had when their calendar answered, where the address it answered to
    proves that they had one."""
    if not calendar_replies.known_by(reply.went_to, uid=reply.uid, attendee=reply.attendee):
        return None
    seen = to_them if reply.sequence is None else to_them.filter(calendar_sequence__lte=reply.sequence)
    return seen.order_by("-calendar_sequence", "-pk").first()
