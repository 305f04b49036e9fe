"""A change of date, hours, place, seats or registration window of a released stop, worked out.

Nothing is written here: `lifecycle` does. A change touches its own fields of the released
document and carries no other edit along.
"""

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from meetings import attendance, documents, readiness, warnings
from meetings.attendance import Taken
from meetings.documents import Document, MeetingDocument, Restricted
from meetings.models import Meeting, Release, Stop, StopStatus
from outbox import clock
from regions import legal_time

INSTANT = ("date", "starts", "ends")
PLACE = ("venue", "city_fr", "city_ar", "city_en")
WINDOW = ("registration_opens_on", "registration_closes_on")
CHANGEABLE = (*INSTANT, *PLACE, "seats", *WINDOW)


@dataclass(frozen=True, slots=True)
class Change:
    """What `stop` would become: `after`; `fields`, what differs. Both are copies of the row."""

    stop: Stop
    after: Stop
    fields: tuple[str, ...]

    @property
    def resumes(self) -> bool:
        """A postponed stop gets a day again."""
        return self.stop.status == StopStatus.POSTPONED

    @property
    def purpose(self) -> str | None:
        """Which mail it is worth; None: nobody outside needs to hear of it."""
        if self.resumes or set(self.fields) & set(INSTANT):
            return "moved"
        return "venue_changed" if set(self.fields) & set(PLACE) else None

    @property
    def shift(self) -> timedelta:
        """The meetings move with the beginning of the stop."""
        return _at(self.after.starts) - _at(self.stop.starts)

    @property
    def sequence(self) -> int:
        """Grows when the instant or the place that calendars show changes, and only then."""
        return self.stop.sequence + 1 if self.purpose else self.stop.sequence

    @property
    def release(self) -> Release:
        release = self.stop.current_release
        assert release is not None  # noqa: S101 - only released stops are changed
        return release

    def values(self) -> dict[str, Any]:
        """The columns to write."""
        written = {name: getattr(self.after, name) for name in self.fields}
        if self.resumes:
            written["status"] = StopStatus.PUBLISHED
        if self.purpose:
            written["sequence"] = self.sequence
        return written

    def document(self) -> Document:
        """The last released document with the fields of this change, and no other."""
        document: Document = copy.deepcopy(self.release.document)
        rows = documents.build(self.after)
        for name in self.fields:
            if name in (*INSTANT, "venue"):
                document[name] = rows[name]  # type: ignore[literal-required]
        if set(self.fields) & set(PLACE) - {"venue"}:
            document["city"] = rows["city"]
        if set(self.fields) & set(WINDOW):
            document["registration"] = rows["registration"]
        if self.resumes:
            document["reason"] = documents.NO_TEXT
            document.pop("called_off", None)
        _shift(document["meetings"], self.shift)
        document["calendar"]["sequence"] = self.sequence
        return document

    def restricted(self) -> Restricted:
        restricted: Restricted = copy.deepcopy(self.release.restricted)
        _shift(restricted["registered"], self.shift)
        _shift(restricted["invited"], self.shift)
        return restricted

    def shifted_rows(self) -> list[Meeting]:
        """The draft's meetings at their new hours, not saved yet."""
        rows = list(self.stop.meetings.all())
        for row in rows:
            row.starts = (_at(row.starts) + self.shift).time()
            row.ends = (_at(row.ends) + self.shift).time()
        return rows

    def warnings(self) -> list[str]:
        found = [*warnings.of(self.after, shift=self.shift), *self._closed()]
        taken = attendance.current().taken([self.stop.pk]).get(self.stop.pk, Taken())
        if "seats" in self.fields and taken.free(self.after.seats) < 0:
            found.append(
                _(
                    "%(taken)d places sont attribuées ou réservées, pour %(seats)d : "
                    "personne ne perd la sienne, et personne d’autre n’en reçoit."
                )
                % {"taken": taken.seated + taken.held, "seats": self.after.seats}
            )
        return found

    def _closed(self) -> Iterator[str]:
        closes = self.after.registration_closes_on
        if self.purpose == "moved" and closes and closes < legal_time.today():
            yield _("Les inscriptions restent closes : leur dernier jour est passé (%(day)s).") % {
                "day": f"{closes:%d/%m/%Y}"
            }

    def problems(self) -> list[str]:
        """Why it cannot be done, a sentence each."""
        return [*self._sense(), *self._hours(), *readiness.place(self.after)]

    def _sense(self) -> Iterator[str]:
        if self.stop.status not in (StopStatus.PUBLISHED, StopStatus.POSTPONED):
            yield _("Seule une étape publiée ou reportée se change ici.")
        elif not self.fields and not self.resumes:
            yield _("Rien ne change.")
        if self.after.seats < 1:
            yield _("Une étape a au moins une place.")
        opens, closes = self.after.registration_opens_on, self.after.registration_closes_on
        if opens and closes and closes < opens:
            yield _("Les inscriptions ferment avant d’ouvrir.")
        venue = self.after.venue
        if venue and venue.region_id != self.stop.region_id:
            yield _("Ce lieu est dans une autre région.")

    def _hours(self) -> Iterator[str]:
        if self.after.ends <= self.after.starts:
            yield _("La fin doit venir après le début.")
        elif self.purpose == "moved":
            if self.after.starts_at <= clock.now():
                yield _("La nouvelle date est passée.")
            if not all(self._fits(starts, ends) for starts, ends in self._slots()):
                yield _(
                    "Les rencontres, décalées avec le début, ne tiennent plus entre %(starts)s et "
                    "%(ends)s : raccourcissez-les ou changez la fin de l’étape."
                ) % {
                    "starts": documents.hour(self.after.starts),
                    "ends": documents.hour(self.after.ends),
                }

    def _slots(self) -> Iterator[tuple[time, time]]:
        """Every meeting, of the draft and as released, before it is shifted."""
        for row in self.stop.meetings.all():
            yield row.starts, row.ends
        kept = self.release.restricted
        for one in [*self.release.document["meetings"], *kept["registered"], *kept["invited"]]:
            yield time.fromisoformat(one["starts"]), time.fromisoformat(one["ends"])

    def _fits(self, starts: time, ends: time) -> bool:
        first, last = _at(starts) + self.shift, _at(ends) + self.shift
        return _at(self.after.starts) <= first and last <= _at(self.after.ends)


def work_out(stop: Stop, wanted: Mapping[str, Any]) -> Change:
    """The change that gives `stop` the `wanted` values. Raises ValueError for a field it may not touch."""
    if foreign := set(wanted) - set(CHANGEABLE):
        raise ValueError(f"not changed through here: {sorted(foreign)}")
    before, after = _copied(stop), _copied(stop)
    for name, value in wanted.items():
        setattr(after, name, value)
    fields = tuple(name for name in CHANGEABLE if getattr(stop, name) != getattr(after, name))
    return Change(stop=before, after=after, fields=fields)


def _copied(stop: Stop) -> Stop:
    """The same row apart, so that neither writing `stop` nor trying values on it changes the other."""
    apart = copy.copy(stop)
    apart._state = copy.copy(stop._state)
    apart._state.fields_cache = dict(stop._state.fields_cache)
    return apart


def _shift(meetings: Iterable[MeetingDocument], by: timedelta) -> None:
    for meeting in meetings:
        for slot in (meeting, *meeting["items"]):
            slot["starts"] = documents.later(slot["starts"], by)
        meeting["ends"] = documents.later(meeting["ends"], by)


def _at(hour: time) -> datetime:
    """An hour on some day, to count with: past midnight is another day."""
    return datetime.combine(date(2000, 1, 1), hour)
