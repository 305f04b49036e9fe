"""Who waits for a full workshop, and moves up when a seat of it is free. Under the stop's lock.

A free seat belongs to the queue, first come first. Who takes part in another workshop at the same time by
then, or whose establishment has as many seats as it may, is passed over and keeps the rank.
"""

from datetime import datetime

from django.db.models import QuerySet

from meetings import held_seats
from meetings.models import Meeting, Stop
from professionals import mails, promotion
from professionals.models import Registration, WorkshopSeat, WorkshopWait


def free(workshop: Meeting) -> int | None:
    """Seats nobody has and that are kept for nobody, never below 0; None where there is no limit."""
    if workshop.seats is None:
        return None
    held = held_seats.held_in([workshop.pk]).get(workshop.pk, 0)
    return max(workshop.seats - workshop.workshop_seats.count() - held, 0)


def house_is_full(workshop: Meeting, registration: Registration) -> bool:
    """Whether the establishment has as many seats in this workshop as one may have."""
    if workshop.per_organisation is None:
        return False
    theirs = workshop.workshop_seats.filter(
        registration__professional__organisation=registration.professional.organisation_id
    )
    return theirs.exclude(registration=registration).count() >= workshop.per_organisation


def clashing(rows: QuerySet[WorkshopSeat], workshop: Meeting) -> QuerySet[WorkshopSeat]:
    """Of these seats those in another workshop at the same time."""
    return rows.exclude(meeting=workshop).filter(
        meeting__starts__lt=workshop.ends, meeting__ends__gt=workshop.starts
    )


def move_up(stop: Stop, now: datetime) -> int:
    """Give the free seats of the stop's workshops to those who wait for them; each is told once.

    Answers how many moved up; none while the stop is off or staff hold the queue.
    """
    waiting = WorkshopWait.objects.filter(meeting__stop=stop).select_related("meeting")
    workshops = {one.meeting_id: one.meeting for one in waiting}
    if not workshops or not promotion.moves(stop, now):
        return 0
    return sum(_fill(stop, workshop, now) for workshop in workshops.values())


def seat(registration: Registration, workshop: Meeting, now: datetime) -> WorkshopSeat:
    """Write a seat down; who waited for it, or for another one at the same time, waits no more."""
    made = WorkshopSeat.objects.create(registration=registration, meeting=workshop, chosen_at=now)
    registration.workshop_waits.filter(
        meeting__starts__lt=workshop.ends, meeting__ends__gt=workshop.starts
    ).delete()
    return made


def _fill(stop: Stop, workshop: Meeting, now: datetime) -> int:
    left, moved = free(workshop), 0
    rows = WorkshopWait.objects.filter(meeting=workshop).select_related("registration__professional")
    for row in rows.order_by("asked_at", "pk"):
        if left is not None and moved >= left:
            break
        mine = row.registration
        if mine.workshop_seats.filter(meeting=workshop).exists():  # two rows of one person were merged
            row.delete()
            continue
        if house_is_full(workshop, mine) or clashing(mine.workshop_seats.all(), workshop).exists():
            continue
        mine.stop = stop
        mails.workshop_seat(seat(mine, workshop, now))
        moved += 1
    return moved
