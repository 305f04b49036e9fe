"""What the portal writes to people about their registration.

Each function writes one mail, in the person's language, in the transaction of the fact it tells; none to
who has no address.
The key names person, purpose and revision (`told_step`): however often a fact is met, it is told once.
"""

from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext_lazy as _

from meetings import calendar, notices
from meetings.documents import Document
from meetings.models import Meeting, Stop
from outbox.queue import Calendar, enqueue, hash_of, supersede
from professionals import names, personal_links, programme
from professionals.models import Delegation, DelegationStatus, Registration, SeatRequest, WorkshopSeat
from regions import dates
from regions.languages import pick, texts

# What staff read of a mail's purpose.
PURPOSES = {
    "confirm_address": _("adresse à confirmer"),
    "confirm_again": _("adresse à confirmer, second message"),
    "link_again": _("lien personnel renvoyé"),
    "seat": _("place attribuée"),
    "waiting": _("place sur la liste d’attente"),
    "promoted": _("place libérée et attribuée"),
    "withdrawn": _("inscription annulée"),
    "pending": _("demande à l’examen"),
    "refused": _("demande non retenue"),
    "offered": _("place offerte"),
    "lapsed": _("offre expirée"),
    "handed_over": _("place cédée"),
    "unnamed": _("place reprise par l’établissement"),
    "delegation": _("places d’une délégation"),
    "delegation_over": _("délégation annulée ou refusée"),
    "workshop_withdrawn": _("atelier retiré"),
    "workshop_seat": _("place libérée dans un atelier"),
}
# Each of these is followed by the next.
STANDING = (
    *("pending", "seat", "offered", "promoted", "waiting", "declined_in_calendar"),
    *("withdrawn", "refused", "lapsed", "handed_over", "unnamed"),
)
CONFIRM = ("confirm_address", "confirm_again")
DELEGATION = ("delegation", "delegation_over")
OVER = ("withdrawn", "refused", "lapsed", "handed_over", "unnamed")


def confirm_address(asked: SeatRequest, stop: Stop, *, occasion: str = "") -> None:
    """Ask the mailbox whether it meant it. Nothing that was typed is repeated in this mail: whoever
    fills the form with somebody else's address must not write to them in our name."""
    _write(
        "confirm_address",
        key=f"confirm_address:seat_request:{asked.pk}:{occasion or int(asked.asked_at.timestamp())}",
        to=asked.email,
        language=asked.language,
        stop=stop,
        valid_until=asked.expires_at,
        context={
            "link": personal_links.confirmation_url(asked),
            "expires_at": asked.expires_at,
            "delegation": asked.places is not None,
        },
    )


def confirm_again(asked: SeatRequest, stop: Stop) -> bool:
    """The same question once more, once per person and stop, however often they fill the form."""
    who = hash_of(f"{asked.email} {names.normalise(asked.name)}{' +' if asked.places else ''}")
    return _write(
        "confirm_again",
        key=f"confirm_again:stop:{stop.pk}:{who}",
        to=asked.email,
        language=asked.language,
        stop=stop,
        valid_until=asked.expires_at,
        context={
            "link": personal_links.confirmation_url(asked),
            "expires_at": asked.expires_at,
            "delegation": asked.places is not None,
        },
    )


def link_again(registration: Registration, *, occasion: str) -> None:
    """Send the personal link again: to its owner, whoever asked."""
    _to_person(
        "link_again",
        registration,
        key=f"link_again:registration:{registration.pk}:{occasion}",
        valid_until=registration.stop.ends_at,
    )


def seat(registration: Registration, *, approved: bool = False, given_by: str = "") -> None:
    """A seat, with the calendar entry. `given_by` is who named this person in their delegation, or
    handed them their own seat."""
    _tell(
        "seat",
        registration,
        valid_until=registration.stop.ends_at,
        calendar_part=_request(registration),
        approved=approved,
        given_by=given_by,
    )


def waiting(registration: Registration, *, position: int, approved: bool = False) -> None:
    """A place in the queue."""
    _tell(
        "waiting",
        registration,
        valid_until=registration.stop.starts_at,
        position=position,
        approved=approved,
    )


def pending(registration: Registration) -> None:
    """Asked for, where staff approve: no seat yet."""
    _tell("pending", registration, valid_until=registration.stop.starts_at)


def offered(registration: Registration) -> None:
    """A seat is kept for this person until its limit."""
    _tell(
        "offered",
        registration,
        valid_until=registration.offer_ends_at or registration.stop.starts_at,
        offer_ends_at=registration.offer_ends_at,
    )


def declined_in_calendar(registration: Registration) -> None:
    """Their calendar declined: whether they mean their seat, asked once for each state of the entry."""
    sequence = programme.for_person(registration)["calendar"]["sequence"]
    _to_person(
        "declined_in_calendar",
        registration,
        key=f"declined_in_calendar:registration:{registration.pk}:{sequence}",
        valid_until=registration.stop.starts_at,
        withdraw_url=personal_links.of_registration(registration)["withdraw"],
    )


def promoted(registration: Registration) -> None:
    """The queue moved up to this person: a seat, with the calendar entry."""
    _tell(
        "promoted",
        registration,
        valid_until=registration.stop.starts_at,
        calendar_part=_request(registration),
    )


def ended(
    purpose: str, registration: Registration, *, had_a_seat: bool, entry_stays: bool = False, **more: Any
) -> None:
    """What the person had is over, by one of OVER; the calendar entry goes with the seat, unless a
    colleague of the same mailbox still comes. Who only waited never had one."""
    _tell(
        purpose,
        registration,
        valid_until=registration.stop.ends_at,
        calendar_part=_cancel(registration) if had_a_seat and not entry_stays else None,
        had_a_seat=had_a_seat,
        entry_stays=entry_stays,
        **more,
    )


