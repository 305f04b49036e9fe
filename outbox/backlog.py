"""What waits, and what waits for a person: for those who look after the machinery."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Min, Q

from outbox import clock
from outbox.holds import not_held
from outbox.models import Message, MessageStatus


@dataclass(frozen=True, slots=True)
class Backlog:
    waiting: timedelta  # how long the oldest due message has been due; zero where none is
    due: int
    in_doubt: int  # for a person to decide
    failed: int  # refused by the server within the last day


def look() -> Backlog:
    now = clock.now()
    due = Q(status=MessageStatus.QUEUED, due_at__lte=now) & not_held()
    failed = Q(status=MessageStatus.FAILED, final_at__gt=now - timedelta(days=1))
    in_doubt = Q(status=MessageStatus.IN_DOUBT)
    found = Message.objects.filter(due | failed | in_doubt).aggregate(
        oldest=Min("due_at", filter=due),
        due=Count("pk", filter=due),
        in_doubt=Count("pk", filter=in_doubt),
        failed=Count("pk", filter=failed),
    )
    return Backlog(
        waiting=now - found["oldest"] if found["oldest"] else timedelta(0),
        due=found["due"],
        in_doubt=found["in_doubt"],
        failed=found["failed"],
    )
