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
    """How many seats of a stop are taken, how many people queue.

    Held are seats nobody may have but those they are kept for: held back for an audience or taken by its
    people, given to a delegation and not named yet, offered to somebody. Who waits for more seats
    together than are free does not keep others from them, and is not counted.
    """

    seated: int = 0
    waiting: int = 0
    held: int = 0

    def free(self, seats: int) -> int:
        """What is left of so many seats; below 0 when seats were taken away since."""
        return seats - self.seated - self.held


class Attendance(Protocol):
    def taken(self, stop_ids: Iterable[int]) -> Mapping[int, Taken]:
        """One query for all; a stop with nobody may be missing."""

    def room_changed(self, stop: "Stop", *, before: Taken | None = None) -> None:
        """Seats were changed: move the queue up. In the transaction, under the stop's lock.

        `before` is what was taken before the change, where that has changed already."""

    def meeting_withdrawn(self, meeting: "Meeting") -> None:
        """A workshop goes: free those who chose it. In the transaction, under the stop's lock."""


class Nobody:
    def taken(self, stop_ids: Iterable[int]) -> Mapping[int, Taken]:
        return {}

    def room_changed(self, stop: "Stop", *, before: Taken | None = None) -> None:
        return

    def meeting_withdrawn(self, meeting: "Meeting") -> None:
        return


_registry: list[Attendance] = [Nobody()]


def register(attendance: Attendance) -> None:
    _registry[0] = attendance


def current() -> Attendance:
    return _registry[0]


def taken_at(stop: "Stop") -> Taken:
    return current().taken([stop.pk]).get(stop.pk, Taken())
