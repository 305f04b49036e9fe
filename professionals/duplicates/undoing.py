"""Taking apart what was merged, within a day: both rows are there again, with what was theirs."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import User
from meetings import gate
from meetings.models import Invitation, Meeting, Stop
from outbox import clock
from professionals import promotion, room, workshop_queue
from professionals.duplicates import apart, rows
from professionals.duplicates.merging import stops_of
from professionals.duplicates.models import UNDONE_WITHIN, Merge, MergeKind
from professionals.models import Delegation, RegistrationStatus

BLANK = {"province_id": None, "approved": False}


class TooLate(Exception):
    """A day has passed, it was undone already, or what it was merged into is gone."""


@transaction.atomic
def undo(merge: Merge, *, by: User) -> None:
    """As before, save a seat that somebody else has by now: its holder waits, at their old place.

    Raises TooLate, gate.Busy.
    """
    stops = _lock_stops(merge)
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    model = apps.get_model("professionals", merge.kind)
    kept = model._default_manager.select_for_update(of=("self",)).filter(pk=merge.kept).first()
    if kept is None or merge.undone_at or clock.now() >= merge.at + UNDONE_WITHIN:
        raise TooLate
    before = {pk: room.taken_at(stop) for pk, stop in stops.items()}
    try:
        _take_apart(merge.memory, kept, stops)
        was = merge.memory.get("apart", [])
        apart.give_back(MergeKind(merge.kind), was, gone=merge.gone, kept=merge.kept)
    except IntegrityError as error:
        raise TooLate from error
    for pk, stop in stops.items():
        promotion.room_changed(stop, before=before[pk])
    merge.undone_at, merge.memory = clock.now(), {}
    merge.save(update_fields=["undone_at", "memory"])
    audit.record(by, "unmerged", f"{merge.kind}:{merge.gone}", fields=[f"{merge.kind}:{merge.kept}"])


def forget(now: datetime) -> int:
    """What can no longer be undone is remembered by its numbers only."""
    return Merge.objects.filter(at__lte=now - UNDONE_WITHIN).exclude(memory={}).update(memory={})


def _lock_stops(merge: Merge) -> dict[int, Stop]:
    wanted = stops_of(merge.kept) if merge.kind == "professional" else []
    return {pk: gate.lock(pk) for pk in wanted}


def _take_apart(memory: dict[str, Any], kept: Any, stops: dict[int, Stop]) -> None:
    filled, gone = memory["filled"], memory["gone"]
    given = [name for name in filled if str(getattr(kept, name)) == str(gone["values"][name])]
    for name in given:
        setattr(kept, name, BLANK.get(name, ""))
    if given:
        kept.save(update_fields=given)
    rows.write_again(gone)
    # Before the rows they hang on are there again, which the database looks at in the end only: what was
    # theirs must not stand where they stood.
    for label, column, pk, gone_pk, kept_pk in reversed(memory["moved"]):
        rows.repoint(label, column, pk, to=gone_pk, only_from=kept_pk)
    # Those that others hang on, and first of these what registrations refer to.
    first = [
        one
        for model in ("professionals.Delegation", "professionals.Registration")
        for one in memory["deleted"]
        if one["model"] == model
    ]
    for one in first:
        rows.write_again(one, **(_place(one["values"], stops) if "professional_id" in one["values"] else {}))
    for one in memory["deleted"]:
        if one not in first and _fits(one):
            rows.write_again(one)
    Invitation.objects.filter(pk__in=memory["invitations"]).update(key=f"professional:{gone['values']['id']}")


def _fits(one: dict[str, Any]) -> bool:
    """Whether a seat in a workshop is still free."""
    if one["model"] != "professionals.WorkshopSeat":
        return True
    return workshop_queue.free(Meeting.objects.get(pk=one["values"]["meeting_id"])) != 0


def _place(was: dict[str, Any], stops: dict[int, Stop]) -> dict[str, Any]:
    """The seat they had, where it is still free: as a place of their delegation, else as any other."""
    if was["status"] not in (RegistrationStatus.SEATED, RegistrationStatus.OFFERED):
        return {}
    group = Delegation.objects.filter(pk=was["delegation_id"]).first()
    if group and group.granted > group.members.count():
        return {}
    if room.free(stops[was["stop_id"]]) > 0:
        return {"delegation_id": None}
    return {"status": RegistrationStatus.WAITING, "offer_ends_at": None, "delegation_id": None}
