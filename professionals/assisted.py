"""Registering for somebody on the telephone, by one of the team.

The notice is read to them and their yes is recorded word for word, as a ticked box would be. They hear
at once whether they have a seat; their personal link goes to them by hand.
"""

from django.db import transaction

from accounts import audit, links
from accounts.models import User
from meetings import gate
from meetings.models import Stop
from outbox import clock
from professionals import consent, people, seat_requests, seats, telephone
from professionals.channels import Channel
from professionals.delegations import asking
from professionals.models import Delegation, Registration, SeatRequest
from regions.models import LegalCategory


def said(
    *,
    name: str,
    phone: str,
    organisation: str,
    category: LegalCategory,
    language: str,
    email: str = "",
    consent_version: str = consent.READ_ALOUD,
) -> people.Told:
    """What a person said, who agreed to the notice read to them in `language`."""
    return people.Told(
        name=name,
        phone=phone,
        email=email,
        organisation=organisation,
        category=category,
        language=language,
        consent_version=consent_version,
        consent_text=consent.wording(language, version=consent_version),
        consented_at=clock.now(),
    )


@transaction.atomic
def register(stop: Stop, told: people.Told, *, by: User) -> Registration:
    """A seat, or a place in the queue, at once. Twice is once.

    Raises seats.RegistrationClosed, gate.Busy.
    """
    stop = gate.lock(stop.pk)
    person = people.of_call(told, region=stop.region_id)
    registration = seats.admit(
        stop,
        professional=person,
        asked_at=clock.now(),
        channel=Channel.TELEPHONE.value,
        vouched=True,
    )
    telephone.told(registration)
    audit.record(by, "registered_by_telephone", f"registration:{registration.pk}")
    return registration


@transaction.atomic
def confirm(asked: SeatRequest, *, email: str, by: User) -> Registration | Delegation:
    """Confirm a request for who was called: they typed it, and ticked the box, but no mailbox answered.

    `email` is the address as they spell it now, "" where they have none. What a voice cannot prove
    stays: see people.of_call. Once confirmed, twice is once. A link that went to another mailbox opens
    nothing. Raises seats.RegistrationClosed, gate.Busy.
    """
    stop = gate.lock(asked.stop_id)
    rows = SeatRequest.objects.select_related("registration__professional", "delegation", "category")
    asked = rows.get(pk=asked.pk)
    if mine := asked.registration or asked.delegation:
        return mine
    told = people.Told(
        name=asked.name,
        phone=str(asked.phone),
        email=email,
        organisation=asked.organisation,
        category=asked.category,
        language=asked.language,
        consent_version=asked.consent_version,
        consent_text=asked.consent_text,
        consented_at=asked.asked_at,
    )
    person = people.of_call(told, region=stop.region_id)
    found = seat_requests.admit(stop, asked, person)
    outcome = seat_requests.outcome(found)
    setattr(asked, outcome, found)
    if email.strip().lower() != asked.email:
        asked.nonce = links.new_nonce()
    asked.save(update_fields=[outcome, "nonce"])
    if isinstance(found, Registration):
        telephone.told(found)
    audit.record(by, "confirmed_for", f"seat_request:{asked.pk}", fields=[f"{outcome}:{found.pk}"])
    return found


@transaction.atomic
def register_several(stop: Stop, told: people.Told, *, places: int, whole: bool, by: User) -> Delegation:
    """A delegation for who is on the telephone: its places, or its rank in the queue, at once.

    Staff vouch for it where a stop is open on approval or by invitation. Twice is once.
    Raises seats.RegistrationClosed, gate.Busy.
    """
    stop = gate.lock(stop.pk)
    delegation = asking.admit(
        stop,
        contact=people.of_call(told, region=stop.region_id),
        places=places,
        whole=whole,
        asked_at=clock.now(),
        vouched=True,
    )
    audit.record(by, "registered_by_telephone", f"delegation:{delegation.pk}")
    return delegation
