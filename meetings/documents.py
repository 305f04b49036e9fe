"""What the public may read of a stop, as one document: every public form is made from it.

`build` reads the rows, which are the draft. A release keeps what `build` answered; pages, files
and mails read the release, never the rows, so nothing unreleased can leak. Hours are wall-clock
in Morocco ("10:00"), days are ISO ("2026-12-03"), texts are {fr, ar, en} with "" where there is
none: readers use `languages.pick`.
"""

from datetime import date, datetime, time, timedelta
from typing import Literal, NotRequired, TypedDict

from django.db.models import prefetch_related_objects

from meetings.models import (
    AgendaItem,
    Handout,
    Meeting,
    Outcome,
    ReadBy,
    Stop,
    StopQuerySet,
    StopStatus,
    Venue,
    Visibility,
)
from regions.languages import Texts, texts

VERSION: Literal[1] = 1


class ItemDocument(TypedDict):
    starts: str
    minutes: int
    title: Texts
    note: Texts


class MeetingDocument(TypedDict):
    id: int
    kind: str
    title: Texts
    starts: str
    ends: str
    room: str
    visibility: str
    items: list[ItemDocument]


class VenueDocument(TypedDict):
    name: Texts
    address: Texts
    access: Texts
    latitude: float | None
    longitude: float | None
    confirmed: bool


class TourDocument(TypedDict):
    slug: str
    name: Texts


class RegionDocument(TypedDict):
    code: str
    slug: str
    name: Texts


class ContactDocument(TypedDict):
    function: Texts
    phone: str
    email: str
    hours: Texts


class WindowDocument(TypedDict):
    opens_on: str | None
    closes_on: str | None


class CalendarDocument(TypedDict):
    uid: str
    sequence: int


class OutcomeDocument(TypedDict):
    summary: Texts
    heard: Texts  # a point on each line, as `decided`
    decided: Texts


class HandoutDocument(TypedDict):
    id: int
    title: Texts
    language: str  # of the document itself
    read_by: str
    version: int
    size: int  # bytes
    file: str  # meetings.handouts.files: told to nobody


class Document(TypedDict):
    v: Literal[1]
    tour: TourDocument
    slug: str
    rank: int
    of: int
    region: RegionDocument
    city: Texts
    date: str
    starts: str
    ends: str
    venue: VenueDocument | None
    intro: Texts
    contact: ContactDocument
    speakers: NotRequired[Texts]  # who takes the floor, by function; left out as long as nobody is named
    outcome: NotRequired[OutcomeDocument]  # what came of it, once it was held and somebody wrote it up
    registration: WindowDocument
    meetings: list[MeetingDocument]
    handouts: NotRequired[list[HandoutDocument]]  # those for everybody; left out where there is none
    calendar: CalendarDocument
    reason: Texts  # why it is cancelled or postponed, "" as long as it is not
    called_off: NotRequired[str]  # "postponed" or "cancelled", as long as it is: history tells it


class Restricted(TypedDict):
    """The meetings and documents that are not everybody's, by whose they are."""

    registered: list[MeetingDocument]
    invited: list[MeetingDocument]
    handouts: NotRequired[list[HandoutDocument]]  # each says who reads it


NO_TEXT = Texts(fr="", ar="", en="")
LISTS = ("meetings__items", "tour__stops", "handouts")


def fetch_lists(stop: Stop) -> None:
    """Read once what `build` and `restricted` list, and keep it with `stop`: for a row just locked."""
    prefetch_related_objects([stop], *LISTS)


def complete(stops: StopQuerySet) -> StopQuerySet:
    """The same stops with all that `build` reads, in a constant number of queries."""
    return stops.select_related("tour", "region", "venue", "current_release", "outcome").prefetch_related(
        *LISTS
    )


