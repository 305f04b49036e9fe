"""Seats held back for audiences: officials take from theirs, what is released goes to the public.

Whoever changes them holds the stop's lock. What is held counts as taken until it is released: for each
pool the larger of what is held and what its people have taken (`attendance.Taken.held`).
"""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from meetings import attendance, gate
from meetings.attendance import Taken
from meetings.models import Answer, HeldFor, HeldSeats, Invitation, Meeting, MeetingKind, Stop
from outbox import clock
from regions import legal_time
from regions.models import Body

# Whose seats the people of an audience take. The SQL of `professionals_taken` says the same; a test compares.
POOLS: dict[str, HeldFor] = {
    **dict.fromkeys((Body.WILAYA, Body.REGIONAL_COUNCIL, Body.MINISTRY, Body.OTHER), HeldFor.AUTHORITIES),
    Body.CRT: HeldFor.CRT,
    Body.CNT: HeldFor.CNT,
    Body.ONMT: HeldFor.ONMT,
    "press": HeldFor.PRESS,
}
COMING = (Answer.ACCEPTED, Answer.REPLACED)


class NoSeatLeft(Exception):
    """Neither a held seat nor a free one is left for so many people."""


class CannotHold(Exception):
    """These seats cannot be held back; `problem` says why."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def pool_of(audience: str) -> HeldFor | None:
    """Whose seats people of this audience take; None: a professional's, given by registration."""
    return POOLS.get(audience)


@transaction.atomic
def hold(
    stop: Stop,
    audience: str,
    seats: int,
    *,
    by: User | None,
    meeting: Meeting | None = None,
    release: tuple[date, time] | None = None,
) -> None:
    """Hold so many seats back for an audience, at the stop or in one of its workshops; 0 holds none.

    `release` is when they go to the public, wall-clock in Morocco. More than are free are held all the
    same: nobody loses a seat, and nobody else gets one before enough were given up. Fewer than before go
    to the queue at once. Raises CannotHold, gate.Busy.
    """
    stop = gate.lock(stop.pk)
    _check(stop, seats, meeting, release)
    rows = HeldSeats.objects.filter(stop=stop, meeting=meeting, audience=audience, released_at=None)
    before = attendance.taken_at(stop)
    if seats:
        day, hour = release or (None, None)
        written = {"seats": seats, "release_on": day, "release_hour": hour}
        if not rows.update(**written):
            HeldSeats.objects.create(stop=stop, meeting=meeting, audience=audience, **written)
    else:
        rows.delete()
    attendance.current().room_changed(stop, before=before)
    audit.record(by, "held_seats", f"stop:{stop.pk}", fields=[audience])


@transaction.atomic
def release(held: HeldSeats, *, by: User | None) -> bool:
    """Give seats held back to the public; the queue moves up at once. Twice is once. Raises gate.Busy."""
    stop = gate.lock(held.stop_id)
    before = attendance.taken_at(stop)
    if not HeldSeats.objects.filter(pk=held.pk, released_at=None).update(released_at=clock.now()):
        return False
    attendance.current().room_changed(stop, before=before)
    audit.record(by, "released_seats", f"stop:{stop.pk}", fields=[held.audience])
    return True


def release_due(now: datetime) -> int:
    """Release what is held until a moment that has come; the beat's. Answers how many were."""
    today = legal_time.wall_clock(now)
    waiting = HeldSeats.objects.filter(released_at=None, release_on__lte=today.date())
    due = [
        held
        for held in waiting.order_by("stop_id", "pk")
        if legal_time.instant(held.release_on, held.release_hour) <= now  # type: ignore[arg-type]
    ]
    return sum(release(held, by=None) for held in due)


def used(stop: Stop) -> dict[HeldFor, int]:
    """Seats taken by those who accepted, their companions included, by pool."""
    rows = (
        Invitation.objects.filter(stop=stop, answer__in=COMING, audience__in=POOLS)
        .order_by()
        .values_list("audience")
        .annotate(seats=Sum(1 + F("companions")))
    )
    found: dict[HeldFor, int] = {}
    for audience, seats in rows:
        found[POOLS[audience]] = found.get(POOLS[audience], 0) + seats
    return found


def held(stop: Stop) -> list[HeldSeats]:
    """What is held back at a stop and in its workshops, released or not, the stop's own first."""
    rows = HeldSeats.objects.filter(stop=stop).select_related("meeting")
    own_first = Case(When(meeting=None, then=Value(0)), default=Value(1))
    return list(rows.order_by(own_first, "meeting__starts", "audience", "pk"))


def held_in(meetings: Iterable[int]) -> dict[int, int]:
    """Seats held back in workshops, by workshop."""
    rows = HeldSeats.objects.filter(meeting__in=list(meetings), released_at=None).order_by()
    return dict(rows.values_list("meeting").annotate(seats=Sum("seats")))


def of_meeting(meeting: Any) -> Coalesce:
    """The seats held back in a workshop, as a part of a query about it."""
    rows = HeldSeats.objects.filter(meeting=meeting, released_at=None).order_by()
    return Coalesce(Subquery(rows.values("meeting").annotate(held=Sum("seats")).values("held")), 0)


def check_room(stop: Stop, audience: str, *, before: int, after: int) -> None:
    """Whether people of `audience` may take `after` seats instead of `before`. Under the stop's lock.

    They take from the seats held for them; past those, free ones that nobody queues for.
    Raises NoSeatLeft.
    """
    pool = pool_of(audience)
    if pool is None or after <= before:
        return
    quota = sum(
        HeldSeats.objects.filter(stop=stop, meeting=None, audience=pool, released_at=None).values_list(
            "seats", flat=True
        )
    )
    taken = used(stop).get(pool, 0)
    more = max(quota, taken - before + after) - max(quota, taken)
    if more and (room := attendance.taken_at(stop)) and more > _free(stop, room):
        raise NoSeatLeft


def _free(stop: Stop, room: Taken) -> int:
    return 0 if room.waiting else room.free(stop.seats)


def _check(stop: Stop, seats: int, meeting: Meeting | None, release: tuple[date, time] | None) -> None:
    if meeting is not None and (meeting.stop_id != stop.pk or meeting.kind != MeetingKind.WORKSHOP):
        raise CannotHold(_("Cet atelier n’est pas de cette étape."))
    if meeting is not None and seats and (meeting.seats is None or seats > meeting.seats):
        raise CannotHold(_("Cet atelier n’a pas autant de places."))
    if meeting is None and seats > stop.seats:
        raise CannotHold(_("Cette étape n’a pas autant de places."))
    if release and seats and legal_time.instant(*release) >= stop.starts_at:
        raise CannotHold(_("Les places se libèrent avant le début de l’étape."))
