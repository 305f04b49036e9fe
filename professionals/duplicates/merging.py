"""Merging: everything that hangs on one row hangs on the other afterwards, under the locks of its stops.

Two registrations at one stop become the better one: who is there, else who has a seat, else who waits
longest. A seat that is freed so goes to the queue, a place of a delegation back to the delegation.
"""

from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from accounts import audit
from accounts.models import User
from meetings import gate
from meetings.models import Invitation, Stop
from outbox import clock
from professionals import mails, promotion, room
from professionals.delegations import asking
from professionals.duplicates import apart, rows
from professionals.duplicates.models import Merge, MergeKind
from professionals.models import (
    ENDED,
    Delegation,
    Organisation,
    Professional,
    Registration,
    RegistrationStatus,
)

FILLED_IN = {
    MergeKind.PROFESSIONAL: (
        *("name_ar", "name_ar_key", "phone", "function", "function_ar", "province_id", "ice"),
        "email",
    ),
    MergeKind.ORGANISATION: ("name_ar", "name_ar_key", "approved"),
}
# Twice the same is once: these may give way.
GIVES_WAY = {"professionals.WorkshopSeat", "professionals.WorkshopWait", "professionals.Contribution"}
ORDER = (
    RegistrationStatus.SEATED,
    RegistrationStatus.OFFERED,
    RegistrationStatus.WAITING,
    RegistrationStatus.PENDING,
)


class CannotMerge(Exception):
    """They are one already, both were seen at one stop, or something would be lost."""


class ToldApart(CannotMerge):
    """The team said that they are two: that is to be taken back first."""


class TwoDelegations(CannotMerge):
    """Both asked for places at one stop: one of the two is to be cancelled first."""


@transaction.atomic
def people(kept_pk: int, gone_pk: int, *, by: User) -> Merge:
    """Merge one professional into another. Raises CannotMerge, ToldApart, gate.Busy."""
    stops = _lock_stops(kept_pk, gone_pk)
    kept, gone = _lock(MergeKind.PROFESSIONAL, kept_pk, gone_pk)
    if stops_of(kept_pk, gone_pk) != list(stops):
        raise gate.Busy  # one of the two registered at another stop a moment ago
    memory: dict[str, Any] = {"moved": [], "deleted": [], "invitations": []}
    before = {pk: room.taken_at(stop) for pk, stop in stops.items()}
    for stop in stops.values():
        _resolve_delegations(stop, kept, gone, memory)
        _resolve(stop, kept, gone, memory)
    moved = {pk for label, _c, pk in _move(gone, kept, memory) if label == "professionals.Registration"}
    _move_invitations(gone, kept, memory)
    merge = _finish(MergeKind.PROFESSIONAL, kept, gone, memory, by=by)
    for stop in stops.values():
        promotion.room_changed(stop, before=before[stop.pk])
    for registration in kept.registrations.filter(pk__in=moved).exclude(status__in=ENDED):
        registration.stop, registration.professional = stops[registration.stop_id], kept
        mails.link_again(registration, occasion=f"merged:{merge.pk}")
    return merge


@transaction.atomic
def organisations(kept_pk: int, gone_pk: int, *, by: User) -> Merge:
    """Merge one establishment into another. Raises CannotMerge, ToldApart, gate.Busy."""
    kept, gone = _lock(MergeKind.ORGANISATION, kept_pk, gone_pk)
    memory: dict[str, Any] = {"moved": [], "deleted": [], "invitations": []}
    _move(gone, kept, memory)
    return _finish(MergeKind.ORGANISATION, kept, gone, memory, by=by)


def _lock_stops(*people: int) -> dict[int, Stop]:
    return {pk: gate.lock(pk) for pk in stops_of(*people)}


def stops_of(*people: int) -> list[int]:
    """The stops at which these people come, or asked for places, in the order of their locks."""
    coming = Registration.objects.filter(professional__in=people).values_list("stop_id", flat=True)
    asking = Delegation.objects.filter(contact__in=people).values_list("stop_id", flat=True)
    return sorted({*coming, *asking})


