"""A mistyped mail address, corrected by the team.

Whoever reads the wrong mailbox holds links to this person's pages: all of them are revoked, and what had
not left does not leave. The right mailbox then gets what the wrong one got.
"""

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts import audit, links
from accounts.models import User
from meetings import gate, notices
from meetings.models import Stop
from outbox import clock
from outbox.queue import supersede
from professionals import entries, mails, people, personal_links, promotion, seats
from professionals.delegations import asking
from professionals.models import ENDED, Professional, Registration, RegistrationStatus, SeatRequest


class Unreachable(Exception):
    """Neither mail nor mobile would be left."""


@transaction.atomic
def correct(person: Professional, *, email: str, by: User) -> None:
    """The person's right address, "" for none. The same address again changes nothing.

    Raises people.SameName where that mailbox knows somebody of this name (merge them), Unreachable,
    gate.Busy.
    """
    stops = {pk: gate.lock(pk) for pk in _stops(person)}
    person = Professional.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    address = email.strip().lower()
    if address == person.email:
        return
    if not address and not person.phone:
        raise Unreachable
    _stop_what_is_written(person)
    _write(person, address)
    _revoke(person)
    for registration in person.registrations.order_by("stop_id"):
        _tell(registration, stops[registration.stop_id])
    for delegation in person.delegations.filter(status__in=asking.STANDS).order_by("stop_id"):
        delegation.stop, delegation.contact = stops[delegation.stop_id], person
        if clock.now() < delegation.stop.ends_at:
            promotion.tell(delegation, "link")
    audit.record(by, "readdressed", f"professional:{person.pk}", fields=["email"])


def _stops(person: Professional) -> list[int]:
    stops = {
        pk
        for rows in (person.registrations, person.delegations)
        for pk in rows.values_list("stop_id", flat=True)
    }
    return sorted(stops)


def _stop_what_is_written(person: Professional) -> None:
    """To the old address: what has not left."""
    for registration in person.registrations.all():
        supersede(
            subject=f"stop:{registration.stop_id}",
            purposes=[*mails.STANDING, *notices.OVERTAKEN, "workshop_withdrawn", "workshop_seat"],
            person=f"registration:{registration.pk}",
        )
    for delegation in person.delegations.all():
        supersede(
            subject=f"stop:{delegation.stop_id}",
            purposes=[*mails.DELEGATION, *notices.OVERTAKEN],
            person=f"delegation:{delegation.pk}",
        )
    for stop_id in personal_links.invitations_of(person).values_list("stop_id", flat=True):
        supersede(
            subject=f"stop:{stop_id}",
            purposes=["invitation", "no_answer"],
            person=f"professional:{person.pk}",
        )


def _write(person: Professional, address: str) -> None:
    try:
        with transaction.atomic():
            person.email = address
            person.save(update_fields=["email"])
    except IntegrityError as error:
        if "professional_once_per_mail_or_mobile_and_name" in str(error):
            raise people.SameName from error
        raise
    person.refresh_from_db(fields=["known_by"])


def _revoke(person: Professional) -> None:
    """Every link the old mailbox may hold: of registrations, of what led to them, of invitations."""
    requests = SeatRequest.objects.filter(
        Q(registration__professional=person) | Q(delegation__contact=person)
    )
    mine = *person.registrations.all(), *person.delegations.all()
    for row in (*mine, *requests, *personal_links.invitations_of(person)):
        type(row)._default_manager.filter(pk=row.pk).update(nonce=links.new_nonce())


def _tell(registration: Registration, stop: Stop) -> None:
    """What the right mailbox should have been told: seat or queue, with a link that opens."""
    registration.stop = stop
    if registration.status in ENDED or clock.now() >= stop.ends_at:
        return
    registration = seats.reread(registration, stop)
    registration.told_step += 1
    registration.save(update_fields=["told_step"])
    mailbox = entries.mailbox(registration, stop)
    if mailbox.people > 1:
        entries.move_on(registration, after=mailbox.last_step)
    if registration.status == RegistrationStatus.SEATED:
        mails.seat(registration)
    elif registration.status == RegistrationStatus.WAITING:
        mails.waiting(registration, position=seats.position(registration))
    else:
        mails.link_again(registration, occasion=f"readdressed:{registration.nonce}")
