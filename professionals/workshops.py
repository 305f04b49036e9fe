"""Workshops: who takes part in which. Chosen by seated people, under the stop's lock, never oversold.

Who finds a workshop full may wait for it: see `workshop_queue`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from meetings import gate, held_seats
from meetings.documents import Document, MeetingDocument
from meetings.models import Meeting, StopStatus
from outbox import clock
from professionals import mails, programme, seats, workshop_queue
from professionals.models import Registration, RegistrationStatus, WorkshopSeat, WorkshopWait


class NoSuchWorkshop(Exception):
    """Not a released workshop of this stop."""


class NotSeated(Exception):
    """Only who has a seat at the stop chooses workshops, until it begins."""


class WorkshopFull(Exception):
    """Every seat of the workshop is taken, kept for somebody, or waited for by others."""


class HouseFull(Exception):
    """The establishment has as many seats in this workshop as one may have."""


class Overlaps(Exception):
    """Another workshop this person chose takes place at the same time."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A workshop as one person finds it."""

    meeting: MeetingDocument
    chosen: bool
    full: bool
    clashes: bool  # with one they chose
    rank: int | None = None  # in its queue: 1 is next


def offers(registration: Registration, document: Document) -> list[Offer]:
    """The released workshops of the stop; one query, none where there is no workshop, one more where this
    person waits for one."""
    released = programme.workshops(document)
    if not released:
        return []
    rows = {
        meeting.pk: meeting
        for meeting in Meeting.objects.filter(pk__in=[one["id"] for one in released]).annotate(
            taken=_count(WorkshopSeat.objects.all()),
            mine=_count(WorkshopSeat.objects.filter(registration=registration.pk)),
            waiting=_count(WorkshopWait.objects.all()),
            waits=_count(WorkshopWait.objects.filter(registration=registration.pk)),
            held=held_seats.of_meeting(OuterRef("pk")),
        )
    }
    ranks = _ranks(registration) if any(row.waits for row in rows.values()) else {}
    chosen = [one for one in released if one["id"] in rows and rows[one["id"]].mine]
    return [
        Offer(
            meeting=one,
            chosen=one in chosen,
            full=bool(row.waiting) or (row.seats is not None and row.taken + row.held >= row.seats),
            clashes=any(other is not one and programme.overlap(one, other) for other in chosen),
            rank=ranks.get(row.pk),
        )
        for one in released
        if (row := rows.get(one["id"]))
    ]


def may_choose(registration: Registration, *, at: datetime) -> bool:
    """Who waits has no seat to take part from; once the stop has begun the rooms are as they are."""
    stop = registration.stop
    return (
        registration.status == RegistrationStatus.SEATED
        and stop.status in (StopStatus.PUBLISHED, StopStatus.POSTPONED)
        and at < stop.starts_at
    )


@transaction.atomic
def choose(registration: Registration, meeting_id: int) -> None:
    """Take a seat in a workshop. Twice is once.

    Raises NoSuchWorkshop, NotSeated, WorkshopFull, HouseFull, Overlaps, gate.Busy.
    """
    mine, workshop = _open(registration, meeting_id)
    if mine.workshop_seats.filter(meeting=workshop).exists():
        return
    _check(mine, workshop)
    waiting = workshop.workshop_waits.exclude(registration=mine).exists()
    if waiting or workshop_queue.free(workshop) == 0:
        raise WorkshopFull
    workshop_queue.seat(mine, workshop, clock.now())


@transaction.atomic
def wait(registration: Registration, meeting_id: int) -> None:
    """Wait for a seat in a full workshop, or take one that is free by now. Twice is once.

    Raises NoSuchWorkshop, NotSeated, HouseFull, Overlaps, gate.Busy.
    """
    mine, workshop = _open(registration, meeting_id)
    if mine.workshop_seats.filter(meeting=workshop).exists():
        return
    _check(mine, workshop)
    now = clock.now()
    WorkshopWait.objects.get_or_create(registration=mine, meeting=workshop, defaults={"asked_at": now})
    workshop_queue.move_up(mine.stop, now)


@transaction.atomic
def leave(registration: Registration, meeting_id: int) -> None:
    """Give a workshop's seat, or the place in its queue, back; the next one moves up.

    Raises NotSeated, gate.Busy.
    """
    stop = gate.lock(registration.stop_id)
    registration = seats.reread(registration, stop)
    now = clock.now()
    if not may_choose(registration, at=now):
        raise NotSeated
    registration.workshop_seats.filter(meeting_id=meeting_id).delete()
    registration.workshop_waits.filter(meeting_id=meeting_id).delete()
    workshop_queue.move_up(stop, now)


def meeting_withdrawn(meeting: Meeting) -> None:
    """Free and tell those who chose a workshop that goes, in the order in which they did. The caller holds
    the stop's lock."""
    chosen = meeting.workshop_seats.order_by("pk").select_related(
        "registration__professional", "registration__stop__current_release"
    )
    for place in chosen:
        if place.registration.status == RegistrationStatus.SEATED:
            mails.workshop_withdrawn(place.registration, meeting)
    chosen.delete()
    meeting.workshop_waits.all().delete()


def _open(registration: Registration, meeting_id: int) -> tuple[Registration, Meeting]:
    """The registration as it is now, and the workshop, its stop locked. Raises NotSeated, NoSuchWorkshop."""
    stop = gate.lock(registration.stop_id)
    registration = seats.reread(registration, stop)
    if not may_choose(registration, at=clock.now()):
        raise NotSeated
    released = {meeting["id"] for meeting in programme.workshops(programme.for_person(registration))}
    workshop = stop.meetings.filter(pk=meeting_id).first() if meeting_id in released else None
    if workshop is None:
        raise NoSuchWorkshop
    return registration, workshop


def _check(registration: Registration, workshop: Meeting) -> None:
    """Raises Overlaps, HouseFull."""
    released = {meeting["id"]: meeting for meeting in programme.workshops(programme.for_person(registration))}
    chosen = set(registration.workshop_seats.values_list("meeting_id", flat=True))
    if any(programme.overlap(released[workshop.pk], released[other]) for other in chosen & released.keys()):
        raise Overlaps
    if workshop_queue.house_is_full(workshop, registration):
        raise HouseFull


def _ranks(registration: Registration) -> dict[int, int]:
    """Where this person stands in each queue they wait in; one query."""
    ahead = WorkshopWait.objects.filter(
        Q(asked_at__lt=OuterRef("asked_at")) | Q(asked_at=OuterRef("asked_at"), pk__lt=OuterRef("pk")),
        meeting=OuterRef("meeting"),
    )
    rows = registration.workshop_waits.annotate(
        ahead=Coalesce(
            Subquery(ahead.order_by().values("meeting").annotate(number=Count("pk")).values("number")), 0
        )
    )
    return {row.meeting_id: row.ahead + 1 for row in rows}


def _count(rows: QuerySet[Any]) -> Coalesce:
    """How many of these rows there are of a meeting, as a part of a query about it."""
    found = rows.filter(meeting=OuterRef("pk")).order_by()
    return Coalesce(Subquery(found.values("meeting").annotate(number=Count("pk")).values("number")), 0)
