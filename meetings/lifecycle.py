"""What becomes of a released stop: it moves, changes its place, is postponed, cancelled, held.

Every verb is one transaction under the stop's lock: it checks, makes a release of its own fields
only, raises the sequence when the instant or place that calendars show changes, stops the mails
that tell the old state, orders that those concerned be told and leaves an entry in the journal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from meetings import attendance, copies, differences, documents, gate, notices, releases
from meetings.changes import Change, work_out
from meetings.documents import Document, MeetingDocument, Restricted
from meetings.gate import Busy, lock
from meetings.models import Meeting, Release, Stop, StopStatus
from outbox import clock
from regions.languages import Texts

__all__ = [
    "Busy",
    "Preview",
    "Refused",
    "cancel",
    "change",
    "hold",
    "lock",
    "pause_registration",
    "postpone",
    "preview",
    "preview_calling_off",
    "resume_registration",
    "withdraw_meeting",
]


class Refused(Exception):
    """It cannot be done: `problems` says why, a sentence each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__(" ".join(self.problems))


@dataclass(frozen=True, slots=True)
class Preview:
    """What an operation would do, for staff to read before they confirm."""

    differences: list[str]
    recipients: dict[tuple[str, str], int]  # (audience, language) -> people written to
    warnings: list[str]
    problems: list[str]

    @property
    def total(self) -> int:
        return sum(self.recipients.values())


def preview(stop: Stop, wanted: Mapping[str, Any]) -> Preview:
    """What `change` would do with the same values. Nothing is written or locked."""
    change = work_out(stop, wanted)
    if problems := change.problems():
        return Preview([], {}, change.warnings(), problems)
    told = notices.people(stop) if change.purpose else []
    return Preview(
        differences=differences.between(change.release.document, change.document())
        + differences.between(change.release.restricted, change.restricted())
        + _seats(change),
        recipients=notices.count(told),
        warnings=change.warnings() + (_besides(stop, told, change.purpose) if change.purpose else []),
        problems=[],
    )


def preview_calling_off(stop: Stop) -> Preview:
    """Who would be told of a cancellation or a postponement."""
    told = notices.people(stop)
    return Preview([], notices.count(told), _besides(stop, told, "cancelled"), [])


def _besides(stop: Stop, told: list[notices.Told], purpose: str) -> list[str]:
    """Who is to be told otherwise, and whose assistants get copies."""
    return notices.by_hand(stop) + copies.sentences((one.person for one in told), purpose)


@transaction.atomic
def change(stop: Stop, *, changes: Mapping[str, Any], by: User | None) -> Release:
    """Change date, hours, venue, city, seats or registration window of a released stop.

    Its meetings move with its beginning. A postponed stop given a date (the same will do) is on
    again. Fewer seats evict nobody. Raises Refused, Busy.
    """
    stop = lock(stop.pk)
    work = work_out(stop, changes)
    if problems := work.problems():
        raise Refused(problems)
    told = notices.people(stop) if work.purpose else []
    rows = work.shifted_rows()
    release = releases.write(
        stop, document=work.document(), restricted=work.restricted(), by=by, **work.values()
    )
    if work.shift:
        Meeting.objects.bulk_update(rows, ["starts", "ends"])
    if work.purpose:
        notices.tell(stop, work.purpose, to=told, release=release)
    if "seats" in work.fields or work.resumes:
        attendance.current().room_changed(stop)
    audit.record(by, "change", f"stop:{stop.pk}", fields=work.fields)
    return release


@transaction.atomic
def cancel(stop: Stop, *, by: User | None, reason: Texts | None = None) -> Release:
    """Call a stop off for good; `reason` is public. Raises Refused, Busy."""
    return _call_off(
        lock(stop.pk), StopStatus.CANCELLED, "cancelled", by=by, reason=reason or documents.NO_TEXT
    )


@transaction.atomic
def postpone(stop: Stop, *, by: User | None, reason: Texts | None = None) -> Release:
    """Take a stop's day away; `change` gives it another. Raises Refused, Busy."""
    return _call_off(
        lock(stop.pk), StopStatus.POSTPONED, "postponed", by=by, reason=reason or documents.NO_TEXT
    )