def _lock(kind: MergeKind, kept_pk: int, gone_pk: int) -> tuple[Any, Any]:
    model: Any = Professional if kind == MergeKind.PROFESSIONAL else Organisation
    with gate.patience():
        found = model.objects.select_for_update(of=("self",)).order_by("pk").in_bulk([kept_pk, gone_pk])
    if len(found) != 2:
        raise CannotMerge
    if apart.are(kind, kept_pk, gone_pk):
        raise ToldApart
    return found[kept_pk], found[gone_pk]


def _resolve(stop: Stop, kept: Professional, gone: Professional, memory: dict[str, Any]) -> None:
    """Of two registrations at a stop the better one stays, with what hung on the other."""
    both = list(Registration.objects.filter(stop=stop, professional__in=[kept, gone]))
    if len(both) < 2:
        return
    if all(one.checked_in_at for one in both):
        raise CannotMerge
    better, worse = sorted(both, key=_rank)
    _move(worse, better, memory)
    memory["deleted"].append(rows.values(worse))
    better.calendar_step = max(better.calendar_step, worse.calendar_step) + 1
    better.save(update_fields=["calendar_step"])
    group = worse.delegation
    worse.delete()
    if group:
        group.stop = stop
        promotion.place_freed(group, clock.now(), by=kept.name)


def _resolve_delegations(stop: Stop, kept: Professional, gone: Professional, memory: dict[str, Any]) -> None:
    """Of two delegations at a stop the one that stands stays; where both do, somebody has to choose."""
    both = list(Delegation.objects.filter(stop=stop, contact__in=[kept, gone]))
    if len(both) < 2:
        return
    standing, over = sorted(
        both, key=lambda one: (one.status not in asking.STANDS, -one.confirmed_at.timestamp())
    )
    if over.status in asking.STANDS:
        raise TwoDelegations
    _move(over, standing, memory)
    memory["deleted"].append(rows.values(over))
    over.delete()


def _rank(one: Registration) -> tuple[Any, ...]:
    place = ORDER.index(one.status) if one.status in ORDER else len(ORDER)
    return (one.checked_in_at is None, place, one.delegation_id is None, one.confirmed_at, one.pk)


def _move(gone: Any, kept: Any, memory: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Let everything that hangs on one hang on the other; what is there twice gives way."""
    moved = []
    for label, column, row in list(rows.hanging_on(gone)):
        if rows.repoint(label, column, row.pk, to=kept.pk):
            moved.append((label, column, row.pk))
            memory["moved"].append([label, column, row.pk, gone.pk, kept.pk])
        elif label in GIVES_WAY:
            memory["deleted"].append(rows.values(row))
            row.delete()
        else:
            raise CannotMerge
    return moved


def _move_invitations(gone: Professional, kept: Professional, memory: dict[str, Any]) -> None:
    """Who was invited as the one is invited as the other; where both were, the link of the one dies."""
    theirs = Invitation.objects.filter(audience="professionals")
    invited = set(theirs.filter(key=f"professional:{kept.pk}").values_list("stop_id", flat=True))
    for one in theirs.filter(key=f"professional:{gone.pk}").exclude(stop_id__in=invited):
        theirs.filter(pk=one.pk).update(key=f"professional:{kept.pk}")
        memory["invitations"].append(one.pk)


def _finish(kind: MergeKind, kept: Any, gone: Any, memory: dict[str, Any], *, by: User) -> Merge:
    """Fill in what only the other knew, remember how it was, and let the other go."""
    memory["gone"] = rows.values(gone)
    filled = [name for name in FILLED_IN[kind] if getattr(gone, name) and not getattr(kept, name)]
    memory["filled"] = filled
    memory["apart"] = apart.carry(kind, gone=gone.pk, kept=kept.pk)
    try:
        gone.delete()
    except ProtectedError as error:  # somebody came to refer to it a moment ago
        raise gate.Busy from error
    for name in filled:
        setattr(kept, name, getattr(gone, name))
    if filled:
        kept.save(update_fields=filled)
        kept.refresh_from_db()
    merge = Merge.objects.create(
        kind=kind, kept=kept.pk, gone=memory["gone"]["values"]["id"], at=clock.now(), by=by, memory=memory
    )
    audit.record(by, "merged", f"{kind.value}:{merge.gone}", fields=[f"{kind.value}:{merge.kept}"])
    return merge