def build(stop: Stop) -> Document:
    """The document of the rows as they stand: public meetings only."""
    region, speakers = stop.region, texts(stop, "speakers")
    document: Document = {
        "v": VERSION,
        "tour": {"slug": stop.tour.slug, "name": texts(stop.tour, "name")},
        "slug": stop.slug,
        "rank": stop.rank,
        "of": _how_many(stop),
        "region": {"code": region.code, "slug": region.slug, "name": texts(region, "name")},
        "city": texts(stop, "city"),
        "date": stop.date.isoformat(),
        "starts": hour(stop.starts),
        "ends": hour(stop.ends),
        "venue": venue(stop.venue),
        "intro": texts(stop, "intro"),
        "contact": _contact(stop),
        "registration": {
            "opens_on": _iso(stop.registration_opens_on),
            "closes_on": _iso(stop.registration_closes_on),
        },
        "meetings": _meetings(stop, Visibility.PUBLIC),
        "calendar": {"uid": stop.calendar_uid, "sequence": stop.sequence},
        "reason": NO_TEXT,
    }
    if any(speakers.values()):
        document["speakers"] = speakers
    if found := outcome(stop):
        document["outcome"] = found
    if public := [handout(row) for row in stop.handouts.all() if row.read_by == ReadBy.PUBLIC]:
        document["handouts"] = public
    return document


def outcome(stop: Stop) -> OutcomeDocument | None:
    """What staff wrote of a stop that was held; None for every other."""
    if stop.status != StopStatus.HELD:
        return None
    row: Outcome | None = getattr(stop, "outcome", None)
    if row is None:
        return None
    return {
        "summary": texts(row, "summary"),
        "heard": texts(row, "heard"),
        "decided": texts(row, "decided"),
    }


def restricted(stop: Stop) -> Restricted:
    """The meetings and documents of the rows that only some may read."""
    kept: Restricted = {
        "registered": _meetings(stop, Visibility.REGISTERED),
        "invited": _meetings(stop, Visibility.INVITED),
    }
    if found := [handout(row) for row in stop.handouts.all() if row.read_by != ReadBy.PUBLIC]:
        kept["handouts"] = found
    return kept


def handout(row: Handout) -> HandoutDocument:
    return {
        "id": row.pk,
        "title": texts(row, "title"),
        "language": row.language,
        "read_by": row.read_by,
        "version": row.version,
        "size": row.size,
        "file": row.file,
    }


def venue(place: Venue | None) -> VenueDocument | None:
    if place is None:
        return None
    return {
        "name": texts(place, "name"),
        "address": texts(place, "address"),
        "access": texts(place, "access"),
        "latitude": place.latitude,
        "longitude": place.longitude,
        "confirmed": place.confirmed,
    }


def _contact(stop: Stop) -> ContactDocument:
    return {
        "function": texts(stop, "contact_function"),
        "phone": stop.contact_phone,
        "email": stop.contact_email,
        "hours": texts(stop, "contact_hours"),
    }


def hour(moment: time) -> str:
    return moment.strftime("%H:%M")


def later(text: str, by: timedelta) -> str:
    """The hour `by` after the hour written in `text`, on the same day's clock."""
    return hour((datetime.combine(date.min + timedelta(days=1), time.fromisoformat(text)) + by).time())


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _how_many(stop: Stop) -> int:
    """How many stops the tour has; a cancelled one keeps its rank, and no stop is the 12th of 11."""
    ranks = [one.rank for one in stop.tour.stops.all() if one.status != StopStatus.CANCELLED]
    return max(len(ranks), stop.rank, *ranks)


def _meetings(stop: Stop, visibility: Visibility) -> list[MeetingDocument]:
    return [_meeting(meeting) for meeting in stop.meetings.all() if meeting.visibility == visibility]


def _meeting(meeting: Meeting) -> MeetingDocument:
    return {
        "id": meeting.pk,
        "kind": meeting.kind,
        "title": texts(meeting, "title"),
        "starts": hour(meeting.starts),
        "ends": hour(meeting.ends),
        "room": meeting.room,
        "visibility": meeting.visibility,
        "items": _items(meeting),
    }


def _items(meeting: Meeting) -> list[ItemDocument]:
    """The points in order; each begins when those before it are over."""
    found: list[ItemDocument] = []
    starts = hour(meeting.starts)
    item: AgendaItem
    for item in meeting.items.all():
        found.append(
            {
                "starts": starts,
                "minutes": item.minutes,
                "title": texts(item, "title"),
                "note": texts(item, "note"),
            }
        )
        starts = later(starts, timedelta(minutes=item.minutes))
    return found
