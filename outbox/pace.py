"""How many mails a minute leave, in all and to one domain: some servers close their door to a crowd.

MAIL_PER_MINUTE and MAIL_PER_DOMAIN_PER_MINUTE; 0 is as many as the server takes. What left is counted,
not remembered. Answers to one's own act and what is urgent count, and wait for nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf

from django.conf import settings
from django.db import connection
from django.db.models import CharField, Count, F, Func, Q, QuerySet, Value

from outbox.models import Message, MessageStatus, Priority

MINUTE = timedelta(minutes=1)
UNHINDERED = Priority.ANSWER  # and what comes before it
TURNSTILE = 7_205_759  # an advisory lock: whoever counts is alone until the claim is committed


def kept() -> bool:
    return bool(settings.MAIL_PER_MINUTE or settings.MAIL_PER_DOMAIN_PER_MINUTE)


@dataclass
class Room:
    """How many may still leave in this minute."""

    in_all: float
    per_domain: float
    by_domain: dict[str, int]

    def may_leave(self, due: QuerySet[Message]) -> QuerySet[Message]:
        """Those of `due` for which there is room for at least one."""
        unhindered = Q(priority__lte=UNHINDERED)
        if self.in_all <= 0:
            return due.filter(unhindered)
        full = [domain for domain, gone in self.by_domain.items() if gone >= self.per_domain]
        return due.alias(domain=domain_of()).filter(unhindered | ~Q(domain__in=full)) if full else due

    def admit(self, messages: Iterable[Message]) -> list[Message]:
        """Those for which there is room together, in their order."""
        return [message for message in messages if self._admitted(message)]

    def _admitted(self, message: Message) -> bool:
        domain = message.recipient.rpartition("@")[2]
        gone = self.by_domain.get(domain, 0)
        if message.priority > UNHINDERED and (self.in_all <= 0 or gone >= self.per_domain):
            return False
        self.in_all -= 1
        self.by_domain[domain] = gone + 1
        return True


def domain_of() -> Func:
    return Func(F("recipient"), Value("@"), Value(-1), function="split_part", output_field=CharField())


def look(now: datetime) -> Room:
    """Count what left within the last minute or is about to. Inside the transaction of a claim."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURNSTILE])
    left = Q(status=MessageStatus.SENT, final_at__gt=now - MINUTE)
    in_hand = Q(status__in=[MessageStatus.CLAIMED, MessageStatus.SENDING])
    rows = Message.objects.filter(left | in_hand).order_by()
    gone = dict(rows.values_list(domain_of()).annotate(Count("pk")))
    return Room(
        in_all=(settings.MAIL_PER_MINUTE or inf) - sum(gone.values()),
        per_domain=settings.MAIL_PER_DOMAIN_PER_MINUTE or inf,
        by_domain=gone,
    )
