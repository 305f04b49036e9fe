"""Who came: marks made at the doors of a stop, and what follows from them.

Everything here happens under the stop's lock. A mark is never lost and never made twice: the device
names it (`client_id`) before it knows whether anybody hears it. Of several marks of one person the first
in time is the one that counts; one that was taken back counts no more, and stays.

A person is named by a key, as in audiences: "registration:7", "invitation:12".
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from meetings import gate
from meetings.models import Invitation, Meeting, MeetingKind, Stop
from meetings.wording import CALLED_OFF
from outbox import clock
from professionals.day.models import MarkQuerySet
from professionals.models import Mark, Registration, RegistrationStatus
from regions import legal_time

REGISTRATION, INVITATION = "registration", "invitation"


class NotOfThisStop(Exception):
    """Nobody of this key, or no such door, at this stop."""


class NotSeated(Exception):
    """They have no seat here: give them one first, which is a decision (walk_ins)."""


class DoorClosed(Exception):
    """The stop is not today: before its day, or called off."""


@dataclass(frozen=True, slots=True)
class First:
    """Since when somebody is there, as the first mark that stands says, and who saw it."""

    at: datetime
    by: str
    marks: tuple[uuid.UUID, ...]  # every mark that stands, the first first


@dataclass(frozen=True, slots=True)
class Sent:
    """A mark as a device kept it: made at `at` by the portal's clock, sent when it could."""

    client_id: uuid.UUID
    key: str
    at: datetime
    meeting: int | None = None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A mark that a device took back; the mark may have been another device's."""

    mark: uuid.UUID
    at: datetime


@dataclass(slots=True)
class Received:
    """What became of what a device sent. Whoever it names is stored; none is dropped."""

    stored: list[uuid.UUID] = field(default_factory=list)
    unknown: list[uuid.UUID] = field(default_factory=list)  # of another stop, or of nobody


def may_mark(stop: Stop, *, at: datetime) -> bool:
    """From the stop's own day on; never where nothing takes place."""
    return stop.status not in CALLED_OFF and legal_time.wall_clock(at).date() >= stop.date


@transaction.atomic
def mark(
    stop: Stop,
    *,
    key: str,
    by: User,
    meeting_id: int | None = None,
    client_id: uuid.UUID | None = None,
    device: str = "",
) -> Mark:
    """« Présent(e) », now, at the entrance or at the door of a workshop. The same `client_id` twice is once.

    Raises DoorClosed, NotOfThisStop, NotSeated, gate.Busy.
    """
    stop = gate.lock(stop.pk)
    now = clock.now()
    if not may_mark(stop, at=now):
        raise DoorClosed
    person = person_of(stop, key)
    meeting = _door(stop, meeting_id)
    if isinstance(person, Registration) and not _has_a_place(person, meeting):
        raise NotSeated
    sent = Sent(client_id or uuid.uuid4(), key, now, meeting_id)
    return _write(stop, sent, person, meeting, by=by, device=device)


@transaction.atomic
def take_back(stop: Stop, *, key: str, by: User, meeting_id: int | None = None) -> int:
    """« Annuler »: every mark of this person at this door that stands, now; answers how many did.

    Raises NotOfThisStop, gate.Busy.
    """
    stop = gate.lock(stop.pk)
    person = person_of(stop, key)
    standing = _marks_of(person).standing().filter(meeting=meeting_id)
    now = clock.now()
    undone = standing.update(undone_at=now, undone_by=by, stamped_at=_stamp(stop, now))
    keep_in_step(person)
    return undone


@transaction.atomic
def receive(stop: Stop, sent: Iterable[Sent | TakenBack], *, by: User, device: str = "") -> Received:
    """What a device did without network, in its order. Everything it saw is stored, with its own time.

    Whoever has lost the seat meanwhile, or never had one, is stored as seen and is not counted as present
    until somebody settles it (`unsettled`). Sending again changes nothing. Raises gate.Busy.
    """
    stop = gate.lock(stop.pk)
    answer = Received()
    for one in sent:
        if isinstance(one, TakenBack):
            known = _take_back_one(stop, one, by=by)
            (answer.stored if known else answer.unknown).append(one.mark)
            continue
        try:
            person, meeting = person_of(stop, one.key), _door(stop, one.meeting)
        except NotOfThisStop:
            answer.unknown.append(one.client_id)
            continue
        _write(stop, one, person, meeting, by=by, device=device)
        answer.stored.append(one.client_id)
    return answer


def keep_in_step(person: Registration | Invitation) -> None:
    """`checked_in_at` says when the first mark at the entrance that stands was made; only who has a seat
    has one. The caller holds the stop's lock."""
    if not isinstance(person, Registration):
        return
    first = person.marks.standing().filter(meeting=None).order_by("at", "pk").first()
    seated = person.status == RegistrationStatus.SEATED
    since = first.at if first and seated else None
    if since != person.checked_in_at:
        person.checked_in_at = since
        person.save(update_fields=["checked_in_at"])