def delegation(
    group: Delegation, state: str, *, free: int, name_by: datetime, name: str = "", number: int = 0
) -> None:
    """Where a delegation stands, to who asked for it: `state` is what happened to it last. What was
    written before and has not left does not leave after it, unless this is the link alone."""
    row = f"delegation:{group.pk}"
    if not group.contact.email:
        return  # told by telephone
    if group.told_step > 1 and state != "link":
        supersede(subject=f"stop:{group.stop_id}", purposes=DELEGATION, person=row)
    # That it is over is told even where the stop changes before this leaves: see notices.OVERTAKEN.
    purpose = DELEGATION[group.status in (DelegationStatus.REFUSED, DelegationStatus.CANCELLED)]
    _write(
        purpose,
        template="delegation",
        key=f"{purpose}:{row}:{group.told_step}",
        to=group.contact.email,
        language=group.contact.language,
        stop=group.stop,
        valid_until=group.stop.starts_at,
        context={
            "name": group.contact.name,
            "link": personal_links.delegation_url(group),
            "state": state,
            "status": group.status,
            "waits": group.status == DelegationStatus.ACTIVE and group.granted < group.places,
            "places": group.places,
            "granted": group.granted,
            "short": group.places - group.granted,
            "whole": group.whole,
            "free": free,
            "name_by": name_by,
            "who": name,
            "number": number,
        },
    )


def workshop_withdrawn(registration: Registration, meeting: Meeting) -> None:
    """A workshop this person chose will not take place."""
    _to_person(
        "workshop_withdrawn",
        registration,
        key=f"workshop_withdrawn:registration:{registration.pk}:meeting:{meeting.pk}",
        valid_until=registration.stop.starts_at,
        workshop=pick(texts(meeting, "title"), registration.professional.language),
    )


def workshop_seat(place: WorkshopSeat) -> None:
    """The queue of a workshop moved up to this person."""
    registration, meeting = place.registration, place.meeting
    language = registration.professional.language
    _to_person(
        "workshop_seat",
        registration,
        key=f"workshop_seat:registration:{registration.pk}:seat:{place.pk}",
        valid_until=registration.stop.starts_at,
        workshop=pick(texts(meeting, "title"), language),
        workshop_hours=dates.hours(meeting.starts, meeting.ends, language),
        workshop_room=meeting.room,
    )


def _tell(purpose: str, registration: Registration, **more: Any) -> None:
    """Where the person stands now. What tells where they stood, and has not left, does not leave after it."""
    person = f"registration:{registration.pk}"
    if registration.told_step > 1:  # else nothing was written to them before
        supersede(
            subject=f"stop:{registration.stop_id}",
            purposes=[*STANDING, *notices.OVERTAKEN] if purpose in OVER else STANDING,
            person=person,
        )
    _to_person(purpose, registration, key=f"{purpose}:{person}:{registration.told_step}", **more)


def _to_person(
    purpose: str,
    registration: Registration,
    *,
    key: str,
    valid_until: datetime,
    calendar_part: Calendar | None = None,
    **context: Any,
) -> None:
    person = registration.professional
    if not person.email:
        return  # told by telephone: see `telephone`
    _write(
        purpose,
        key=key,
        to=person.email,
        language=person.language,
        stop=registration.stop,
        valid_until=valid_until,
        calendar_part=calendar_part,
        context={"name": person.name, "link": personal_links.registration_url(registration), **context},
    )


def _write(
    purpose: str,
    *,
    key: str,
    to: str,
    language: str,
    stop: Stop,
    valid_until: datetime,
    context: dict[str, Any],
    calendar_part: Calendar | None = None,
    template: str = "",
) -> bool:
    document = programme.public_document(stop)
    return enqueue(
        key=key,
        purpose=purpose,
        to=to,
        template=template or purpose,
        language=language,
        subject=f"stop:{stop.pk}",
        valid_until=valid_until,
        calendar=calendar_part,
        reply_to=document["contact"]["email"],
        context={**_where_and_when(document, language), **context},
    )


def _where_and_when(document: Document, language: str) -> dict[str, Any]:
    """The released stop in words, in one language."""
    day = date.fromisoformat(document["date"])
    starts, ends = time.fromisoformat(document["starts"]), time.fromisoformat(document["ends"])
    venue, contact = document["venue"], document["contact"]
    return {
        "city": pick(document["city"], language),
        "day": dates.long_date(day, language),
        "hours": dates.hours(starts, ends, language),
        "whose_time": f"{dates.MOROCCAN_TIME[language]} ({dates.offset(day, starts)})",
        "venue": pick(venue["name"], language) if venue else "",
        "venue_address": pick(venue["address"], language) if venue else "",
        "contact": {
            **contact,
            "function": pick(contact["function"], language),
            "hours": pick(contact["hours"], language),
        },
    }


def _request(registration: Registration) -> Calendar | None:
    """For who has a mailbox; others take the entry from their page."""
    if not registration.professional.email:
        return None
    return calendar.request(programme.for_person(registration), **_addressed(registration))


def _cancel(registration: Registration) -> Calendar | None:
    if not registration.professional.email:
        return None
    return calendar.cancel(programme.for_person(registration), **_addressed(registration))


def _addressed(registration: Registration) -> dict[str, Any]:
    person = registration.professional
    return {
        "language": person.language,
        "attendee_email": person.email,
        "attendee_name": person.name,
        "organizer_email": registration.stop.tour.sender_email,
        "sequence": programme.for_person(registration)["calendar"]["sequence"],
        "url": personal_links.registration_url(registration),
    }
