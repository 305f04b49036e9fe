"""Calendar entries of stops (RFC 5545, 5546): one entry per stop, with one uid for life.

Instants are written in UTC, which every reader understands alike; the hour people agreed on stands in
words in the title, since a telephone with old zone data shows another.

A postponed stop is written as cancelled, with « reportée » in its title: nobody is expected on the
old day. Its uid stays, so the new date brings the same entry back.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Protocol
from urllib.parse import quote

from django.utils import translation
from django.utils.translation import gettext as _

from meetings.addresses import page_of
from meetings.documents import ContactDocument, Document
from meetings.models import StopStatus
from meetings.wording import CALLED_OFF
from outbox import calendar_replies, clock
from outbox.queue import Calendar
from regions import dates, legal_time
from regions.languages import pick

OCTETS_PER_LINE = 75
# What ends a line for one reader or another; the last three only for readers that split as Unicode does.
LINE_END = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f]")

Line = tuple[str, str]  # name with its parameters, value


class Published(Protocol):
    """A stop as somebody may read it: to everybody it is an agenda.PublicStop."""

    @property
    def document(self) -> Document: ...
    @property
    def status(self) -> str: ...
    @property
    def released_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Subscription:
    """A calendar that is kept up to date: what it is called, where it is read again, whose page it is."""

    name: str
    source: str
    page: str


def publish(
    stops: Iterable[Published],
    language: str,
    *,
    organizer_email: str,
    subscription: Subscription | None = None,
) -> bytes:
    """A file to download or to subscribe to: every stop given, no attendee."""
    with translation.override(language):
        head = _subscription(subscription) if subscription else []
        entries = [
            _entry(
                stop.document,
                language,
                status=stop.status,
                stamp=stop.released_at,
                sequence=stop.document["calendar"]["sequence"],
                url=page_of(stop.document, language),
                people=[_organizer(organizer_email)],
            )
            for stop in stops
        ]
    return _file("PUBLISH", head, entries).encode()


def _subscription(to: Subscription) -> list[Line]:
    """Said twice: for RFC 7986, and for the readers that were there before."""
    words = escape(_("Les étapes annoncées. Les heures sont celles du Maroc."))
    return [
        ("NAME", escape(to.name)),
        ("X-WR-CALNAME", escape(to.name)),
        ("DESCRIPTION", words),
        ("X-WR-CALDESC", words),
        ("COLOR", "darkgreen"),  # a name of CSS, as the standard wants
        ("X-APPLE-CALENDAR-COLOR", "#0F4C3A"),
        ("URL", to.page),
        ("SOURCE;VALUE=URI", to.source),
        ("REFRESH-INTERVAL;VALUE=DURATION", "PT1H"),
        ("X-PUBLISHED-TTL", "PT1H"),
    ]


def request(
    document: Document,
    *,
    language: str,
    attendee_email: str,
    attendee_name: str,
    organizer_email: str,
    sequence: int,
    url: str,
) -> Calendar:
    """The entry of one person who comes; sent again with a higher sequence, it replaces itself."""
    people = _people(document, organizer_email, attendee_email, attendee_name)
    return _for_one("REQUEST", document, language, StopStatus.PUBLISHED, people, sequence, url)


def cancel(
    document: Document,
    *,
    language: str,
    attendee_email: str,
    attendee_name: str,
    organizer_email: str,
    sequence: int,
    url: str,
) -> Calendar:
    """Takes the entry out of one person's calendar: the stop is off, or they gave up their seat."""
    people = _people(document, organizer_email, attendee_email, attendee_name)
    return _for_one("CANCEL", document, language, StopStatus.CANCELLED, people, sequence, url)


def _for_one(
    method: str,
    document: Document,
    language: str,
    status: str,
    people: list[Line],
    sequence: int,
    url: str,
) -> Calendar:
    with translation.override(language):
        lines = _entry(
            document,
            language,
            status=status,
            stamp=clock.now(),
            sequence=sequence,
            url=url,
            people=people,
        )
    return Calendar(text=_file(method, [], [lines]), method=method)


def _file(method: str, head: list[Line], entries: list[list[Line]]) -> str:
    lines = [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//ONMT//Tournee des regions//FR"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", method),
        *head,
    ]
    for entry in entries:
        lines += [("BEGIN", "VEVENT"), *entry, ("END", "VEVENT")]
    lines.append(("END", "VCALENDAR"))
    return "".join(fold(f"{name}:{value}") for name, value in lines)


