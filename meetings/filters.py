"""What a reader narrows the agenda by, and the one way of writing it in an address.

A value nobody offers is left aside: the page says so and shows the rest. What is well written and finds
nothing (a month whose stops moved) is kept, and the page offers ways out.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from meetings.agenda import PublicStop
from meetings.documents import MeetingDocument
from meetings.models import MeetingKind

# Every parameter the agenda reads, in the order of its canonical address: caches need no other.
REGION, MONTH, KIND, VIEW = PARAMETERS = ("region", "mois", "type", "vue")
AS_CALENDAR = "mois"
KINDS = {
    "pleniere": MeetingKind.PLENARY,
    "atelier": MeetingKind.WORKSHOP,
    "b2b": MeetingKind.B2B,
    "presse": MeetingKind.PRESS,
    "crt": MeetingKind.COUNCIL,
}
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Filters:
    """A region by its slug, a month as "2026-12", a kind as KINDS writes it; "" where all are wanted."""

    region: str = ""
    month: str = ""
    kind: str = ""
    as_calendar: bool = False
    refused: bool = False  # something was asked that nobody offers

    @property
    def active(self) -> tuple[str, ...]:
        """The names of the parameters that narrow the agenda."""
        given = {REGION: self.region, MONTH: self.month, KIND: self.kind}
        return tuple(name for name, value in given.items() if value)

    @property
    def query(self) -> str:
        """The canonical query string with its question mark, "" for the whole agenda as a list."""
        given = {REGION: self.region, MONTH: self.month, KIND: self.kind}
        given[VIEW] = AS_CALENDAR if self.as_calendar else ""
        written = urlencode({name: value for name, value in given.items() if value})
        return f"?{written}" if written else ""

    def without(self, *names: str) -> "Filters":
        """The same with these parameters dropped."""
        return replace(
            self,
            refused=False,
            region="" if REGION in names else self.region,
            month="" if MONTH in names else self.month,
            kind="" if KIND in names else self.kind,
        )

    def seen_as(self, *, calendar: bool) -> "Filters":
        return replace(self, as_calendar=calendar, refused=False)

    def meetings(self, stop: PublicStop) -> list[MeetingDocument]:
        """The public meetings of a stop that are wanted."""
        wanted = KINDS.get(self.kind)
        return [one for one in stop.document["meetings"] if wanted is None or one["kind"] == wanted]

    def find(self, stops: Iterable[PublicStop]) -> list[PublicStop]:
        """The stops that are wanted, in the order given. Those called off stay under the day they had."""
        return [
            stop
            for stop in stops
            if self.region in ("", stop.document["region"]["slug"])
            and self.month in ("", stop.document["date"][:7])
            and (not self.kind or self.meetings(stop))
        ]


def read(query: Mapping[str, str], *, regions: Collection[str]) -> Filters:
    """What an address asks for; `regions` are the slugs there are."""
    region, month, kind, view = (query.get(name, "") for name in PARAMETERS)
    known = {
        "region": region if region in regions else "",
        "month": month if _MONTH.fullmatch(month) else "",
        "kind": kind if kind in KINDS else "",
    }
    refused = list(known.values()) != [region, month, kind] or view not in ("", AS_CALENDAR)
    return Filters(**known, as_calendar=view == AS_CALENDAR, refused=refused)


def ways_out(filters: Filters, stops: Iterable[PublicStop]) -> list[tuple[Filters, int]]:
    """Where nothing is found: each filter dropped in turn, and how many stops that shows; none shows none."""
    stops = list(stops)
    if len(filters.active) < 2:
        return []
    found = [(wider, len(wider.find(stops))) for wider in map(filters.without, filters.active)]
    return [(wider, number) for wider, number in found if number]


def kinds_of(stops: Iterable[PublicStop]) -> list[str]:
    """The kinds of meetings that these stops have, as addresses write them."""
    present = {meeting["kind"] for stop in stops for meeting in stop.document["meetings"]}
    return [name for name, kind in KINDS.items() if kind in present]


def months_of(stops: Iterable[PublicStop]) -> list[str]:
    """The months these stops stand in, in order."""
    return sorted({stop.document["date"][:7] for stop in stops})
