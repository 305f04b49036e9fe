"""Asking for a seat through the public form, and confirming it from the mailbox.

Whoever fills the form is a stranger until the mailbox answers: a request writes to that address and
to nothing else. It does the same, in as many steps, whether or not the person is known, so that
nobody learns from the portal who is registered.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q

from meetings import gate
from meetings.models import Access, Stop
from outbox import clock
from outbox.queue import hash_of
from professionals import consent, mails, people, promotion, rate_limit, seats
from professionals.delegations import asking
from professionals.models import Delegation, Professional, Registration, SeatRequest
from regions import legal_time
from regions.models import LegalCategory

VALID = timedelta(hours=48)
# Long enough to tell who comes late how to ask again.
KEPT_AFTER_EXPIRY = timedelta(days=5)
# The same form once more after this was sent by somebody who goes on waiting for the mail.
DOUBLE_TAP = timedelta(minutes=1)
# Who has not confirmed by then is written to once more, while the link still has a while to live.
AGAIN_AFTER = timedelta(hours=12)
AGAIN_UNTIL = timedelta(hours=1)


class RequestExpired(Exception):
    """The link was not used in time: ask again."""


@dataclass(frozen=True, slots=True)
class Details:
    """What the form asks of a person."""

    name: str
    email: str
    phone: str  # E.164
    organisation: str
    category: LegalCategory
    language: str
    consent_version: str
    channel: str = ""
    places: int | None = None  # for a delegation: so many, all of them or as many as there are
    whole: bool = False


@transaction.atomic
def ask(stop: Stop, details: Details, *, form_id: str) -> None:
    """Write a confirmation link to the mailbox named, or their own link to who is registered already.

    The same form sent twice is one request, which is written to again unless it was a double tap. An
    address that was written to too often in the last hour gets nothing, and the answer is the same.
    Raises seats.RegistrationClosed, seats.OrganisationFull for more places than any establishment may have.
    """
    now = clock.now()
    if not stop.takes_registrations(at=now) or stop.access == Access.INVITATION:
        raise seats.RegistrationClosed
    if stop.per_organisation is not None and (details.places or 1) > stop.per_organisation:
        raise seats.OrganisationFull
    email, name_key = details.email.strip().lower(), people.key_of(details.name)
    if rate_limit.wait(rate_limit.MAIL_PER_ADDRESS, email) or rate_limit.wait(
        rate_limit.MAIL_PER_PERSON, f"{stop.pk}:{email}:{name_key}"
    ):
        return
    known = _standing(stop, email, name_key, several=details.places is not None)
    asked, is_new = SeatRequest.objects.get_or_create(
        digest=_digest(stop, details, form_id),
        defaults={
            "stop": stop,
            "name": details.name,
            "email": email,
            "phone": details.phone,
            "organisation": details.organisation,
            "category": details.category,
            "language": details.language,
            "consent_version": details.consent_version,
            "consent_text": consent.wording(details.language, version=details.consent_version),
            "channel": details.channel,
            "places": details.places,
            "whole": details.whole,
            "asked_at": now,
            "expires_at": min(now + VALID, last_moment(stop)),
            **({outcome(known): known} if known else {}),
        },
    )
    if not is_new and not _asked_again(asked, stop, now):
        return
    if mine := known or asked.registration or asked.delegation:
        mine.stop = stop
        write_link_again(mine, occasion=f"seat_request:{asked.pk}:{int(asked.asked_at.timestamp())}")
    else:
        mails.confirm_address(asked, stop)


def write_link_again(mine: Registration | Delegation, *, occasion: str) -> None:
    """Send what a person has at a stop the link to it again."""
    if isinstance(mine, Registration):
        mails.link_again(mine, occasion=occasion)
    else:
        promotion.tell(mine, "link")


def outcome(found: Registration | Delegation) -> str:
    """The column of a request that keeps what became of it."""
    return "registration" if isinstance(found, Registration) else "delegation"


@transaction.atomic
def confirm(asked: SeatRequest) -> Registration | Delegation:
    """The mailbox answered: write the person down and give them a seat or a place in the queue, or their
    delegation its places or its rank.

    What they typed is theirs now, and replaces what was known of them. Twice is once.
    Raises RequestExpired, seats.RegistrationClosed, gate.Busy.
    """
    stop = gate.lock(asked.stop_id)
    rows = SeatRequest.objects.select_related("registration__professional", "delegation__contact")
    asked = rows.get(pk=asked.pk)
    if mine := asked.registration or asked.delegation:
        return mine
    check_fresh(asked)
    found = admit(stop, asked, people.of_request(asked, region=stop.region_id))
    setattr(asked, outcome(found), found)
    asked.save(update_fields=[outcome(found)])
    return found


def admit(stop: Stop, asked: SeatRequest, person: Professional) -> Registration | Delegation:
    """What was asked for, for the person or for their establishment. The caller holds the stop's lock.

    Raises seats.RegistrationClosed.
    """
    if asked.places is None:
        return seats.admit(stop, professional=person, asked_at=asked.asked_at, channel=asked.channel)
    return asking.admit(stop, contact=person, places=asked.places, whole=asked.whole, asked_at=asked.asked_at)


def check_fresh(asked: SeatRequest) -> None:
    """Raises RequestExpired past the hour the mail named."""
    if clock.now() >= asked.expires_at:
        raise RequestExpired


def check_open(asked: SeatRequest) -> None:
    """What the button would answer now. Raises RequestExpired, seats.RegistrationClosed."""
    check_fresh(asked)
    stop = asked.stop
    if stop.takes_registrations(at=clock.now()) and stop.access != Access.INVITATION:
        return
    if not _standing(stop, asked.email, people.key_of(asked.name), several=asked.places is not None):
        raise seats.RegistrationClosed


def unconfirmed(stop: Stop) -> list[SeatRequest]:
    """Requests that no mailbox confirmed, expired ones included, newest first: one per person for
    themselves and one for their establishment, and none of who has what they asked for meanwhile."""
    asked = stop.seat_requests.filter(registration=None, delegation=None).select_related("category")
    columns = "known_by", "name_key"
    standing = {
        (False, *who)
        for who in stop.registrations.active().values_list(*(f"professional__{name}" for name in columns))
    } | {
        (True, *who)
        for who in stop.delegations.filter(status__in=asking.STANDS).values_list(
            *(f"contact__{name}" for name in columns)
        )
    }
    found: dict[tuple[bool, str, str], SeatRequest] = {}
    for one in asked.order_by("-asked_at", "-pk"):
        several, name_key = one.places is not None, people.key_of(one.name)
        if not standing & {(several, one.email, name_key), (several, str(one.phone), name_key)}:
            found.setdefault((several, one.email, name_key), one)
    return list(found.values())


def write_again(now: datetime) -> int:
    """A second mail, the only one, to who has not confirmed for half a day; answers how many were written.

    Its key names the person and the stop, so that whoever runs this however often writes once.
    """
    stale = SeatRequest.objects.filter(
        registration=None,
        delegation=None,
        asked_at__lte=now - AGAIN_AFTER,
        expires_at__gt=now + AGAIN_UNTIL,
    )
    stops = Stop.objects.filter(pk__in=stale.values("stop")).select_related("current_release", "tour")
    written = 0
    for stop in stops:
        if stop.takes_registrations(at=now):
            written += sum(mails.confirm_again(one, stop) for one in _stale(unconfirmed(stop), now))
    return written


def _stale(asked: list[SeatRequest], now: datetime) -> list[SeatRequest]:
    return [one for one in asked if one.asked_at <= now - AGAIN_AFTER and one.expires_at > now + AGAIN_UNTIL]


def mails_before(registration: Registration) -> Q:
    """The mails that asked this person to confirm, from before there was a registration: those of the
    requests it came of, and whatever asked so at their address, unless somebody else at the stop shares it.

    Requests are forgotten some days after they expire; the address still tells. Two queries."""
    person = registration.professional
    asked = registration.seat_requests.values_list("pk", flat=True)
    theirs = [Q(key__startswith=f"confirm_address:seat_request:{pk}:") for pk in asked]
    at_the_stop = Registration.objects.filter(stop=registration.stop_id, professional__email=person.email)
    if person.email and not at_the_stop.exclude(professional=person).exists():
        theirs.append(Q(purpose__in=mails.CONFIRM, recipient_hash=hash_of(person.email)))
    return reduce(or_, theirs, Q(pk=None))


def forget_expired(now: datetime) -> int:
    """Erase requests some days after they expired: what a stranger typed is not kept."""
    _, rows = SeatRequest.objects.filter(expires_at__lt=now - KEPT_AFTER_EXPIRY).delete()
    return rows.get(SeatRequest._meta.label, 0)


def last_moment(stop: Stop) -> datetime:
    """When a stop stops taking registrations: its beginning, or the end of its last day to register."""
    if stop.registration_closes_on is None:
        return stop.starts_at
    morrow = stop.registration_closes_on + timedelta(days=1)
    return min(stop.starts_at, legal_time.instant(morrow, time()))


def _asked_again(asked: SeatRequest, stop: Stop, now: datetime) -> bool:
    """Whether this sending of a form asks anew, from now on; of several at once, one does."""
    asked.expires_at = min(now + VALID, last_moment(stop))
    earlier = SeatRequest.objects.filter(pk=asked.pk, asked_at__lte=now - DOUBLE_TAP)
    asked.asked_at = now
    return bool(earlier.update(asked_at=now, expires_at=asked.expires_at))


def _standing(stop: Stop, email: str, name_key: str, *, several: bool) -> Registration | Delegation | None:
    """What this person of this mailbox has at the stop already, for themselves or for their establishment."""
    if several:
        groups = stop.delegations.filter(status__in=asking.STANDS)
        found = groups.filter(contact__email=email, contact__name_key=name_key)
        return found.select_related("contact").first()
    active = stop.registrations.active().filter(professional__email=email, professional__name_key=name_key)
    return active.select_related("professional").first()


def _digest(stop: Stop, details: Details, form_id: str) -> str:
    """What makes two sendings of one form the same: everything typed, and the form it was typed into."""
    typed = (
        stop.pk, form_id, details.name, details.email.lower(), details.phone, details.organisation,
        details.category.pk, details.language, details.consent_version, details.places, details.whole,
    )  # fmt: skip
    return hash_of(hashlib.sha256(repr(typed).encode()).hexdigest())
