"""A delegation is asked for, approved or refused: by the rules that hold for one person who asks for a seat.

Everything here happens under the stop's lock.
"""

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import User
from meetings import gate
from meetings.models import Access, Stop
from outbox import clock
from professionals import promotion, room, seats
from professionals.models import Delegation, DelegationStatus, Professional

FEWEST, MOST = 2, 40  # places; one is asked for by the person themselves, more are agreed on the telephone

STANDS = (DelegationStatus.PENDING, DelegationStatus.ACTIVE)


class NotPending(Exception):
    """There is nothing to approve or to refuse."""


def admit(
    stop: Stop, *, contact: Professional, places: int, whole: bool, asked_at: datetime, vouched: bool = False
) -> Delegation:
    """Give a delegation places, all or as many as there are, or its rank in the queue, and tell who asked.

    Asking twice is asking once: what stands stands. Who had given theirs up returns to the end of the
    queue. Raises seats.RegistrationClosed when the stop takes nobody now, or not this establishment.
    """
    now = clock.now()
    delegation = Delegation.objects.filter(stop=stop, contact=contact).first() or Delegation(status="")
    delegation.stop, delegation.contact = stop, contact
    on_approval = stop.access == Access.APPROVAL and not vouched
    answered = (*STANDS, DelegationStatus.REFUSED) if on_approval else STANDS
    if delegation.status in answered:
        return delegation
    if not stop.takes_registrations(at=now):
        raise seats.RegistrationClosed
    if stop.access == Access.INVITATION and not vouched:
        raise seats.InvitationOnly
    seats.check_organisation(stop, contact, places=places)
    delegation.organisation = contact.organisation
    delegation.status = DelegationStatus.PENDING if on_approval else DelegationStatus.ACTIVE
    delegation.places, delegation.whole, delegation.granted = places, whole, 0
    delegation.asked_at, delegation.reminded_at = asked_at, None
    if on_approval:
        delegation.confirmed_at = room.next_stamp(stop, now)
        _write(delegation)
        promotion.tell(delegation, "pending")
        return delegation
    _take_places(delegation, now)
    return delegation


@transaction.atomic
def approve(delegation: Delegation, *, by: User | None) -> Delegation:
    """Give a delegation its places, or the end of the queue. Also one that was refused before.

    Raises NotPending, seats.RegistrationClosed when the stop has begun or is off, seats.OrganisationFull,
    gate.Busy.
    """
    stop = gate.lock(delegation.stop_id)
    delegation = reread(delegation, stop)
    if delegation.status not in (DelegationStatus.PENDING, DelegationStatus.REFUSED):
        raise NotPending
    now = clock.now()
    if not seats.may_withdraw(stop, at=now):
        raise seats.RegistrationClosed
    if delegation.status == DelegationStatus.REFUSED:  # others of the house may have come since
        seats.check_organisation(stop, delegation.contact, places=delegation.places)
    delegation.status = DelegationStatus.ACTIVE
    _take_places(delegation, now)
    audit.record(by, "approved", f"delegation:{delegation.pk}")
    return delegation


@transaction.atomic
def refuse(delegation: Delegation, *, by: User | None) -> Delegation:
    """Tell who asked that there are no places for them. Raises NotPending, gate.Busy."""
    delegation = reread(delegation, gate.lock(delegation.stop_id))
    if delegation.status != DelegationStatus.PENDING:
        raise NotPending
    delegation.status = DelegationStatus.REFUSED
    delegation.save(update_fields=["status"])
    promotion.tell(delegation, "refused")
    audit.record(by, "refused", f"delegation:{delegation.pk}")
    return delegation


def reread(delegation: Delegation, stop: Stop) -> Delegation:
    """The row as it is now that the stop is held."""
    fresh = Delegation.objects.select_related("contact__organisation", "organisation").get(pk=delegation.pk)
    fresh.stop = stop
    return fresh


def position(delegation: Delegation) -> int:
    """How many seats those who come first in the queue wait for, and one: 1 is next."""
    return seats.ahead(delegation.stop_id, delegation.confirmed_at) + 1


def _take_places(delegation: Delegation, now: datetime) -> None:
    """Free seats nobody waits for, or a rank behind everybody; who asked is told."""
    stop = delegation.stop
    with room.class_watched(stop, now):
        taken = room.taken_at(stop)
        # An empty seat belongs to the queue first, even when nobody moved up yet.
        if taken.waiting and taken.free(stop.seats) > 0:
            promotion.move_up(stop, now)
            taken = room.taken_at(stop)
        delegation.confirmed_at = room.next_stamp(stop, now)
        _write(delegation)
        if taken.waiting or not promotion.grant(delegation, taken.free(stop.seats)):
            promotion.tell(delegation, "waiting")


def _write(delegation: Delegation) -> None:
    if delegation.pk is None:
        delegation.save(force_insert=True)
    else:
        delegation.save(
            update_fields=[
                "status", "organisation", "places", "whole", "granted",
                "asked_at", "confirmed_at", "reminded_at",
            ]
        )  # fmt: skip
