"""What came back of our mails: not delivered, complained of, answered by a calendar.

A notice is believed where it names the Message-ID of a mail of ours: 128 random bits that only its reader
and the servers on the way have seen. So nobody can silence an address but from its own mailbox.

For pages that count: `bounced`, `answered` and `count` take the keys of messages, as a list or as a
queryset (`mails.values("pk")`), which stays in the database.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet

from outbox import clock, suppressions
from outbox.models import Message, Partstat, Reason, Returned, ReturnKind

LIMIT = 3  # mails refused for good, after which an address is left alone
# Refused for what we are or how we write (RFC 3463): nothing is wrong with the address.
ABOUT_US = "5.7."
MANY = 3  # such refusals in a day, of different mails: it is not one strict server

Keys = Iterable[int] | QuerySet


@dataclass(frozen=True, slots=True)
class Counted:
    """Of some messages, how many came back with what; each message counts once in each."""

    bounced: int
    complained: int
    answered: int


def bounced(message_pks: Keys) -> set[int]:
    """Those of these messages that were refused for good after they left. One query."""
    return set(_of(message_pks).filter(kind=ReturnKind.PERMANENT).values_list("message_id", flat=True))


def answered(message_pks: Keys) -> dict[int, Partstat]:
    """What the calendars of their readers said of these messages, the last word of each. One query."""
    replies = _of(message_pks).filter(kind=ReturnKind.REPLY).order_by("pk")
    return {pk: Partstat(said) for pk, said in replies.values_list("message_id", "partstat")}


def count(message_pks: Keys) -> Counted:
    """How many of these messages bounced, were complained of and were answered by a calendar. One query."""
    found = _of(message_pks).aggregate(
        bounced=_messages(ReturnKind.PERMANENT),
        complained=_messages(ReturnKind.COMPLAINT),
        answered=_messages(ReturnKind.REPLY),
    )
    return Counted(**found)


def refusing_us() -> int:
    """How many mails came back within a day because we are refused: our server, domain or signature is to
    be looked after, and no address. One query."""
    lately = Returned.objects.filter(kind=ReturnKind.PERMANENT, code__startswith=ABOUT_US)
    since = clock.now() - timedelta(days=1)
    return lately.filter(at__gte=since).values("message").distinct().count()


@transaction.atomic
def record(
    message: Message, *, kind: ReturnKind, notice: str, code: str = "", partstat: str = ""
) -> Returned | None:
    """Write down that this came back of `message`; None for a notice that was read before.

    `notice` is the hash of the notice's own Message-ID, `code` its status (RFC 3463). A complaint, or
    LIMIT messages refused for good since the address was last found right, end all that it could refuse.
    """
    _alone_with(message.recipient_hash)
    found, created = Returned.objects.get_or_create(
        notice=notice,
        defaults={
            "message": message,
            "kind": kind,
            "code": code,
            "partstat": partstat,
            "at": clock.now(),
        },
    )
    if not created:
        return None
    if kind == ReturnKind.COMPLAINT:
        suppressions.suppress(message.recipient_hash, reason=Reason.COMPLAINT)
    elif kind == ReturnKind.PERMANENT and _refused(message.recipient_hash) >= LIMIT:
        suppressions.suppress(message.recipient_hash, reason=Reason.BOUNCES)
    return found


def _refused(recipient_hash: str) -> int:
    rows = Returned.objects.filter(
        message__recipient_hash=recipient_hash, kind=ReturnKind.PERMANENT, settled=False
    ).exclude(code__startswith=ABOUT_US)
    return rows.values("message").distinct().count()


def _alone_with(recipient_hash: str) -> None:
    """Until the transaction ends, nobody else counts what came back from this address."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"returned:{recipient_hash}"]
        )


def _of(message_pks: Keys) -> QuerySet[Returned]:
    return Returned.objects.filter(message__in=message_pks)


def _messages(kind: ReturnKind) -> Count:
    return Count("message", filter=Q(kind=kind), distinct=True)
