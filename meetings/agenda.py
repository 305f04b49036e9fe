"""The public agenda: what was released of each stop, and the little that is read live."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal, Unpack

from django.db.models import OuterRef, QuerySet

from meetings import alerts, attendance, availability, press_contacts
from meetings.alerts import Alert
from meetings.attendance import Taken
from meetings.availability import Availability
from meetings.documents import Document
from meetings.models import Access, Release, Stop, StopQuerySet, StopStatus, Tour
from outbox import clock
from regions import legal_time
from regions.composed import Composed


@dataclass(frozen=True, slots=True)
class PublicStop:
    """A stop as the public knows it: `document` from the current release, the rest live."""

    pk: int
    slug: str
    rank: int
    status: StopStatus
    availability: Availability
    document: Document
    release_pk: int
    release_number: int
    released_at: datetime
    revision: int
    # Of a stop read alone: the press contacts of its tour, for the foot of its page.
    press_rows: tuple[dict[str, Any], ...] = ()
    access: str = Access.OPEN
    alerts: tuple[Alert, ...] = ()  # what is urgent, live

    @property
    def starts_at(self) -> datetime:
        return self._instant(self.document["starts"])

    @property
    def ends_at(self) -> datetime:
        return self._instant(self.document["ends"])

    def phase(self, at: datetime) -> Literal["ahead", "begun", "over"]:
        """By the clock; a stop is held once staff say so."""
        if at < self.starts_at:
            return "ahead"
        return "begun" if at < self.ends_at else "over"

    @property
    def is_ahead(self) -> bool:
        """Whether people are still expected: announced, neither called off nor over."""
        return self.status == StopStatus.PUBLISHED and clock.now() < self.ends_at

    def _instant(self, hour: str) -> datetime:
        return legal_time.instant(date.fromisoformat(self.document["date"]), time.fromisoformat(hour))


# What is read of each row: the rest is the draft, and a third of what a page costs.
READ = (
    *("slug", "status", "seats", "access", "date", "starts", "revision"),
    *("registration_opens_on", "registration_closes_on", "registration_paused"),
    *(f"current_release__{name}" for name in ("number", "at", "document")),
)


def current_tour() -> Tour | None:
    """With its press contacts as `press_rows`. One query."""
    found: Tour | None = CURRENT_TOUR.first()
    return found


def stops(tour: Tour | None = None) -> list[PublicStop]:
    """Every stop the public may know of, by released date; of the current tour without `tour`.

    Two queries, whatever the number of stops.
    """
    now = alerts.moment()
    found = STOPS_OF.rows(tour=tour.pk, **now) if tour else STOPS.rows(**now)
    return sorted(_public(found), key=_in_order)


def stop(slug: str, tour: Tour | None = None) -> PublicStop | None:
    """The stop at this address, None where the public knows of none."""
    now = alerts.moment()
    found = STOP_OF.rows(slug=slug, tour=tour.pk, **now) if tour else STOP.rows(slug=slug, **now)
    return next(iter(_public(found)), None)


def successor(stop: PublicStop) -> PublicStop | None:
    """The stop that takes the place of a cancelled one: the region's other stop that is not."""
    found = SUCCESSOR.rows(code=stop.document["region"]["code"], **alerts.moment())
    return next(iter(_public(found)), None)


def states(tour: Tour, slug: str = "") -> list[tuple[int, str, datetime]]:
    """Release, status and moment of each public stop, or of the one at `slug`: one light query.

    Another answer means that something files say has changed.
    """
    found = Stop.objects.public().filter(tour=tour)
    found = found.filter(slug=slug) if slug else found
    return sorted(found.values_list("current_release_id", "status", "current_release__at"))


def _released(**now: Unpack[alerts.Moment]) -> StopQuerySet:
    rows = Stop.objects.public().select_related("current_release").only(*READ)
    return rows.annotate(alert_rows=alerts.rows(OuterRef("pk"), **now))


def _at(slug: str, **now: Unpack[alerts.Moment]) -> StopQuerySet:
    return _released(**now).filter(slug=slug).annotate(press_rows=press_contacts.rows(OuterRef("tour")))


def _succeeding(code: str, **now: Unpack[alerts.Moment]) -> StopQuerySet:
    rows = _released(**now).exclude(status=StopStatus.CANCELLED)
    return rows.filter(tour__is_current=True, region__code=code)


def _current_tour() -> QuerySet[Tour]:
    found = Tour.objects.filter(is_current=True).order_by("pk")
    return found.annotate(press_rows=press_contacts.rows(OuterRef("pk")))[:1]


CURRENT_TOUR = Composed(_current_tour)
STOPS = Composed(lambda **now: _released(**now).filter(tour__is_current=True))
STOPS_OF = Composed(lambda tour, **now: _released(**now).filter(tour=tour))
STOP = Composed(lambda slug, **now: _at(slug, **now).filter(tour__is_current=True))
STOP_OF = Composed(lambda slug, tour, **now: _at(slug, **now).filter(tour=tour))
SUCCESSOR = Composed(_succeeding)


def _public(found: Iterable[Stop]) -> list[PublicStop]:
    rows = list(found)
    taken = attendance.current().taken([row.pk for row in rows])
    now = clock.now()
    return [_public_stop(row, taken.get(row.pk, Taken()), now) for row in rows]


def _public_stop(row: Stop, taken: Taken, now: datetime) -> PublicStop:
    release = row.current_release
    assert isinstance(release, Release)  # noqa: S101 - public() asks for it
    return PublicStop(
        pk=row.pk,
        slug=row.slug,
        rank=release.document["rank"],
        status=StopStatus(row.status),
        availability=availability.of(row, taken, now),
        document=release.document,
        release_pk=release.pk,
        release_number=release.number,
        released_at=release.at,
        revision=row.revision,
        press_rows=tuple(getattr(row, "press_rows", ())),
        access=row.access,
        alerts=tuple(getattr(row, "alert_rows", ())),
    )


def _in_order(stop: PublicStop) -> tuple[str, str, int]:
    return stop.document["date"], stop.document["starts"], stop.rank
