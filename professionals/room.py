"""How much room there is at a stop: counted under its lock, never stored.

What counts as taken is said once, in SQL (`professionals_taken`, migration
`room_is_counted_in_one_place`): public pages, these functions and the triggers behind the pages all ask it.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Max

from meetings import availability
from meetings.attendance import Taken
from meetings.models import Stop
from professionals.models import Professional, Registration

TAKEN = "SELECT stop_id, seated, waiting, held FROM professionals_taken(%s)"
# One query, under the lock that everybody waits for.
STANDING = """
    SELECT coalesce(taken.seated, 0), coalesce(taken.waiting, 0), coalesce(taken.held, 0),
           greatest(people.last,
                    (SELECT max(confirmed_at) FROM professionals_delegation WHERE stop_id = %(stop)s)),
           people.mine, people.step
    FROM (
        SELECT max(confirmed_at) AS last, max(id) FILTER (WHERE professional_id = %(person)s) AS mine,
               max(calendar_step) FILTER (WHERE professional_id IN (
                   SELECT id FROM professionals_professional WHERE known_by = %(known_by)s)) AS step
        FROM professionals_registration WHERE stop_id = %(stop)s
    ) AS people
    LEFT JOIN professionals_taken(ARRAY[%(stop)s]::bigint[]) AS taken ON true
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """Who has what at a stop, as read under its lock."""

    taken: Taken
    last_stamp: datetime | None
    mine: int | None  # the registration of the person asked for
    last_step: int | None  # of the entry in their mailbox; None where the mailbox never had one

    def next_stamp(self, now: datetime) -> datetime:
        """Later than every stamp before, even when two machines' clocks disagree."""
        if self.last_stamp is None or now > self.last_stamp:
            return now
        return self.last_stamp + timedelta(microseconds=1)


def taken(stop_ids: Iterable[int]) -> Mapping[int, Taken]:
    """Who sits, who waits, what is held, by stop; one query for all. A stop with nobody is missing."""
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, [list(stop_ids)])
        return {
            stop: Taken(seated=seated, waiting=waiting, held=held) for stop, seated, waiting, held in cursor
        }


def taken_at(stop: Stop) -> Taken:
    return taken([stop.pk]).get(stop.pk, Taken())


def with_one_more(before: Taken, *, seated: bool) -> Taken:
    return replace(before, seated=before.seated + seated, waiting=before.waiting + (not seated))


def free(stop: Stop) -> int:
    """Seats that nobody sits on and that are kept for nobody; never below 0."""
    return max(taken_at(stop).free(stop.seats), 0)


def standing(stop: Stop, *, of: Professional) -> Standing:
    """Where this person stands, and all they compete with. The caller holds the stop's lock."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"stop": stop.pk, "person": of.pk, "known_by": of.known_by})
        seated, waiting, held, last, mine, step = cursor.fetchone()
    return Standing(Taken(seated=seated, waiting=waiting, held=held), last, mine, step)


def next_stamp(stop: Stop, now: datetime) -> datetime:
    """A rank behind everybody's, people and delegations. The caller holds the stop's lock."""
    lasts = [
        rows.aggregate(last=Max("confirmed_at"))["last"] for rows in (stop.registrations, stop.delegations)
    ]
    return Standing(Taken(), max(filter(None, lasts), default=None), None, None).next_stamp(now)


def registration_of(found: Standing, stop: Stop, professional: Professional) -> Registration:
    """The registration this person has had at the stop, or a new one, not yet written."""
    if found.mine is None:
        return Registration(stop=stop, professional=professional)
    known = Registration.objects.get(pk=found.mine)
    known.stop, known.professional = stop, professional
    return known


@contextmanager
def class_watched(stop: Stop, now: datetime, *, before: Taken | None = None) -> Iterator[None]:
    """Public pages show a class, not a number: what changes it within makes them new."""
    shown = availability.of(stop, before or taken_at(stop), now)
    yield
    note_class(stop, shown, availability.of(stop, taken_at(stop), now))


def note_class(stop: Stop, before: str, after: str) -> None:
    if before != after:
        Stop.objects.filter(pk=stop.pk).update(revision=F("revision") + 1)