def first_marks(stop: Stop, *, meeting_id: int | None = None, key: str = "") -> dict[str, First]:
    """Who was seen at this door, by key: since when, and by whom. One query."""
    rows = Mark.objects.standing().filter(stop=stop, meeting=meeting_id).order_by("at", "pk")
    if key:
        rows = rows.filter(**_column(key))
    found: dict[str, First] = {}
    for row in rows.select_related("by"):
        first = found.get(key_of(row))
        found[key_of(row)] = (
            First(first.at, first.by, (*first.marks, row.client_id))
            if first
            else First(row.at, str(row.by), (row.client_id,))
        )
    return found


def unsettled(stop: Stop) -> list[Registration]:
    """Seen at the entrance without a seat: a device without network could not know. Staff decide."""
    return list(
        Registration.objects.filter(stop=stop, marks__undone_at=None, marks__meeting=None, marks__stop=stop)
        .exclude(status=RegistrationStatus.SEATED)
        .select_related("professional__organisation")
        .distinct()
        .order_by("pk")
    )


def key_of(row: Mark | Registration | Invitation) -> str:
    """How audiences, forms and devices name a person of a stop."""
    if isinstance(row, Mark):
        return (
            f"{REGISTRATION}:{row.registration_id}"
            if row.registration_id
            else f"{INVITATION}:{row.invitation_id}"
        )
    return f"{REGISTRATION if isinstance(row, Registration) else INVITATION}:{row.pk}"


def doors(stop: Stop) -> Sequence[Meeting]:
    """The workshops, which have a door of their own behind the entrance."""
    return list(stop.meetings.filter(kind=MeetingKind.WORKSHOP).order_by("starts", "pk"))


def _column(key: str) -> dict[str, int]:
    """Raises NotOfThisStop."""
    kind, _colon, number = key.partition(":")
    if kind not in (REGISTRATION, INVITATION) or not (number.isascii() and number.isdigit()):
        raise NotOfThisStop
    if len(number) > 15:
        raise NotOfThisStop
    return {kind: int(number)}


def person_of(stop: Stop, key: str) -> Registration | Invitation:
    """Raises NotOfThisStop."""
    [(kind, number)] = _column(key).items()
    model: type[Registration] | type[Invitation] = Registration if kind == REGISTRATION else Invitation
    found = model._default_manager.filter(stop=stop, pk=number).first()
    if found is None:
        raise NotOfThisStop
    return found


def _door(stop: Stop, meeting_id: int | None) -> Meeting | None:
    """Raises NotOfThisStop."""
    if meeting_id is None:
        return None
    found = stop.meetings.filter(pk=meeting_id).first()
    if found is None:
        raise NotOfThisStop
    return found


def _has_a_place(registration: Registration, meeting: Meeting | None) -> bool:
    if registration.status != RegistrationStatus.SEATED:
        return False
    return meeting is None or registration.workshop_seats.filter(meeting=meeting).exists()


def _write(
    stop: Stop,
    sent: Sent,
    person: Registration | Invitation,
    meeting: Meeting | None,
    *,
    by: User,
    device: str,
) -> Mark:
    now = clock.now()
    made, new = Mark.objects.get_or_create(
        client_id=sent.client_id,
        defaults={
            "stop": stop,
            "registration": person if isinstance(person, Registration) else None,
            "invitation": person if isinstance(person, Invitation) else None,
            "meeting": meeting,
            "at": min(sent.at, now),
            "received_at": now,
            "by": by,
            "device": device[:36],
            "stamped_at": _stamp(stop, now),
        },
    )
    if new:
        keep_in_step(person)
    return made


def _take_back_one(stop: Stop, sent: TakenBack, *, by: User) -> bool:
    """Whether there is such a mark at this stop; of two who take it back the first did."""
    found = Mark.objects.filter(stop=stop, client_id=sent.mark).select_related("registration").first()
    if found is None:
        return False
    if found.undone_at is None:
        now = clock.now()
        found.undone_at, found.undone_by = min(sent.at, now), by
        found.stamped_at = _stamp(stop, now)
        found.save(update_fields=["undone_at", "undone_by", "stamped_at"])
        if found.registration:
            keep_in_step(found.registration)
    return True


def _marks_of(person: Registration | Invitation) -> MarkQuerySet:
    return Mark.objects.filter(**_column(key_of(person)))


def _stamp(stop: Stop, now: datetime) -> datetime:
    """Later than every stamp of this stop before, even when two machines' clocks disagree."""
    last = Mark.objects.filter(stop=stop).aggregate(last=Max("stamped_at"))["last"]
    return now if last is None or now > last else last + timedelta(microseconds=1)
