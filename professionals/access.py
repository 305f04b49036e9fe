"""Where staff approve: who asked is seated or refused by them, and hears of it."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from meetings import gate
from outbox import clock
from professionals import room, seats
from professionals.models import Registration, RegistrationStatus


class NotPending(Exception):
    """There is nothing to approve or to refuse: somebody has, or the person gave it up."""


@transaction.atomic
def approve(registration: Registration, *, by: User | None) -> Registration:
    """Give who asked a seat, or the end of the queue. Also whom staff refused before.

    Raises NotPending, seats.RegistrationClosed when the stop takes nobody now, seats.OrganisationFull,
    gate.Busy.
    """
    stop = gate.lock(registration.stop_id)
    registration = seats.reread(registration, stop)
    if registration.status not in (RegistrationStatus.PENDING, RegistrationStatus.REFUSED):
        raise NotPending
    now = clock.now()
    if not seats.may_withdraw(stop, at=now):
        raise seats.RegistrationClosed
    if registration.status == RegistrationStatus.REFUSED:  # others of the house may have come since
        seats.check_organisation(stop, registration.professional, places=1)
    standing = room.standing(stop, of=registration.professional)
    registration.confirmed_at = standing.next_stamp(now)
    registration.cancelled_at = None
    seats.take_place(registration, standing, now, approved=True)
    audit.record(by, "approved", f"registration:{registration.pk}")
    return registration


@transaction.atomic
def refuse(registration: Registration, *, by: User | None) -> Registration:
    """Tell who asked that there is no seat for them. Raises NotPending, gate.Busy."""
    registration = seats.reread(registration, gate.lock(registration.stop_id))
    if registration.status != RegistrationStatus.PENDING:
        raise NotPending
    seats.end(registration, clock.now(), told="refused")
    audit.record(by, "refused", f"registration:{registration.pk}")
    return registration
