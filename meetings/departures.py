"""What leaves within two days, line by line, before it does; and a rehearsal of it.

A line is a text to an audience of a stop in a language: written already and waiting in the outbox, or to
be written by then (`forecast`). Holding a line holds both, for they carry the same marks.
"""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Coalesce
from kombu.exceptions import OperationalError
from redis import RedisError

from accounts import audit
from accounts.models import User
from meetings import again, forecast, invitations, reminders
from meetings.audiences import Recipient
from meetings.forecast import Departure
from meetings.models import Broadcast, Campaign, ReminderKind, ReminderRule, Stop, Tour
from meetings.reminders import Due
from outbox import clock, epochs, holds, rehearsals
from outbox.models import Hold, Message, MessageStatus, Priority

AHEAD = timedelta(hours=48)
UNDER_WAY = [MessageStatus.QUEUED, MessageStatus.CLAIMED, MessageStatus.SENDING]
REHEARSED_AT_MOST = 500  # mails of one rehearsal


class Away(Exception):
    """The workers cannot be told."""


@dataclass(frozen=True, slots=True)
class Line:
    """`stop` is None for mails that speak of no stop."""

    at: datetime
    subject: str
    stop: Stop | None
    purpose: str
    audience: str
    language: str
    people: int
    copies: int  # to assistants; no people of their own
    at_most: bool
    written: int | None  # a message of the line, where they are written; None: to be written by then
    departure: Departure | None
    hold: Hold | None  # its own, or one that holds other lines as well

    @property
    def held(self) -> bool:
        return self.hold is not None

    @property
    def held_with_others(self) -> bool:
        """Letting go of this line alone is not possible."""
        return self.hold is not None and any(
            getattr(self.hold, name) != said for name, said in self.marks.items()
        )

    @property
    def order(self) -> Campaign | None:
        """The order to invite that writes it, where its moment can still be changed."""
        order = self.departure.order if self.departure else None
        return order if order and order.is_planned else None

    @property
    def further(self) -> Campaign | None:
        """The order to ask those again whom another did not reach, where that is what writes it."""
        order = self.departure.order if self.departure else None
        return order if order and order.again_of_id else None

    @property
    def origin(self) -> str:
        """Which of the lines with the same marks it is: what is written, an order's, the rules' ("")."""
        if self.written is not None:
            return "written"
        return self.departure.order.origin if self.departure and self.departure.order else ""

    @property
    def waits_for_words(self) -> bool:
        """Nobody stands for its words yet: it does not leave."""
        return self.departure is not None and self.departure.unvalidated

    @property
    def marks(self) -> holds.Line:
        return {
            "subject": self.subject,
            "purpose": self.purpose,
            "audience": self.audience,
            "language": self.language,
        }


def lines(tour: Tour, *, now: datetime | None = None) -> list[Line]:
    """What leaves from now on within two days, and what is late; the next first."""
    now = now or clock.now()
    # That everything is suspended is said once, not at each line.
    held = [row for row in holds.standing() if any(getattr(row, name) for name in holds.FIELDS)]
    found = [*_written(now + AHEAD, held), *_to_be_written(tour, now, held)]
    return sorted(found, key=lambda one: (one.at, one.subject, one.purpose, one.audience, one.language))


def hold(marks: holds.Line, *, by: User) -> bool:
    """Keep a line from leaving; False where it is held already."""
    done = holds.hold(marks)
    if done:
        audit.record(by, "hold", _target(marks), fields=_fields(marks))
    return done


def let_go(marks: holds.Line, *, by: User) -> bool:
    """Let a held line leave; False where it was not held."""
    done = holds.let_go(marks)
    if done:
        audit.record(by, "let_go", _target(marks), fields=_fields(marks))
    return done


def release(*, leave: bool, by: User) -> int | None:
    """End the waiting after a restore: what stood in the copy leaves, or never does. How many that were;
    None where nothing waits for it any more."""
    done = epochs.release(leave=leave)
    if done is not None:
        audit.record(by, "release" if leave else "drop", "mails:restored")
    return done


def example(line: Line) -> list[rehearsals.Said]:
    """One mail of the line as it would leave, its personal links masked, and after it its copy for an
    assistant, where the line has copies; nothing where none can be made yet.

    A mail not yet written is written as it will be, read, and undone with all that hangs on it.
    Raises gate.Busy.
    """
    if line.written is not None:
        return rehearsals.said(_with_its_copy(line, line.written))
    if line.departure is None:
        return []
    people = line.departure.people
    one = next((person for person in people if person.assistant), people[0]) if line.copies else people[0]
    with undone():
        pks = _write_ahead(line.departure, [one])
        return rehearsals.said(Message.objects.filter(pk__in=pks).order_by("pk"))


def _with_its_copy(line: Line, any_pk: int) -> list[Message]:
    """Of what is written of a line: a mail and its copy, or what there is of the two."""
    rows = Message.objects.filter(**line.marks, status__in=UNDER_WAY)
    copy = rows.exclude(copy_of="").order_by("-pk").first() if line.copies else None
    mail = rows.filter(key=copy.copy_of).first() if copy else None
    mail = mail or rows.filter(pk=any_pk, copy_of="").first()
    return [one for one in (mail, copy) if one]


