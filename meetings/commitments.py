"""What was promised to a region before: what was decided at its earlier stops, and what the app that follows
promises up fills into the registry."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from meetings.models import Outcome, StopStatus
from regions import dates
from regions.languages import pick, texts
from regions.models import Region


@dataclass(frozen=True, slots=True)
class Commitment:
    """In one language: what, by whom, until when, and how far it is."""

    text: str
    owner: str
    due: str
    state: str


Source = Callable[[Region, str], Iterable[Commitment]]

_sources: list[Source] = []


def register(source: Source) -> None:
    """`source(region, language)` answers the commitments towards a region."""
    _sources.append(source)


def towards(region: Region, language: str, *, before: date) -> list[Commitment]:
    """Decided at stops held before that day, the latest first; then what the sources know."""
    followed = [found for source in _sources for found in source(region, language)]
    return [*_decided(region, language, before), *followed]


def _decided(region: Region, language: str, before: date) -> Iterator[Commitment]:
    """« Ce qui a été décidé », a point on each line. One query."""
    held = Outcome.objects.filter(
        stop__region=region, stop__status=StopStatus.HELD, stop__date__lt=before
    ).select_related("stop")
    for outcome in held.order_by("-stop__date", "pk"):
        day = dates.full_date(outcome.stop.date, language)
        for line in pick(texts(outcome, "decided"), language).splitlines():
            if line.strip():
                yield Commitment(line.strip(), "", "", _("décidé le %(day)s") % {"day": day})
