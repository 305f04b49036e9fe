"""What meetings must know of those who come, and what those who come must hear of meetings.

`professionals` fills the registry in AppConfig.ready; without it nobody comes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from meetings.models import Meeting, Stop


@dataclass(frozen=True, slots=True)
class Taken:
    """How many seats of a stop are taken, how many people queue."""

    seated: int = 0
    waiting: int = 0


class Attendance(Protocol):
    def taken(self, stop_ids: Iterable[int]) -> Mapping[int, Taken]:
        """One query for all; a stop with nobody may be missing."""

    def room_changed(self, stop: "Stop") -> None:
        """Seats were changed: move the queue up. In the transaction, under the stop's lock."""

    def meeting_withdrawn(self, meeting: "Meeting") -> None:
        """A workshop goes: free those who chose it. In the transaction, under the stop's lock."""


class Nobody:
    def taken(self, stop_ids: Iterable[int]) -> Mapping[int, Taken]:
        return {}

    def room_changed(self, stop: "Stop") -> None:
        return

    def meeting_withdrawn(self, meeting: "Meeting") -> None:
        return


_registry: list[Attendance] = [Nobody()]


def register(attendance: Attendance) -> None:
    _registry[0] = attendance


def current() -> Attendance:
    return _registry[0]