def order_rehearsal(*, by: User) -> None:
    """Have a worker send everything that leaves within two days to this member of the team, as copies;
    what really leaves is not touched. Raises Away where no worker can be told."""
    from meetings import tasks

    audit.record(by, "rehearse", "departures")
    try:
        tasks.rehearse.apply_async((secrets.token_hex(8), by.pk), retry=False)
    except (OperationalError, RedisError) as error:
        raise Away from error


def rehearse(name: str, *, to: User, now: datetime | None = None) -> int:
    """Write the copies of a rehearsal, 500 at most; answers how many. Twice is once."""
    now, written = now or clock.now(), 0
    tour = Tour.objects.filter(is_current=True).first()
    for line in lines(tour, now=now) if tour else []:
        for copies in _said(line, at_most=REHEARSED_AT_MOST - written):
            written += rehearsals.write(copies, name=name, to=to.email)
        if written >= REHEARSED_AT_MOST:
            break
    return written


def _written(until: datetime, held: list[Hold]) -> Iterator[Line]:
    rows = (
        Message.objects.filter(status__in=UNDER_WAY, due_at__lte=until)
        .exclude(priority=Priority.ANSWER)
        .values("subject", "purpose", "audience", "language")
        .annotate(
            people=Count("pk", filter=Q(copy_of="")),
            copies=Count("pk", filter=~Q(copy_of="")),
            at=Min("due_at"),
            one=Coalesce(Max("pk", filter=Q(copy_of="")), Max("pk")),
        )
        .order_by()
    )
    found = list(rows)
    stops = stops_of({row["subject"] for row in found})
    for row in found:
        marks = holds.Line(
            subject=row["subject"], purpose=row["purpose"], audience=row["audience"], language=row["language"]
        )
        yield Line(
            at=row["at"],
            subject=row["subject"],
            stop=stops.get(row["subject"]),
            purpose=row["purpose"],
            audience=row["audience"],
            language=row["language"],
            people=row["people"],
            copies=row["copies"],
            at_most=False,
            written=row["one"],
            departure=None,
            hold=holds.holding(marks, held),
        )


def _to_be_written(tour: Tour, now: datetime, held: list[Hold]) -> Iterator[Line]:
    for one in forecast.departures(tour, now=now, until=now + AHEAD):
        marks = holds.Line(
            subject=one.subject, purpose=one.kind, audience=one.audience, language=one.language
        )
        yield Line(
            at=one.at,
            subject=one.subject,
            stop=one.stop,
            purpose=one.kind,
            audience=one.audience,
            language=one.language,
            people=len(one.people),
            copies=one.copies,
            at_most=one.at_most,
            written=None,
            departure=one,
            hold=holds.holding(marks, held),
        )


def stops_of(subjects: Iterable[str]) -> dict[str, Stop]:
    """The stops that mails speak of, also through a message of the team."""
    numbers: dict[str, dict[int, str]] = {"stop": {}, "broadcast": {}}
    for subject in subjects:
        kind, _colon, number = subject.partition(":")
        if kind in numbers and number.isdecimal():
            numbers[kind][int(number)] = subject
    stops = Stop.objects.filter(pk__in=numbers["stop"])
    found = {numbers["stop"][stop.pk]: stop for stop in stops}
    for broadcast in Broadcast.objects.filter(pk__in=numbers["broadcast"]).select_related("stop"):
        found[numbers["broadcast"][broadcast.pk]] = broadcast.stop
    return found


def _said(line: Line, *, at_most: int) -> Iterator[list[rehearsals.Said]]:
    """What a line says to each of its people, batch by batch."""
    if line.written is not None:
        rows = Message.objects.filter(**line.marks, status__in=UNDER_WAY).order_by("pk")[:at_most]
        yield rehearsals.said(rows)
    elif line.departure is not None:
        with undone():
            pks = _write_ahead(line.departure, line.departure.people, at_most=at_most)
            copies = rehearsals.said(Message.objects.filter(pk__in=pks).order_by("pk"))
        yield copies


def _write_ahead(
    departure: Departure, people: list[Recipient], *, at_most: int = REHEARSED_AT_MOST
) -> list[int]:
    """Write to these people as it will be done at the moment of the departure; answers the messages."""
    stop, last = departure.stop, Message.objects.aggregate(last=Max("pk"))["last"] or 0
    rule = ReminderRule.objects.filter(tour=stop.tour_id, kind=departure.kind).first()
    for start in range(0, min(len(people), at_most), reminders.BATCH):
        some = people[start : min(start + reminders.BATCH, at_most)]
        if departure.order and departure.order.again_of_id:
            again.write_batch(departure.order, [person.key for person in some])
        elif departure.kind == ReminderKind.INVITATION:
            invitations.write_batch(stop.pk, departure.audience, some)
        elif rule is not None:
            addressed = [(departure.audience, person) for person in some]
            reminders.write_batch(Due(rule, stop), addressed, departure.at)
    # The lock of the stop keeps others from writing of it meanwhile.
    written = Message.objects.filter(pk__gt=last, subject=departure.subject, purpose=departure.kind)
    return list(written.order_by("pk").values_list("pk", flat=True))


@contextmanager
def undone() -> Iterator[None]:
    """A transaction whose writing is always taken back, and rings for nobody."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _target(marks: holds.Line) -> str:
    return f"departures:{marks.get('subject') or 'all'}"


def _fields(marks: holds.Line) -> list[str]:
    return [marks[name] for name in ("purpose", "audience", "language") if marks.get(name)]
