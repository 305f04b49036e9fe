"""What becomes of a delegation's places: fewer, all or in part, given up, or not named in time.

Places are kept unnamed until `promotion.name_by`; who asked is reminded before, and told when they go.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, QuerySet

from accounts import audit
from accounts.models import User
from meetings import gate
from meetings.models import Stop, StopStatus
from outbox import clock
from professionals import promotion, room
from professionals.delegations.asking import reread
from professionals.delegations.naming import CannotChange, open_to_change, take_back
from professionals.models import Delegation, DelegationStatus

REMINDED = timedelta(days=2)  # before the places go
TOLD_JUST_NOW = timedelta(days=1)  # whoever heard of their places since then knows until when


class TooFew(Exception):
    """More people are named than that."""


@transaction.atomic
def reduce(delegation: Delegation, *, places: int) -> Delegation:
    """Ask for fewer places; those given past that go to the queue. As many again or more changes nothing.

    Raises TooFew, naming.CannotChange, gate.Busy.
    """
    stop = gate.lock(delegation.stop_id)
    delegation = open_to_change(delegation, stop)
    if places >= delegation.places:
        return delegation
    if places < max(delegation.members.count(), 1):
        raise TooFew
    now = clock.now()
    with room.class_watched(stop, now):
        delegation.places = places
        delegation.granted = min(delegation.granted, places)
        delegation.save(update_fields=["places", "granted"])
        promotion.tell(delegation, "changed")
        promotion.move_up(stop, now)
    return delegation


@transaction.atomic
def take_part(delegation: Delegation) -> Delegation:
    """Take what there is instead of waiting for all places together; the rank stays. Twice is once.

    Raises naming.CannotChange, gate.Busy.
    """
    stop = gate.lock(delegation.stop_id)
    delegation = open_to_change(delegation, stop)
    if delegation.whole:
        now = clock.now()
        with room.class_watched(stop, now):
            delegation.whole = False
            delegation.save(update_fields=["whole"])
            promotion.move_up(stop, now)
    return delegation


@transaction.atomic
def cancel(delegation: Delegation) -> Delegation:
    """Give everything up: who was named is told, the places go to the queue. Twice is once.

    Raises naming.CannotChange once the stop has begun or one of the named is there, gate.Busy.
    """
    stop = gate.lock(delegation.stop_id)
    delegation = reread(delegation, stop)
    if delegation.status in (DelegationStatus.CANCELLED, DelegationStatus.REFUSED):
        return delegation
    if delegation.status == DelegationStatus.ACTIVE:
        delegation = open_to_change(delegation, stop)
    now = clock.now()
    with room.class_watched(stop, now):
        for registration in delegation.members.select_related("professional__organisation"):
            registration.stop = stop
            take_back(registration, delegation, now)
        _end(delegation)
        promotion.tell(delegation, "cancelled")
        promotion.move_up(stop, now)
    return delegation


@transaction.atomic
def release(delegation: Delegation, *, by: User | None) -> int:
    """Let what is not named go to the queue, as after its moment; answers how many places were kept.

    Who still waits for more while some of theirs are unnamed does not need them: that is given up too.
    Raises gate.Busy.
    """
    stop = gate.lock(delegation.stop_id)
    delegation = reread(delegation, stop)
    unnamed = _unnamed(delegation)
    if unnamed:
        _release(delegation, stop, unnamed, clock.now())
        audit.record(by, "released_seats", f"delegation:{delegation.pk}")
    return unnamed


def release_due(now: datetime) -> int:
    """Release what was not named in time; the beat's. Answers how many delegations that concerned."""
    return sum(_release_if_late(one) for one in _with_unnamed(now) if promotion.name_by(one) <= now)


def remind_due(now: datetime) -> int:
    """Remind, once, who has not named everybody; the beat's. Answers how many were."""
    due = _with_unnamed(now).filter(reminded_at=None, granted_at__lte=now - TOLD_JUST_NOW)
    return sum(
        _remind(one) for one in due if promotion.name_by(one) - REMINDED <= now < promotion.name_by(one)
    )


def _with_unnamed(now: datetime) -> QuerySet[Delegation]:
    rows = Delegation.objects.filter(status=DelegationStatus.ACTIVE, stop__status=StopStatus.PUBLISHED)
    rows = rows.annotate(named=Count("members")).filter(granted__gt=F("named"))
    return rows.select_related("stop").order_by("stop_id", "pk")


@transaction.atomic
def _release_if_late(delegation: Delegation) -> bool:
    stop = gate.lock(delegation.stop_id)
    delegation = reread(delegation, stop)
    now = clock.now()
    unnamed = _unnamed(delegation)
    if not unnamed or stop.status != StopStatus.PUBLISHED or now < promotion.name_by(delegation):
        return False
    _release(delegation, stop, unnamed, now)
    return True


@transaction.atomic
def _remind(delegation: Delegation) -> bool:
    stop = gate.lock(delegation.stop_id)
    delegation = reread(delegation, stop)
    if not _unnamed(delegation) or delegation.reminded_at:
        return False
    delegation.reminded_at = clock.now()
    delegation.save(update_fields=["reminded_at"])
    promotion.tell(delegation, "reminder")
    return True


def _unnamed(delegation: Delegation) -> int:
    return delegation.granted - delegation.members.count()


def _release(delegation: Delegation, stop: Stop, unnamed: int, now: datetime) -> None:
    named = delegation.granted - unnamed
    with room.class_watched(stop, now):
        if named:
            delegation.places = delegation.granted = named
            delegation.save(update_fields=["places", "granted"])
        else:
            _end(delegation)
        promotion.tell(delegation, "released", number=unnamed)
        promotion.move_up(stop, now)


def _end(delegation: Delegation) -> None:
    delegation.status, delegation.granted = DelegationStatus.CANCELLED, 0
    delegation.save(update_fields=["status", "granted"])


__all__ = ["CannotChange", "TooFew", "cancel", "reduce", "release", "release_due", "remind_due", "take_part"]
