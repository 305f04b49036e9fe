"""Asking for a seat through the public form, and confirming it from the mailbox.

Whoever fills the form is a stranger until the mailbox answers: a request writes to that address and
to nothing else. It does the same, in as many steps, whether or not the person is known, so that
nobody learns from the portal who is registered.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction

from meetings import gate
from meetings.models import Access, Stop
from outbox import clock
from outbox.queue import hash_of
from professionals import consent, mails, people, rate_limit, seats
from professionals.models import Registration, SeatRequest
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


@transaction.atomic
def ask(stop: Stop, details: Details, *, form_id: str) -> None:
    """Write a confirmation link to the mailbox named, or their own link to who is registered already.

    The same form sent twice is one request, which is written to again unless it was a double tap. An
    address that was written to too often in the last hour gets nothing, and the answer is the same.
    Raises seats.RegistrationClosed.
    """
    now = clock.now()
    if not stop.takes_registrations(at=now) or stop.access == Access.INVITATION:
        raise seats.RegistrationClosed
    email, name_key = details.email.strip().lower(), people.key_of(details.name)
    if rate_limit.wait(rate_limit.MAIL_PER_ADDRESS, email) or rate_limit.wait(
        rate_limit.MAIL_PER_PERSON, f"{stop.pk}:{email}:{name_key}"
    ):
        return
    known = _registered(stop, email, name_key)
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
            "asked_at": now,
            "expires_at": min(now + VALID, last_moment(stop)),
            "registration": known,
        },
    )
    if not is_new and not _asked_again(asked, stop, now):
        return
    if mine := known or asked.registration:
        mine.stop = stop
        mails.link_again(mine, occasion=f"seat_request:{asked.pk}:{int(asked.asked_at.timestamp())}")
    else:
        mails.confirm_address(asked, stop)


@transaction.atomic
def confirm(asked: SeatRequest) -> Registration:
    """The mailbox answered: write the person down and give them a seat or a place in the queue.

    What they typed is theirs now, and replaces what was known of them. Twice is once.
    Raises RequestExpired, seats.RegistrationClosed, gate.Busy.
    """
    stop = gate.lock(asked.stop_id)
    asked = SeatRequest.objects.select_related("registration__professional").get(pk=asked.pk)
    if asked.registration:
        return asked.registration
    check_fresh(asked)
    professional = people.of_request(asked, region=stop.region_id)
    registration = seats.admit(
        stop, professional=professional, asked_at=asked.asked_at, channel=asked.channel
    )
    asked.registration = registration
    asked.save(update_fields=["registration"])
    return registration


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
    if not _registered(stop, asked.email, people.key_of(asked.name)):
        raise seats.RegistrationClosed


def unconfirmed(stop: Stop) -> list[SeatRequest]:
    """Requests that no mailbox confirmed, expired ones included, newest first: one per person, and none
    of who has registered meanwhile."""
    asked = stop.seat_requests.filter(registration=None).select_related("category")
    standing = set(
        stop.registrations.active().values_list("professional__known_by", "professional__name_key")
    )
    found: dict[tuple[str, str], SeatRequest] = {}
    for one in asked.order_by("-asked_at", "-pk"):
        who = one.email, people.key_of(one.name)
        if who not in standing and (str(one.phone), who[1]) not in standing:
            found.setdefault(who, one)
    return list(found.values())


def write_again(now: datetime) -> int:
    """A second mail, the only one, to who has not confirmed for half a day; answers how many were written.

    Its key names the person and the stop, so that whoever runs this however often writes once.
    """
    stale = SeatRequest.objects.filter(
        registration=None, asked_at__lte=now - AGAIN_AFTER, expires_at__gt=now + AGAIN_UNTIL
    )
    stops = Stop.objects.filter(pk__in=stale.values("stop")).select_related("current_release", "tour")
    written = 0
    for stop in stops:
        if stop.takes_registrations(at=now):
            written += sum(mails.confirm_again(one, stop) for one in _stale(unconfirmed(stop), now))
    return written


def _stale(asked: list[SeatRequest], now: datetime) -> list[SeatRequest]:
    return [one for one in asked if one.asked_at <= now - AGAIN_AFTER and one.expires_at > now + AGAIN_UNTIL]


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


def _registered(stop: Stop, email: str, name_key: str) -> Registration | None:
    """What this person of this mailbox has at the stop already."""
    active = stop.registrations.active().filter(professional__email=email, professional__name_key=name_key)
    return active.select_related("professional").first()


def _digest(stop: Stop, details: Details, form_id: str) -> str:
    """What makes two sendings of one form the same: everything typed, and the form it was typed into."""
    typed = (
        stop.pk, form_id, details.name, details.email.lower(), details.phone, details.organisation,
        details.category.pk, details.language, details.consent_version,
    )  # fmt: skip
    return hash_of(hashlib.sha256(repr(typed).encode()).hexdigest())
