"""What was promised to a region before. The app that follows promises up fills the registry; until then
nothing is known of any."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regions.models import Region


@dataclass(frozen=True, slots=True)
class Commitment:
    """In one language: what, by whom, until when, and how far it is."""

    text: str
    owner: str
    due: str
    state: str


Source = Callable[["Region", str], Iterable[Commitment]]

_sources: list[Source] = []


def register(source: Source) -> None:
    """`source(region, language)` answers the commitments towards a region."""
    _sources.append(source)


def towards(region: "Region", language: str) -> list[Commitment]:
    return [found for source in _sources for found in source(region, language)]
