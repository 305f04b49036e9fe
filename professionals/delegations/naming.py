"""Who comes for a delegation: named, replaced and taken back by whoever asked for its places."""

from datetime import datetime

from django.db import transaction

from meetings import gate
from meetings.models import Stop
from outbox import clock
from professionals import entries, handovers, mails, people, room, seats, telephone
from professionals.delegations.asking import reread
from professionals.models import Delegation, DelegationStatus, Registration, RegistrationStatus


class CannotChange(Exception):
    """The stop has begun or is off, the delegation is over, or the person is there already."""


class NothingFree(Exception):
    """Every place given is named."""


class NotOfTheDelegation(Exception):
    """Nobody of this delegation, or no longer."""


@transaction.atomic
def name(delegation: Delegation, *, name: str, email: str = "", phone: str = "") -> Registration:
    """Give one of the places to a named colleague, who is told; answers their registration.

    Naming somebody twice is naming them once. Raises CannotChange, NothingFree, handovers.CannotTake,
    gate.Busy.
    """
    stop = gate.lock(delegation.stop_id)
    delegation = open_to_change(delegation, stop)
    return _name(delegation, clock.now(), name=name, email=email, phone=phone)


@transaction.atomic
def replace(
    delegation: Delegation, registration_pk: int, *, name: str, email: str = "", phone: str = ""
) -> Registration:
    """Take one of the places back and give it to somebody else, or leave all as it is.

    Raises CannotChange, NotOfTheDelegation, handovers.CannotTake, gate.Busy.
    """
    stop = gate.lock(delegation.stop_id)
    delegation = open_to_change(delegation, stop)
    now = clock.now()
    take_back(member(delegation, registration_pk), delegation, now)
    return _name(delegation, now, name=name, email=email, phone=phone)


@transaction.atomic
def remove(delegation: Delegation, registration_pk: int) -> None:
    """Take a place back from who was named: it is to be named again. They are told.

    Who had asked for themselves goes back to their rank in the queue. Raises CannotChange,
    NotOfTheDelegation, gate.Busy.
    """
    stop = gate.lock(delegation.stop_id)
    delegation = open_to_change(delegation, stop)
    now = clock.now()
    with room.class_watched(stop, now):
        take_back(member(delegation, registration_pk), delegation, now)
        delegation.granted_at = now
        delegation.save(update_fields=["granted_at"])


def open_to_change(delegation: Delegation, stop: Stop) -> Delegation:
    """The delegation as it is now. Raises CannotChange. The caller holds the stop's lock."""
    delegation = reread(delegation, stop)
    if delegation.status != DelegationStatus.ACTIVE or not seats.may_withdraw(stop, at=clock.now()):
        raise CannotChange
    return delegation


def member(delegation: Delegation, registration_pk: int) -> Registration:
    """One of those named. Raises NotOfTheDelegation."""
    found = delegation.members.select_related("professional__organisation").filter(pk=registration_pk).first()
    if found is None:
        raise NotOfTheDelegation
    found.stop = delegation.stop
    return found


def take_back(registration: Registration, delegation: Delegation, now: datetime) -> None:
    """The place goes back to the delegation; who had it is told. Under the stop's lock.

    Raises CannotChange for who is there already.
    """
    if registration.checked_in_at:
        raise CannotChange
    by = delegation.contact.name
    registration.delegation = None  # who takes it back need not be told that it is free
    if registration.named:
        seats.end(registration, now, told="unnamed", by=by)
    else:
        _back_to_the_queue(registration, now, by=by)
    telephone.told(registration)  # without mail, it is the establishment that tells them


def _name(delegation: Delegation, now: datetime, *, name: str, email: str, phone: str) -> Registration:
    stop, contact = delegation.stop, delegation.contact
    try:
        person = people.colleague(contact, name=name, email=email, phone=phone, house=delegation.organisation)
    except people.OtherHouse as error:
        raise handovers.CannotTake from error
    if already := delegation.members.filter(professional=person).first():
        return already
    if delegation.members.count() >= delegation.granted:
        raise NothingFree
    with room.class_watched(stop, now):
        theirs = handovers.ready(stop, person)
        waited = theirs.status == RegistrationStatus.WAITING
        handovers.seat(theirs, delegation_id=delegation.pk, named=not waited)
    handovers.tell(theirs, given_by=contact.name if person != contact else "")
    telephone.told(theirs)
    return theirs


def _back_to_the_queue(registration: Registration, now: datetime, *, by: str) -> None:
    seats.leave_workshops(registration, now)
    registration.status, registration.reconfirmed_at = RegistrationStatus.WAITING, None
    registration.told_step += 1
    registration.save(update_fields=["status", "delegation", "reconfirmed_at", "told_step"])
    mailbox = entries.mailbox(registration, registration.stop)
    entries.move_on(registration, after=mailbox.last_step)
    mails.ended(
        "unnamed", registration, had_a_seat=True, entry_stays=mailbox.seated > 0,
        by=by, position=seats.position(registration),
    )  # fmt: skip
