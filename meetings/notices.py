"""Who is told of a change, and what they are told.

Those concerned: who has a seat, who waits for one, who asked for places for others, the officials and the
journalists who come, and the people whose invitation reached them and who have not answered. Who declined
is left in peace; whoever's invitation was overtaken before it left is invited anew by `invitations`, not
told of a change.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import ngettext

from meetings import addresses, audiences, calendar, copies, letters, officials, unsubscribing
from meetings.audiences import Recipient
from meetings.documents import Document
from meetings.models import Announcement, Answer, Channel, Invitation, Release, Stop
from meetings.visibility import document_for, viewer_of_person
from outbox import clock, queue
from outbox.keys import person_of
from outbox.models import Message, MessageStatus, Priority
from outbox.queue import Calendar
from regions import dates
from regions.languages import pick
from regions.models import Body, Official

SEATED, WAITING, ACCEPTED, ACCREDITED = "seated", "waiting", "accepted", "accredited"
DELEGATIONS = "delegations"
# What was written and has not left tells the old hour or place: the change is told instead.
OVERTAKEN = (
    *("seat", "promoted", "waiting", "accepted"),
    *("invitation", "no_answer", "seated_week", "seated_eve"),
    *("moved", "venue_changed", "postponed"),
    *("accredited", "accreditation_ended"),
    "declined_in_calendar",  # asks about an entry that is another now
    *("link_again", "delegation", "workshop_seat"),  # the notice leads to the same page
)
CALLED_OFF = {"cancelled", "postponed"}
ARRIVED = [MessageStatus.SENDING, MessageStatus.SENT, MessageStatus.IN_DOUBT]


@dataclass(frozen=True, slots=True)
class Told:
    """One person who hears of it. `audience` is one of those below, or as they were invited."""

    person: Recipient
    audience: str
    invitation: Invitation | None = None  # still to be answered, or answered by naming somebody else

    @property
    def has_entry(self) -> bool:
        """Whether the stop stands in their calendar."""
        return self.audience in (SEATED, ACCEPTED, ACCREDITED)

    @property
    def by_letter(self) -> bool:
        return self.invitation is not None and self.invitation.channel == Channel.LETTER

    @property
    def is_official(self) -> bool:
        return self.audience == ACCEPTED or self.audience in Body.values


def people(stop: Stop, *, among: Collection[str] | None = None) -> list[Told]:
    """Everybody concerned who can be written to, each once, whoever they are twice.

    `among` narrows it to people found before, by their keys.
    """
    found: dict[tuple[str, str], Told] = {}
    for told in _concerned(stop, among):
        if letters.reaches(told.person.email):
            found.setdefault((told.person.email.lower(), told.person.name.casefold()), told)
    return list(found.values())


def count(told: Iterable[Told]) -> dict[tuple[str, str], int]:
    """(audience, language) -> how many."""
    return dict(Counter((one.audience, one.person.language) for one in told))


def by_hand(stop: Stop) -> list[str]:
    """A sentence each about people invited by letter and people without a mail address, where there are
    any: no mail will tell them."""
    said, found = [], unreached(stop)
    by_letter = [told for told in found if told.by_letter]
    if number := len(by_letter):
        words = ngettext(
            "%(count)d personne invitée par courrier est à prévenir autrement.",
            "%(count)d personnes invitées par courrier sont à prévenir autrement.",
            number,
        )
        said.append(words % {"count": number})
    if number := len(found) - len(by_letter):
        words = ngettext(
            "%(count)d personne sans adresse électronique est à prévenir par téléphone.",
            "%(count)d personnes sans adresse électronique sont à prévenir par téléphone.",
            number,
        )
        said.append(words % {"count": number})
    return said


def unreached(stop: Stop) -> list[Told]:
    """Everybody concerned whom no mail will tell, each once; those invited by letter first."""
    found = {told.person.key: told for told in _invited_by_letter(stop)}
    named = {f"replacement:{told.invitation.pk}" for told in found.values() if told.invitation}
    for told in _concerned(stop, None):
        if not letters.reaches(told.person.email) and told.person.key not in named:
            found.setdefault(told.person.key, told)
    return list(found.values())


def tell(stop: Stop, purpose: str, *, to: Iterable[Told], release: Release) -> None:
    """Stop what is overtaken and order that the change be told, in the transaction of the change.

    Workers write the mails (`announcements`): the stop's lock is not held while hundreds are rendered.
    `release` is what is public now; the one before it tells what was.
    """
    now = clock.now()
    queue.supersede(subject=f"stop:{stop.pk}", purposes=OVERTAKEN)
    Announcement.objects.filter(release__stop=stop, done_at=None).update(done_at=now)
    if keys := [told.person.key for told in to]:
        order = Announcement.objects.create(release=release, purpose=purpose, keys=keys, ordered_at=now)
        # robust: a broker that is down must not fail the change; the beat goes on with open orders.
        transaction.on_commit(partial(ring, order.pk), robust=True)


def ring(announcement_id: int) -> None:
    from meetings import tasks

    tasks.write_announcement.delay(announcement_id)


def write(stop: Stop, told: Told, order: Announcement, *, before: Release, official: Official | None) -> bool:
    """One mail to one person, once per release that is told: what was `before`, and what is so today."""
    off = order.purpose in CALLED_OFF
    today, person = stop.current_release, told.person
    assert today is not None  # noqa: S101 - the release that is told is one
    said, unsubscribe = _context(told, before.document, today, official), ""
    if told.invitation is not None:
        unsubscribe = unsubscribing.link(person, order.purpose, told.audience)
    return queue.enqueue(
        key=key(order.purpose, person, order.release),
        purpose=order.purpose,
        to=person.email,
        template=order.purpose,
        context=said,
        language=person.language,
        priority=Priority.CHANGE,
        subject=f"stop:{stop.pk}",
        audience=told.audience,
        unsubscribe_url=unsubscribe,
        valid_until=max(stop.ends_at, clock.now() + timedelta(days=1)) if off else stop.ends_at,
        calendar=_entry(stop, told, today, off=off) if told.has_entry else None,
        reply_to=today.document["contact"]["email"],
        copy=copies.of(official, order.purpose, said, language=person.language),
    )


def key(purpose: str, person: Recipient, release: Release) -> str:
    return f"{purpose}:{person.key}:{release.stop_id}:{release.number}"


def _standing(stop: Stop, among: Collection[str] | None) -> Iterator[Told]:
    """Who comes, or waits to come."""
    known = {audience.name for audience in audiences.every()}
    for name in (SEATED, WAITING, ACCEPTED, ACCREDITED, DELEGATIONS):
        if name in known:
            yield from (Told(person, name) for person in audiences.get(name).those(stop, among))


def _concerned(stop: Stop, among: Collection[str] | None) -> Iterator[Told]:
    yield from _standing(stop, among)
    known = {audience.name for audience in audiences.every()}
    asked = _asked(stop)
    for name in sorted(asked.keys() & known):
        found = audiences.get(name).those(stop, among)
        members = (person for person in found if person.key in asked[name])
        for person in unsubscribing.willing(members, "moved", name):
            yield Told(person, name, invitation=asked[name][person.key])


def _asked(stop: Stop) -> dict[str, dict[str, Invitation]]:
    """By audience and key: the invitations that arrived, or were answered by naming somebody else."""
    arrived = _reached_by_invitation(stop)
    asked: dict[str, dict[str, Invitation]] = {}
    rows = stop.invitations.filter(channel=Channel.MAIL, answer__in=[Answer.NONE, Answer.REPLACED])
    for row in rows:
        if row.answer == Answer.REPLACED or row.key in arrived:
            asked.setdefault(row.audience, {})[row.key] = row
    return asked


def _invited_by_letter(stop: Stop) -> Iterator[Told]:
    asked: dict[str, dict[str, Invitation]] = {}
    for row in stop.invitations.filter(channel=Channel.LETTER).exclude(answer=Answer.DECLINED):
        asked.setdefault(row.audience, {})[row.key] = row
    known = {audience.name for audience in audiences.every()}
    for name in sorted(asked.keys() & known):
        people = audiences.get(name).those(stop, asked[name])
        yield from (Told(person, name, invitation=asked[name][person.key]) for person in people)


def _reached_by_invitation(stop: Stop) -> set[str]:
    """Keys of the people whose invitation left."""
    keys = Message.objects.filter(
        subject=f"stop:{stop.pk}", purpose="invitation", status__in=ARRIVED
    ).values_list("key", flat=True)
    return {person_of(key) for key in keys}


def _link(told: Told) -> str:
    """Where this person sees where they stand: their registration, or their answer."""
    links = told.person.links
    if told.invitation is None:
        return links.get("registration") or links.get("invitation") or ""
    page = audiences.get(told.audience).answer_url or officials.answer_url
    return page(told.invitation, told.person.language)


def _context(told: Told, before: Document, release: Release, official: Official | None) -> dict[str, Any]:
    language, document = told.person.language, release.document
    contact = document["contact"]
    return {
        "name": told.person.name,
        "audience": told.audience,
        "addressed": officials.addressed(official, language) if official else "",
        "city": pick(document["city"], language),
        "region": pick(document["region"]["name"], language),
        "now": _facts(document, language),
        "before": _facts(before, language),
        "reason": pick(document["reason"], language),
        "link": _link(told),
        "page": addresses.page_of(document, language),
        "has_entry": told.has_entry,
        "contact": {
            **contact,
            "function": pick(contact["function"], language),
            "hours": pick(contact["hours"], language),
        },
    }


def _facts(document: Document, language: str) -> dict[str, str]:
    day, venue = date.fromisoformat(document["date"]), document["venue"]
    starts, ends = time.fromisoformat(document["starts"]), time.fromisoformat(document["ends"])
    return {
        "day": dates.long_date(day, language),
        "hours": dates.hours(starts, ends, language),
        "whose_time": f"{dates.MOROCCAN_TIME[language]} ({dates.offset(day, starts)})",
        "city": pick(document["city"], language),
        "venue": pick(venue["name"], language) if venue else "",
        "address": pick(venue["address"], language) if venue else "",
    }


def _entry(stop: Stop, told: Told, release: Release, *, off: bool) -> Calendar:
    """The stop for this person's calendar, with the meetings they may read of."""
    person = told.person
    document = document_for(viewer_of_person(person.key, stop.pk), release, clock.now())
    make = calendar.cancel if off else calendar.request
    return make(
        document,
        language=person.language,
        attendee_email=person.email,
        attendee_name=person.name,
        organizer_email=stop.tour.sender_email,
        sequence=stop.sequence + person.calendar_step,
        url=person.links.get("registration") or addresses.page_of(document, person.language),
    )
