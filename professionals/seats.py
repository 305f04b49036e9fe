"""Seats at a stop: who gets one, who waits, who gives one up.

One rule keeps the count true: whoever changes who is seated holds the stop's row. Seats are
counted, never stored, so there is no counter to drift. The lock is taken first; what is decided
is decided on what is read after it. How much room there is, says `room`; who moves up, `promotion`.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Sum

from meetings import availability, gate
from meetings.models import Access, Invitation, Stop, StopStatus
from outbox import clock
from professionals import entries, mails, people, personal_links, promotion, room, workshop_queue
from professionals.models import (
    Delegation,
    DelegationStatus,
    Professional,
    Registration,
    RegistrationStatus,
)

# They have what they can have: asking again changes nothing.
STANDS = (RegistrationStatus.SEATED, RegistrationStatus.OFFERED, RegistrationStatus.WAITING)
_ANSWERED_BY_STAFF = (RegistrationStatus.PENDING, RegistrationStatus.REFUSED)


class RegistrationClosed(Exception):
    """The stop takes nobody now."""


class InvitationOnly(RegistrationClosed):
    """The stop takes only those who were invited."""


class OrganisationFull(RegistrationClosed):
    """The establishment has as many places as one may have at this stop."""


class CannotWithdraw(Exception):
    """The stop has begun, is over or off, or the person is there already."""


@transaction.atomic
def register(
    stop: Stop,
    *,
    professional: Professional,
    invitation: Invitation | None = None,
    vouched: bool = False,
    channel: str = "",
) -> Registration:
    """Give a known person a seat at `stop`, or a place in its queue: confirmed at once.

    For personal invitation links, and for staff who vouch for the person: both pass where a stop is open
    by approval or by invitation only. Asking twice is asking once; who gave the seat up returns to the
    end of the queue. Raises RegistrationClosed, gate.Busy.
    """
    stop = gate.lock(stop.pk)
    return admit(
        stop,
        professional=people.hold(professional),
        invitation=invitation,
        asked_at=clock.now(),
        vouched=vouched,
        channel=channel,
    )


@transaction.atomic
def come_back(registration: Registration) -> Registration:
    """Take part again after giving the seat up, behind whoever waits.

    Raises RegistrationClosed, gate.Busy.
    """
    stop = gate.lock(registration.stop_id)
    return admit(stop, professional=people.hold(registration.professional), asked_at=clock.now())


@transaction.atomic
def withdraw(registration: Registration) -> Registration:
    """Give the seat, the offer, the place in the queue or the request up; twice is once.

    A freed seat goes to the queue; a place of a delegation goes back to the delegation.
    Raises CannotWithdraw once the stop has begun, gate.Busy.
    """
    stop = gate.lock(registration.stop_id)
    registration = reread(registration, stop)
    if registration.status in (RegistrationStatus.CANCELLED, RegistrationStatus.REFUSED):
        return registration
    now = clock.now()
    if registration.checked_in_at or not may_withdraw(stop, at=now):
        raise CannotWithdraw
    with room.class_watched(stop, now):
        end(registration, now)
        promotion.move_up(stop, now)
    return registration


@transaction.atomic
def reconfirm(registration: Registration) -> Registration:
    """« Je confirme »: note that who has a seat still means to come. Twice is once.

    Raises CannotWithdraw for who has no seat, or once the stop has begun; gate.Busy.
    """
    stop = gate.lock(registration.stop_id)
    registration = reread(registration, stop)
    now = clock.now()
    if registration.status != RegistrationStatus.SEATED or not may_withdraw(stop, at=now):
        raise CannotWithdraw
    if registration.reconfirmed_at is None:
        registration.reconfirmed_at = now
        registration.save(update_fields=["reconfirmed_at"])
    return registration


@transaction.atomic
def renew_link(registration: Registration) -> None:
    """Revoke every link given out for this registration and mail a new one. Raises gate.Busy."""
    registration = reread(registration, gate.lock(registration.stop_id))
    personal_links.revoke(registration)
    mails.link_again(registration, occasion=f"renewed:{registration.nonce}")


def admit(
    stop: Stop,
    *,
    professional: Professional,
    asked_at: datetime,
    invitation: Invitation | None = None,
    vouched: bool = False,
    channel: str = "",
) -> Registration:
    """Seat a person, put them in the queue or among those to approve, and tell them. The caller holds the
    stop's lock.

    Raises RegistrationClosed when the stop takes nobody now, or not this person.
    """
    now = clock.now()
    standing = room.standing(stop, of=professional)
    registration = room.registration_of(standing, stop, professional)
    registration.invitation = invitation or registration.invitation
    registration.channel = channel or registration.channel
    welcome = vouched or registration.invitation_id is not None
    if registration.status in STANDS:
        return registration
    if stop.access == Access.APPROVAL and not welcome and registration.status in _ANSWERED_BY_STAFF:
        return registration
    if not stop.takes_registrations(at=now):
        raise RegistrationClosed
    if stop.access == Access.INVITATION and not welcome:
        raise InvitationOnly
    if registration.status != RegistrationStatus.PENDING:
        check_organisation(stop, professional, places=1)

    registration.asked_at = asked_at
    registration.confirmed_at = standing.next_stamp(now)
    registration.cancelled_at = None
    if stop.access == Access.APPROVAL and not welcome:
        registration.status = RegistrationStatus.PENDING
        registration.told_step += 1
        _write(registration)
        mails.pending(registration)
        return registration
    take_place(registration, standing, now)
    return registration


def take_place(
    registration: Registration, standing: room.Standing, now: datetime, *, approved: bool = False
) -> None:
    """A seat if nobody waits for it, else the end of the queue; the person is told. Under the stop's lock."""
    stop = registration.stop
    taken = standing.taken
    before = availability.of(stop, taken, now)
    # An empty seat belongs to the queue first, even when nobody moved up yet.
    if taken.waiting and taken.free(stop.seats) > 0:
        promotion.move_up(stop, now)
        taken = room.taken_at(stop)
    seated = taken.free(stop.seats) > 0 and not taken.waiting
    registration.status = RegistrationStatus.SEATED if seated else RegistrationStatus.WAITING
    registration.told_step += 1
    _write(registration)
    if standing.last_step is not None:  # they return, or a colleague was here: their calendar must believe it
        entries.move_on(registration, after=standing.last_step)
    if seated:
        mails.seat(registration, approved=approved)
    else:
        mails.waiting(registration, position=position(registration), approved=approved)
    room.note_class(stop, before, availability.of(stop, room.with_one_more(taken, seated=seated), now))


