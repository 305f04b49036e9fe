"""A month of the agenda as its weeks, Monday first, for the calendar page."""

from calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from meetings.agenda import PublicStop
from meetings.documents import MeetingDocument
from meetings.wording import CALLED_OFF

A_MONDAY = date(2026, 11, 30)


@dataclass(frozen=True, slots=True)
class Row:
    """A stop of the agenda and those of its public meetings that are wanted."""

    stop: PublicStop
    meetings: list[MeetingDocument]


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the month; None for the days of its neighbours that fill the first and last week."""

    day: date | None
    rows: list[Row]

    @property
    def off(self) -> bool:
        """Everything of that day was called off."""
        return bool(self.rows) and all(row.stop.status in CALLED_OFF for row in self.rows)


@dataclass(frozen=True, slots=True)
class Week:
    days: list[Day]

    @property
    def idle(self) -> bool:
        """No stop in it: a telephone leaves it out."""
        return not any(day.rows for day in self.days)


def weeks(first_day: date, rows: Iterable[Row]) -> list[Week]:
    """The weeks of the month of `first_day`, with its stops on their days."""
    rows = list(rows)
    return [
        Week(
            [
                Day(day, [row for row in rows if row.stop.document["date"] == day.isoformat()])
                if day.month == first_day.month
                else Day(None, [])
                for day in week
            ]
        )
        for week in Calendar().monthdatescalendar(first_day.year, first_day.month)
    ]


def week_days() -> list[date]:
    """One day for each column, a Monday first."""
    return [date.fromordinal(A_MONDAY.toordinal() + number) for number in range(7)]
