"""Workshops: who takes part in which. Chosen by seated people, under the stop's lock, never oversold."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, OuterRef, Q

from meetings import gate, held_seats
from meetings.documents import Document, MeetingDocument
from meetings.models import Meeting, StopStatus
from outbox import clock
from professionals import mails, programme, seats
from professionals.models import Registration, RegistrationStatus, WorkshopSeat


class NoSuchWorkshop(Exception):
    """Not a released workshop of this stop."""


class NotSeated(Exception):
    """Only who has a seat at the stop chooses workshops, until it begins."""


class WorkshopFull(Exception):
    """Every seat of the workshop is taken."""


class Overlaps(Exception):
    """Another workshop this person chose takes place at the same time."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A workshop as one person finds it."""

    meeting: MeetingDocument
    chosen: bool
    full: bool
    clashes: bool  # with one they chose


def offers(registration: Registration, document: Document) -> list[Offer]:
    """The released workshops of the stop; one query, none where there is no workshop."""
    released = programme.workshops(document)
    if not released:
        return []
    rows = {
        meeting.pk: meeting
        for meeting in Meeting.objects.filter(pk__in=[one["id"] for one in released]).annotate(
            taken=Count("workshop_seats"),
            mine=Count("workshop_seats", filter=Q(workshop_seats__registration=registration.pk)),
            held=held_seats.of_meeting(OuterRef("pk")),
        )
    }
    chosen = [one for one in released if one["id"] in rows and rows[one["id"]].mine]
    return [
        Offer(
            meeting=one,
            chosen=one in chosen,
            full=row.seats is not None and row.taken + row.held >= row.seats,
            clashes=any(other is not one and programme.overlap(one, other) for other in chosen),
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

    Raises NoSuchWorkshop, NotSeated, WorkshopFull, Overlaps, gate.Busy.
    """
    stop = gate.lock(registration.stop_id)
    registration = seats.reread(registration, stop)
    if not may_choose(registration, at=clock.now()):
        raise NotSeated
    released = {meeting["id"]: meeting for meeting in programme.workshops(programme.for_person(registration))}
    workshop = stop.meetings.filter(pk=meeting_id).first() if meeting_id in released else None
    if workshop is None:
        raise NoSuchWorkshop
    chosen = set(registration.workshop_seats.values_list("meeting_id", flat=True))
    if workshop.pk in chosen:
        return
    if any(programme.overlap(released[workshop.pk], released[other]) for other in chosen & released.keys()):
        raise Overlaps
    if workshop.seats is not None:
        held = held_seats.held_in([workshop.pk]).get(workshop.pk, 0)
        if workshop.workshop_seats.count() + held >= workshop.seats:
            raise WorkshopFull
    WorkshopSeat.objects.create(registration=registration, meeting=workshop, chosen_at=clock.now())


@transaction.atomic
def leave(registration: Registration, meeting_id: int) -> None:
    """Give a workshop's seat back. Raises NotSeated, gate.Busy."""
    stop = gate.lock(registration.stop_id)
    registration = seats.reread(registration, stop)
    if not may_choose(registration, at=clock.now()):
        raise NotSeated
    registration.workshop_seats.filter(meeting_id=meeting_id).delete()


def meeting_withdrawn(meeting: Meeting) -> None:
    """Free and tell those who chose a workshop that goes. The caller holds the stop's lock."""
    chosen = meeting.workshop_seats.select_related(
        "registration__professional", "registration__stop__current_release"
    )
    for place in chosen:
        if place.registration.status == RegistrationStatus.SEATED:
            mails.workshop_withdrawn(place.registration, meeting)
    chosen.delete()
