"""A seat handed to a named colleague of the same establishment: nobody waits for it, nothing is freed.

The colleague has a registration, a badge and links of their own; those of who gave the seat die.
"""

from django.db import transaction

from accounts import links
from meetings import gate
from meetings.models import Stop
from outbox import clock
from professionals import entries, mails, people, room, seats
from professionals.models import Professional, Registration, RegistrationStatus

FREE_TO_COME = (RegistrationStatus.WAITING, RegistrationStatus.CANCELLED)


class CannotTake(Exception):
    """This person cannot have the seat: of another establishment, or with one of their own already."""


class NothingToGive(Exception):
    """There is no seat, the stop has begun or is off, or the person is there already."""


@transaction.atomic
def hand_over(registration: Registration, *, name: str, email: str, phone: str) -> Registration:
    """Give one's seat, with its workshops, to a colleague; answers theirs.

    What the portal knows of the colleague stays. Raises CannotTake, NothingToGive, gate.Busy.
    """
    stop = gate.lock(registration.stop_id)
    mine = seats.reread(registration, stop)
    now = clock.now()
    if mine.status != RegistrationStatus.SEATED or mine.checked_in_at or not seats.may_withdraw(stop, at=now):
        raise NothingToGive
    giver = mine.professional
    try:
        person = people.colleague(giver, name=name, email=email, phone=phone)
    except people.OtherHouse as error:
        raise CannotTake from error
    with room.class_watched(stop, now):
        theirs = ready(stop, person)
        group, named = mine.delegation, mine.named
        mine.delegation, mine.nonce = None, links.new_nonce()
        seat(theirs, delegation_id=group.pk if group else None, named=named)
        mine.workshop_seats.update(registration=theirs)
        mine.workshop_waits.update(registration=theirs)
        seats.end(mine, now, told="handed_over", colleague=person.name)
        tell(theirs, given_by=giver.name)
    return theirs


def ready(stop: Stop, person: Professional) -> Registration:
    """The registration of somebody who may be given a seat that is there. Under the stop's lock.

    Raises CannotTake.
    """
    found = Registration.objects.filter(stop=stop, professional=person).first()
    if found is None:
        now = clock.now()
        found = Registration(asked_at=now, confirmed_at=room.next_stamp(stop, now))
    elif found.status not in FREE_TO_COME:
        raise CannotTake
    found.stop, found.professional = stop, person
    return found


def seat(registration: Registration, *, delegation_id: int | None, named: bool) -> None:
    """Write the seat down. Who waited keeps their rank, in case the seat is taken back."""
    registration.status = RegistrationStatus.SEATED
    registration.cancelled_at = None
    registration.delegation_id, registration.named = delegation_id, named
    registration.told_step += 1
    if registration.pk is None:
        registration.save(force_insert=True)
    else:
        registration.save(update_fields=["status", "cancelled_at", "delegation", "named", "told_step"])


def tell(registration: Registration, *, given_by: str) -> None:
    """The seat and its calendar entry, to who has it now."""
    mailbox = entries.mailbox(registration, registration.stop)
    if mailbox.people > 1 or mailbox.last_step:  # theirs, or a colleague's, was taken back before
        entries.move_on(registration, after=mailbox.last_step)
    mails.seat(registration, given_by=given_by)