@transaction.atomic
def hold(stop: Stop, *, by: User | None) -> None:
    """Note that a stop took place. Raises Refused before it begins, Busy."""
    stop = lock(stop.pk)
    if stop.status != StopStatus.PUBLISHED or clock.now() < stop.starts_at:
        raise Refused([_("Seule une étape publiée et commencée peut être tenue.")])
    _write(stop, status=StopStatus.HELD)
    audit.record(by, "hold", f"stop:{stop.pk}")


@transaction.atomic
def pause_registration(stop: Stop, *, by: User | None) -> None:
    """Take no registrations until they are resumed. Raises Refused, Busy."""
    _pause(lock(stop.pk), paused=True, verb="pause_registration", by=by)


@transaction.atomic
def resume_registration(stop: Stop, *, by: User | None) -> None:
    """Take registrations again. Raises Refused, Busy."""
    _pause(lock(stop.pk), paused=False, verb="resume_registration", by=by)


@transaction.atomic
def withdraw_meeting(meeting: Meeting, *, by: User | None) -> None:
    """Take a meeting out of a stop, and out of what was released of it; who chose it is freed and told.

    Raises Busy.
    """
    stop = lock(meeting.stop_id)
    attendance.current().meeting_withdrawn(meeting)
    target = f"meeting:{meeting.pk}"
    meeting_id = meeting.pk
    meeting.delete()
    if (last := stop.current_release) and stop.status != StopStatus.CANCELLED:
        document: Document = {
            **cast(Document, last.document),
            "meetings": _without(last.document["meetings"], meeting_id),
        }
        restricted: Restricted = {
            **cast(Restricted, last.restricted),
            "registered": _without(last.restricted["registered"], meeting_id),
            "invited": _without(last.restricted["invited"], meeting_id),
        }
        if (document, restricted) != (last.document, last.restricted):
            releases.write(stop, document=document, restricted=restricted, by=by)
    audit.record(by, "withdraw_meeting", target)


def _call_off(stop: Stop, status: StopStatus, purpose: str, *, by: User | None, reason: Texts) -> Release:
    may = {StopStatus.PUBLISHED: True, StopStatus.POSTPONED: status == StopStatus.CANCELLED}
    if not may.get(StopStatus(stop.status)):
        raise Refused([_("L’état de cette étape ne le permet pas.")])
    if any(reason.values()) and not all(reason.values()):
        raise Refused([_("Donnez le motif en français, en arabe et en anglais, ou dans aucune langue.")])
    last = stop.current_release
    assert last is not None  # noqa: S101 - a stop that left the draft has one (constraint)
    told = notices.people(stop)
    sequence = stop.sequence + 1
    document: Document = {
        **cast(Document, last.document),
        "reason": reason,
        "called_off": status.value,
        "calendar": {"uid": stop.calendar_uid, "sequence": sequence},
    }
    release = releases.write(
        stop,
        document=document,
        restricted=last.restricted,
        by=by,
        status=status,
        sequence=sequence,
    )
    notices.tell(stop, purpose, to=told, release=release)
    audit.record(by, purpose, f"stop:{stop.pk}")
    return release


def _pause(stop: Stop, *, paused: bool, verb: str, by: User | None) -> None:
    if stop.status != StopStatus.PUBLISHED:
        raise Refused([_("Les inscriptions ne concernent qu’une étape publiée.")])
    if stop.registration_paused == paused:
        return
    _write(stop, registration_paused=paused)
    audit.record(by, verb, f"stop:{stop.pk}")


def _write(stop: Stop, **fields: Any) -> None:
    with gate.opened():
        Stop.objects.filter(pk=stop.pk).update(revision=F("revision") + 1, **fields)


def _seats(change: Change) -> list[str]:
    """Seats stand in no document: their change is told to staff here."""
    if "seats" not in change.fields:
        return []
    return [_("places : %(before)d → %(after)d") % {"before": change.stop.seats, "after": change.after.seats}]


def _without(meetings: list[MeetingDocument], meeting_id: int) -> list[MeetingDocument]:
    return [meeting for meeting in meetings if meeting["id"] != meeting_id]