def end(registration: Registration, now: datetime, *, told: str = "withdrawn", **more: str) -> None:
    """What a person had at a stop is over, and they are told so by this mail (one of mails.OVER). The
    caller holds the stop's lock, and moves the queue up."""
    had_a_seat = registration.status == RegistrationStatus.SEATED
    group = registration.delegation
    leave_workshops(registration, now)
    registration.status = RegistrationStatus.REFUSED if told == "refused" else RegistrationStatus.CANCELLED
    registration.cancelled_at = now
    registration.offer_ends_at = registration.delegation = registration.reconfirmed_at = None
    registration.told_step += 1
    registration.save(
        update_fields=[
            "status", "cancelled_at", "offer_ends_at", "delegation", "reconfirmed_at", "told_step", "nonce",
        ]
    )  # fmt: skip
    mailbox = entries.mailbox(registration, registration.stop)
    entries.move_on(registration, after=mailbox.last_step)
    mails.ended(told, registration, had_a_seat=had_a_seat, entry_stays=mailbox.seated > 0, **more)
    if group:
        group.stop = registration.stop
        promotion.place_freed(group, now, by=registration.professional.name)


def leave_workshops(registration: Registration, now: datetime) -> None:
    """Without a seat at the stop nobody takes part in its workshops; who waits for those moves up."""
    registration.workshop_waits.all().delete()
    freed, _rows = registration.workshop_seats.all().delete()
    if freed:
        workshop_queue.move_up(registration.stop, now)


def check_organisation(stop: Stop, professional: Professional, *, places: int) -> None:
    """Whether an establishment may have so many places more. Under the stop's lock.

    Raises OrganisationFull.
    """
    if stop.per_organisation is None:
        return
    house = professional.organisation_id
    singly = Registration.objects.filter(
        stop=stop, professional__organisation=house, delegation=None
    ).active()
    in_groups = sum(
        Delegation.objects.filter(stop=stop, organisation=house)
        .filter(status__in=[DelegationStatus.PENDING, DelegationStatus.ACTIVE])
        .values_list("places", flat=True)
    )
    if singly.count() + in_groups + places > stop.per_organisation:
        raise OrganisationFull


def may_withdraw(stop: Stop, *, at: datetime) -> bool:
    """Until it begins; while its new date is not known, at any time."""
    return stop.status == StopStatus.POSTPONED or (
        stop.status == StopStatus.PUBLISHED and at < stop.starts_at
    )


def may_return(registration: Registration, *, at: datetime) -> bool:
    """Whether `come_back` would take this person; the seats of their establishment aside."""
    stop = registration.stop
    return (
        registration.status == RegistrationStatus.CANCELLED
        and stop.takes_registrations(at=at)
        and (stop.access != Access.INVITATION or registration.invitation_id is not None)
    )


def position(registration: Registration) -> int:
    """The place in the queue: 1 is next."""
    return ahead(registration.stop_id, registration.confirmed_at) + 1


def ahead(stop_id: int, rank: datetime) -> int:
    """How many seats those wait for who come first. Delegations count as many as they wait for."""
    singly = Registration.objects.filter(stop_id=stop_id, confirmed_at__lt=rank).queue()
    groups = Delegation.objects.filter(
        stop_id=stop_id, status=DelegationStatus.ACTIVE, confirmed_at__lt=rank
    ).aggregate(places=Sum(F("places") - F("granted")))
    return singly.count() + (groups["places"] or 0)


def reread(registration: Registration, stop: Stop) -> Registration:
    """The row as it is now that the stop is held."""
    fresh = Registration.objects.select_related("professional__organisation", "delegation__contact").get(
        pk=registration.pk
    )
    fresh.stop = stop
    return fresh


def _write(registration: Registration) -> None:
    if registration.pk is None:
        registration.save(force_insert=True)
    else:
        registration.save(
            update_fields=[
                "status", "asked_at", "confirmed_at", "cancelled_at",
                "invitation", "channel", "told_step",
            ]
        )  # fmt: skip
