"""Who comes to the door without a seat: seated and marked present at once, under the stop's lock.

A free seat is given on the spot when nobody waits for it. Beyond the room, or before the queue, it takes
a decision: somebody says so with a name on it, which the registration and the journal keep.
"""

from dataclasses import dataclass

from django.db import transaction

from accounts import audit
from accounts.models import User
from meetings import gate, held_seats
from meetings.attendance import Taken
from meetings.models import Stop
from outbox import clock
from professionals import consent, people, presence, room, seats, workshop_queue
from professionals.channels import Channel
from professionals.models import Professional, Registration, RegistrationStatus, WorkshopSeat
from regions.models import LegalCategory

BEYOND = "seated_beyond"  # in the journal


@dataclass(frozen=True, slots=True)
class WalkIn:
    """The four fields, and the language in which the notice was read to the person."""

    name: str
    organisation: str
    phone: str  # E.164
    category: LegalCategory
    language: str
    consent_version: str = consent.CURRENT


class NoSeatLeft(Exception):
    """No seat that nobody else has a right to: it takes a decision."""

    def __init__(self, taken: Taken, seats: int) -> None:
        super().__init__(taken, seats)
        self.taken, self.seats = taken, seats


@transaction.atomic
def welcome(stop: Stop, walk_in: WalkIn, *, by: User, beyond: bool = False, device: str = "") -> Registration:
    """Write the person down, seat them and mark them present. Whoever is registered already is marked.

    `beyond` is the decision to seat them although no seat is left, or others wait for it.
    Raises NoSeatLeft, presence.DoorClosed, gate.Busy.
    """
    stop = gate.lock(stop.pk)
    if not presence.may_mark(stop, at=clock.now()):
        raise presence.DoorClosed
    person = _person(stop, walk_in)
    known = Registration.objects.filter(stop=stop, professional=person).first()
    registration = known or Registration(stop=stop, professional=person, channel=Channel.DOOR)
    _seat(stop, registration, by=by, beyond=beyond)
    presence.mark(stop, key=presence.key_of(registration), by=by, device=device)
    registration.refresh_from_db()
    return registration


@transaction.atomic
def seat(registration: Registration, *, by: User, beyond: bool = False) -> Registration:
    """A seat for somebody who is here and waits, or had given it up. What a device saw of them counts now.

    Raises NoSeatLeft, presence.DoorClosed, gate.Busy.
    """
    stop = gate.lock(registration.stop_id)
    if not presence.may_mark(stop, at=clock.now()):
        raise presence.DoorClosed
    registration = seats.reread(registration, stop)
    _seat(stop, registration, by=by, beyond=beyond)
    presence.keep_in_step(registration)
    return registration


@transaction.atomic
def seat_in_workshop(
    registration: Registration, meeting_id: int, *, by: User, beyond: bool = False
) -> WorkshopSeat:
    """A seat in a workshop, at its door. Raises NoSeatLeft, presence.NotSeated, presence.NotOfThisStop."""
    stop = gate.lock(registration.stop_id)
    registration = seats.reread(registration, stop)
    if registration.status != RegistrationStatus.SEATED:
        raise presence.NotSeated
    workshop = next((one for one in presence.doors(stop) if one.pk == meeting_id), None)
    if workshop is None:
        raise presence.NotOfThisStop
    if mine := registration.workshop_seats.filter(meeting=workshop).first():
        return mine
    others = workshop.workshop_waits.exclude(registration=registration).count()
    if workshop_queue.free(workshop) == 0 or others:
        if not beyond:
            held = held_seats.held_in([workshop.pk]).get(workshop.pk, 0)
            taken = Taken(seated=workshop.workshop_seats.count(), waiting=others, held=held)
            raise NoSeatLeft(taken, workshop.seats or 0)
        audit.record(by, BEYOND, f"meeting:{workshop.pk}", fields=[f"registration:{registration.pk}"])
    return workshop_queue.seat(registration, workshop, clock.now())


def _seat(stop: Stop, registration: Registration, *, by: User, beyond: bool) -> None:
    if registration.status == RegistrationStatus.SEATED:
        return
    now = clock.now()
    taken = room.taken_at(stop)
    # What was offered to them is kept for them; otherwise a free seat is the queue's.
    mine = registration.status == RegistrationStatus.OFFERED
    others_wait = taken.waiting - (registration.status == RegistrationStatus.WAITING)
    left = mine or (taken.free(stop.seats) > 0 and others_wait <= 0)
    if not left and not beyond:
        raise NoSeatLeft(taken, stop.seats)
    with room.class_watched(stop, now, before=taken):
        registration.status = RegistrationStatus.SEATED
        registration.beyond_by = None if left else by
        registration.cancelled_at = registration.offer_ends_at = None
        if registration.pk is None:
            registration.asked_at, registration.confirmed_at = now, room.next_stamp(stop, now)
            registration.save(force_insert=True)
        else:
            registration.save(update_fields=["status", "beyond_by", "cancelled_at", "offer_ends_at"])
    if not left:
        audit.record(by, BEYOND, f"registration:{registration.pk}")


def _person(stop: Stop, walk_in: WalkIn) -> Professional:
    """The person of this mobile and name, found or made. The notice was read to them at the door."""
    told = people.Told(
        name=walk_in.name,
        phone=walk_in.phone,
        organisation=walk_in.organisation,
        category=walk_in.category,
        language=walk_in.language,
        consent_version=walk_in.consent_version,
        consent_text=consent.wording(walk_in.language, version=walk_in.consent_version),
        consented_at=clock.now(),
    )
    return people.of_call(told, region=stop.region_id)