def _entry(
    document: Document,
    language: str,
    *,
    status: str,
    stamp: datetime,
    sequence: int,
    url: str,
    people: list[Line],
) -> list[Line]:
    off = status in CALLED_OFF
    day = date.fromisoformat(document["date"])
    starts, ends = (time.fromisoformat(document[name]) for name in ("starts", "ends"))
    lines = [
        ("UID", escape(document["calendar"]["uid"])),
        ("SEQUENCE", str(sequence)),
        ("DTSTAMP", _utc(stamp)),
        ("DTSTART", _utc(legal_time.instant(day, starts))),
        ("DTEND", _utc(legal_time.instant(day, ends))),
        ("SUMMARY", escape(title(document, language, status=status))),
        ("LOCATION", escape(place(document, language))),
        ("DESCRIPTION", escape(description(document, language, url=url))),
        ("URL", url),
        ("STATUS", "CANCELLED" if off else "CONFIRMED"),
        ("TRANSP", "TRANSPARENT" if off else "OPAQUE"),
        *people,
    ]
    venue = document["venue"]
    if venue and venue["latitude"] is not None:
        lines.append(("GEO", f"{venue['latitude']:.6f};{venue['longitude']:.6f}"))
    return lines


def title(document: Document, language: str, *, status: str = StopStatus.PUBLISHED) -> str:
    """« 10h00 (heure du Maroc) – Rencontre ONMT, Dakhla », in the active language."""
    words = _("%(hour)s (heure du Maroc) – Rencontre ONMT, %(city)s") % {
        "hour": dates.hour_in_words(time.fromisoformat(document["starts"]), language),
        "city": pick(document["city"], language),
    }
    if status == StopStatus.CANCELLED:
        return _("Annulée : %(title)s") % {"title": words}
    if status == StopStatus.POSTPONED:
        return _("Reportée : %(title)s") % {"title": words}
    return words


def place(document: Document, language: str) -> str:
    """Venue, address and city; the city alone while the venue is not known."""
    city, venue = pick(document["city"], language), document["venue"]
    if not venue:
        return _("%(city)s (lieu à confirmer)") % {"city": city}
    parts = [pick(venue["name"], language), pick(venue["address"], language)]
    if not any(city in part for part in parts):
        parts.append(city)
    return dates.COMMA[language].join(
        part if n == 0 else f" {part}" for n, part in enumerate(filter(None, parts))
    )


def description(document: Document, language: str, *, url: str) -> str:
    """What stands under the title: hours, presentation, meetings, contact, link. Plain text."""
    starts, ends = (time.fromisoformat(document[name]) for name in ("starts", "ends"))
    day = dates.long_date(date.fromisoformat(document["date"]), language)
    hours = dates.hours(starts, ends, language)
    blocks = [
        f"{day}{dates.COMMA[language]} {hours} ({dates.MOROCCAN_TIME[language]})",
        pick(document["reason"], language),
        pick(document["intro"], language),
        "\n".join(
            f"{dates.hour_in_words(time.fromisoformat(meeting['starts']), language)} – "
            f"{pick(meeting['title'], language)}"
            for meeting in document["meetings"]
        ),
        _contact(document["contact"], language),
        url,
    ]
    return "\n\n".join(filter(None, blocks))


def _contact(contact: ContactDocument, language: str) -> str:
    phone = contact["phone"]
    if phone and language == "ar":
        phone = f"\N{LEFT-TO-RIGHT ISOLATE}{phone}\N{POP DIRECTIONAL ISOLATE}"
    known = [pick(contact["function"], language), phone, contact["email"], pick(contact["hours"], language)]
    return "\n".join([_("Contact"), *filter(None, known)]) if any(known) else ""


def _people(document: Document, organizer_email: str, email: str, name: str) -> list[Line]:
    """The answer of this attendee's calendar goes where it is read, if anywhere."""
    reads = calendar_replies.organizer(document["calendar"]["uid"], email)
    return [_organizer(reads or organizer_email), _attendee(email, name)]


def _organizer(email: str) -> Line:
    name = parameter(_("Office National Marocain du Tourisme"))
    return f"ORGANIZER;CN={name}", f"mailto:{_address(email)}"


def _attendee(email: str, name: str) -> Line:
    # ACCEPTED: they registered. A reply is wanted where somebody reads it: it may take that back.
    shown = f"CN={parameter(name)};" if parameter(name) != '""' else ""
    rsvp = "TRUE" if calendar_replies.wanted() else "FALSE"
    return (
        f"ATTENDEE;{shown}CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP={rsvp}",
        f"mailto:{_address(email)}",
    )


def _address(email: str) -> str:
    return quote(email.strip(), safe="@!$'*+")


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escape(text: str) -> str:
    """A text value: one logical line, whatever was typed."""
    text = CONTROL.sub("", LINE_END.sub("\n", text))
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def parameter(text: str) -> str:
    """A quoted parameter: it can hold neither its own quotes nor a line end."""
    plain = CONTROL.sub("", LINE_END.sub(" ", text)).replace("\t", " ").replace('"', "'")
    return f'"{" ".join(plain.split())}"'


def fold(line: str) -> str:
    """The line in pieces of at most 75 octets, never inside a character, each ended by CRLF."""
    pieces, piece, octets = [], "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > OCTETS_PER_LINE:
            pieces.append(piece)
            piece, octets = " ", 1  # the space that marks a continuation counts
        piece, octets = piece + character, octets + size
    return "\r\n".join([*pieces, piece, ""])
