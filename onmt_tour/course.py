"""Where the tour stands: the 12 regions in the order of their stops, and which stop comes next.

Made from what the public may know. A region without a released stop has no number and no date; those come
last, from the south up as the tour goes, and say nothing about drafts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from meetings.agenda import PublicStop
from meetings.models import StopStatus
from regions import legal_time
from regions.languages import Texts, texts
from regions.models import Region
from regions.outlines import Outline, kingdom


@dataclass(frozen=True, slots=True)
class Step:
    """One region on the way, and its stop once the public knows of one."""

    code: str
    region_slug: str
    name: Texts
    state: str  # held, next, postponed, cancelled, announced, undated
    stop: PublicStop | None

    @property
    def outline(self) -> Outline:
        return kingdom().regions[self.code]

    @property
    def label_side(self) -> str:
        """On which side of the region the map has room for words; "" where it has none."""
        if self.code in {"MA-10", "MA-11", "MA-12"}:
            return "after"
        return "before" if self.code in {"MA-01", "MA-04", "MA-06", "MA-07", "MA-09"} else ""


def _begins(stop: PublicStop) -> datetime:
    return _instant(stop, "starts")


def _ends(stop: PublicStop) -> datetime:
    return _instant(stop, "ends")


def _instant(stop: PublicStop, edge: str) -> datetime:
    hour = stop.document["starts"] if edge == "starts" else stop.document["ends"]
    return legal_time.instant(date.fromisoformat(stop.document["date"]), time.fromisoformat(hour))


def next_stop(stops: Iterable[PublicStop], *, at: datetime) -> PublicStop | None:
    """The first published stop that is not over at `at`: the one going on counts."""
    coming = [stop for stop in stops if stop.status == StopStatus.PUBLISHED and at < _ends(stop)]
    return min(coming, key=_begins, default=None)


def last_held(stops: Iterable[PublicStop]) -> PublicStop | None:
    """The stop that took place most recently, as far as staff noted it."""
    return max((stop for stop in stops if stop.status == StopStatus.HELD), key=_begins, default=None)


def is_over(steps: Iterable["Step"], *, at: datetime) -> bool:
    """Nothing is left to announce: each region's stop took place, was called off, or has ended by `at`.

    A postponed stop, or a region without one, is still to come.
    """
    final = (StopStatus.HELD, StopStatus.CANCELLED)
    stops = [step.stop for step in steps]
    return bool(stops) and all(
        stop is not None
        and (stop.status in final or (stop.status == StopStatus.PUBLISHED and at >= _ends(stop)))
        for stop in stops
    )


def days_until(stop: PublicStop, *, at: datetime) -> int:
    """Days on Moroccan calendars, 0 on the day itself."""
    return (date.fromisoformat(stop.document["date"]) - legal_time.wall_clock(at).date()).days


def steps(regions: Iterable[Region], stops: Iterable[PublicStop], *, at: datetime) -> list[Step]:
    """Every region once. A cancelled stop gives way to the one that takes its place."""
    stops = list(stops)
    following = next_stop(stops, at=at)
    chosen: dict[str, PublicStop] = {}
    for stop in stops:
        code = stop.document["region"]["code"]
        if code not in chosen or chosen[code].status == StopStatus.CANCELLED:
            chosen[code] = stop
    dated = [stop for stop in stops if chosen[stop.document["region"]["code"]] is stop]
    undated = [region for region in regions if region.code not in chosen]
    return [_with_stop(stop, following) for stop in dated] + [
        Step(region.code, region.slug, texts(region, "name"), "undated", None)
        for region in sorted(undated, key=lambda region: region.code, reverse=True)
    ]


def _with_stop(stop: PublicStop, following: PublicStop | None) -> Step:
    region = stop.document["region"]
    state = "announced" if stop.status == StopStatus.PUBLISHED else str(stop.status.value)
    if following is not None and stop.pk == following.pk:
        state = "next"
    return Step(region["code"], region["slug"], region["name"], state, stop)
