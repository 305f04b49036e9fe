"""The press room as everybody reads it: communiqués with what corrects them, photos, notices of stops."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from meetings.agenda import PublicStop
from meetings.visibility import PUBLIC
from outbox import clock
from press import visibility
from press.models import Photo, PressRelease


@dataclass(frozen=True, slots=True)
class Communique:
    """A communiqué, what it corrects, and what corrects it: all of them public."""

    row: PressRelease
    corrects: PressRelease | None = None
    corrected_by: list[PressRelease] = field(default_factory=list)

    @property
    def at(self) -> datetime:
        moment = self.row.public_from
        assert moment is not None  # noqa: S101 - it is public
        return moment


def communiques() -> list[Communique]:
    """Newest first. One query."""
    rows = list(visibility.releases_visible_to(PUBLIC, clock.now()))
    known = {row.pk: row for row in rows}
    found = {row.pk: Communique(row, corrects=known.get(row.corrects_id or 0)) for row in rows}
    for row in rows:
        if row.corrects_id in found:
            found[row.corrects_id].corrected_by.append(row)
    return sorted(found.values(), key=lambda one: (one.at, one.row.pk), reverse=True)


def communique(pk: int) -> Communique | None:
    """One of them; None where the public knows of none."""
    return next((one for one in communiques() if one.row.pk == pk), None)


def photos() -> list[Photo]:
    """Newest first. One query."""
    return sorted(
        visibility.photos_visible_to(PUBLIC, clock.now()),
        key=lambda photo: (photo.public_from or photo.created_at, photo.pk),
        reverse=True,
    )


def photo(pk: int) -> Photo | None:
    found: Photo | None = visibility.photos_visible_to(PUBLIC, clock.now()).filter(pk=pk).first()
    return found


def with_a_notice(stops: Iterable[PublicStop]) -> list[PublicStop]:
    """The stops the press is told of: those to come, the next one first; called off ones too."""
    now = clock.now()
    return [stop for stop in stops if stop.status != "held" and stop.ends_at > now]
