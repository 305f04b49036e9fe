"""The lives of the database. A new one begins where it was restored from a copy.

What was not final in the copy may have left since it was made, and what was written after it is not known
any more, so a routine would write it again. Until a person releases it nothing leaves but the answers to
what people do from then on.
"""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from outbox import clock, doorbell
from outbox.models import Epoch, Message, MessageStatus, Priority

NOT_BEGUN = [MessageStatus.QUEUED, MessageStatus.CLAIMED]
TURNSTILE = 7_205_760  # an advisory lock: one at a time says that a life has begun


def free() -> Q:
    """Messages that no restore keeps."""
    kept = Epoch.objects.filter(released_at=None)
    older = kept.filter(last_message__gte=OuterRef("pk"))
    return ~Q(Exists(older)) & (Q(priority=Priority.ANSWER) | ~Q(Exists(kept)))


@transaction.atomic
def look() -> bool:
    """Begin a new life where this is another database than the one the last was led in; True then.

    Before a worker takes its first mail. The first life of all keeps nothing.
    """
    _alone()
    here, last = _database(), Epoch.objects.order_by("-pk").first()
    if last is None:
        Epoch.objects.create(database=here, begun_at=clock.now(), released_at=clock.now())
    elif last.database != here:
        _begin(here)
        return True
    return False


@transaction.atomic
def begin() -> Epoch:
    """This database has just been restored, whichever it was before."""
    _alone()
    return _begin(_database())


def unreleased() -> datetime | None:
    """Since when a restore keeps mails; None where none does."""
    return Epoch.objects.filter(released_at=None).order_by("pk").values_list("begun_at", flat=True).first()


def waiting() -> QuerySet[Message]:
    """What waits because of a restore."""
    return Message.objects.exclude(free()).filter(status__in=NOT_BEGUN)


@transaction.atomic
def release(*, leave: bool) -> int | None:
    """End the waiting: what waited leaves, or never does. How many that were; None where nobody waits.

    What was written since then leaves in any case: only what stood in the copy may have left before.
    """
    lives = Epoch.objects.filter(released_at=None).order_by("pk").select_for_update(no_key=True)
    if not (found := list(lives)):
        return None
    copied = waiting().filter(pk__lte=max(one.last_message for one in found))
    pks = list(copied.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    if not leave:
        Message.objects.filter(pk__in=pks).update(
            status=MessageStatus.SUPERSEDED, final_at=clock.now(), claim="", lease_until=None
        )
    Epoch.objects.filter(pk__in=[one.pk for one in found]).update(released_at=clock.now())
    doorbell.ring_at_commit()
    return len(pks)


def _begin(database: str) -> Epoch:
    newest = Message.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return Epoch.objects.create(database=database, begun_at=clock.now(), last_message=newest)


def _database() -> str:
    """Which database of which cluster this is: a copy loaded elsewhere has another number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT system_identifier FROM pg_control_system()), oid"
            " FROM pg_database WHERE datname = current_database()"
        )
        cluster, database = cursor.fetchone()
    return f"{cluster}/{database}"


def _alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURNSTILE])
