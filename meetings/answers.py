"""What officials answer to their invitation: they come, they do not, or somebody comes for them.

They and their companions take seats from those held for their institution, past those free ones: see
held_seats. An answer may be changed until the stop begins. Whoever said yes gets the stop into their
calendar; who takes it back gets it out again. Every change raises the step, so entries follow one another.
"""

from typing import Any

from django.db import transaction

from meetings import (
    addresses,
    attendance,
    calendar,
    gate,
    held_seats,
    invitations,
    letters,
    notices,
    officials,
    visibility,
)
from meetings.audiences import Recipient
from meetings.models import Answer, Invitation, ReminderKind, Stop, StopStatus
from meetings.visibility import Viewer
from outbox import clock, queue
from outbox.queue import Calendar
from regions.models import Official

ACCEPTED = "accepted"
DECLINED = "declined"
MOST_COMPANIONS = 20
# What the people concerned hear of when it changes; how many come along is between them and the team.
TOLD = {"answer", "replacement_function", "replacement_name", "replacement_email"}
NOBODY_ELSE = {"replacement_function": "", "replacement_name": "", "replacement_email": "", "companions": 0}


class TooLate(Exception):
    """The stop has begun, is off, or has no day: answers are taken no more."""


def open_to_answers(stop: Stop) -> bool:
    return stop.status == StopStatus.PUBLISHED and clock.now() < stop.starts_at


def accept(invitation: Invitation, *, companions: int = 0) -> Invitation:
    """They come, with so many others. Raises TooLate, held_seats.NoSeatLeft."""
    return _answer(invitation.pk, answer=Answer.ACCEPTED, companions=companions)


def decline(invitation: Invitation) -> Invitation:
    """They do not come. Raises TooLate."""
    return _answer(invitation.pk, answer=Answer.DECLINED)


def replace(
    invitation: Invitation, *, function: str = "", name: str = "", email: str = "", companions: int = 0
) -> Invitation:
    """Somebody comes for them, named by function or name; with an address they get the entry too.

    Raises TooLate, held_seats.NoSeatLeft; ValueError when nobody is named.
    """
    if not (function.strip() or name.strip()):
        raise ValueError("a replacement has a function or a name")
    return _answer(
        invitation.pk,
        answer=Answer.REPLACED,
        replacement_function=function.strip(),
        replacement_name=name.strip(),
        replacement_email=email.strip().lower(),
        companions=companions,
    )


@transaction.atomic
def _answer(invitation_id: int, **said: Any) -> Invitation:
    """Write an answer and tell those whose calendar it changes. The same answer again is nothing."""
    stop_id = Invitation.objects.values_list("stop_id", flat=True).get(pk=invitation_id)
    stop = gate.lock(stop_id)
    if not open_to_answers(stop):
        raise TooLate
    before = Invitation.objects.get(pk=invitation_id)
    now = Invitation.objects.get(pk=invitation_id)
    now.stop = stop
    said = {**NOBODY_ELSE, **said}
    if all(getattr(before, field) == value for field, value in said.items()):
        return now
    for field, value in said.items():
        setattr(now, field, value)
    now.answered_at = clock.now()
    if before.answer != Answer.NONE and any(
        getattr(before, name) != said[name] for name in TOLD & said.keys()
    ):
        now.calendar_step += 1
    _save(stop, before, now, [*said, "answered_at", "calendar_step"])
    queue.supersede(subject=f"stop:{stop.pk}", purposes=[ReminderKind.NO_ANSWER], person=now.key)
    if officials.is_official(now.audience):
        _tell(stop, before, now)
    return now


def _save(stop: Stop, before: Invitation, now: Invitation, fields: list[str]) -> None:
    """Write the answer; seats given back go to the queue. Raises held_seats.NoSeatLeft."""
    moves = held_seats.pool_of(now.audience) is not None and _seats(before) != _seats(now)
    if not moves:
        now.save(update_fields=fields)
        return
    held_seats.check_room(stop, now.audience, before=_seats(before), after=_seats(now))
    taken = attendance.taken_at(stop)
    now.save(update_fields=fields)
    attendance.current().room_changed(stop, before=taken)


def _seats(invitation: Invitation) -> int:
    """How many seats this answer takes."""
    return 1 + invitation.companions if invitation.answer in held_seats.COMING else 0


def _tell(stop: Stop, before: Invitation, now: Invitation) -> None:
    official = officials.by_key([now.key]).get(now.key)
    if official is None:
        return
    stood_in = before.replacement_email
    if stood_in and stood_in != now.replacement_email:
        person = officials.replacement(before, language=official.language)
        _write(stop, now, person, official, template="replacement_ended", comes=False)
    if now.replacement_email and stood_in != now.replacement_email:
        person = officials.replacement(now, language=official.language)
        _write(stop, now, person, official, template="replacement", comes=True)
    person = officials.recipient(official, {now.key: now})
    if not person.email or before.answer == now.answer:
        return
    if now.answer == Answer.ACCEPTED:
        _write(stop, now, person, official, template=ACCEPTED, comes=True)
    elif before.answer == Answer.ACCEPTED:
        _write(stop, now, person, official, template=DECLINED, comes=False)


def _write(
    stop: Stop,
    invitation: Invitation,
    person: Recipient,
    official: Official,
    *,
    template: str,
    comes: bool,
) -> None:
    purpose = ACCEPTED if comes else DECLINED
    # What tells the answer before, and has not left, does not leave after this one. The replacements of one
    # official share a key: whoever is expected no more hears of it although somebody else is.
    over = {*notices.OVERTAKEN, DECLINED} - {invitations.PURPOSE}
    if template == "replacement":
        over.remove(DECLINED)
    queue.supersede(subject=f"stop:{stop.pk}", purposes=over, person=person.key)
    queue.enqueue(
        key=f"{purpose}:{person.key}:{stop.pk}:{invitation.calendar_step}",
        purpose=purpose,
        to=person.email,
        template=template,
        context={
            **invitations.context(stop, invitation, person, official=official),
            "function": officials.function(official, person.language),
            "represented": invitation.answer == Answer.REPLACED,
        },
        language=person.language,
        subject=f"stop:{stop.pk}",
        valid_until=stop.starts_at,
        calendar=entry(
            stop, person, visibility.viewer_of(invitation), step=invitation.calendar_step, comes=comes
        ),
        reply_to=letters.reply_to(stop),
    )


def entry(
    stop: Stop, person: Recipient, viewer: Viewer, *, step: int, comes: bool, url: str = ""
) -> Calendar:
    """The stop for one person's calendar, with the meetings they may read of: put in, or taken out."""
    assert stop.current_release is not None  # noqa: S101 (only released stops ask for answers)
    document = visibility.document_for(viewer, stop.current_release, clock.now())
    make = calendar.request if comes else calendar.cancel
    return make(
        document,
        language=person.language,
        attendee_email=person.email,
        attendee_name=person.name,
        organizer_email=stop.tour.sender_email,
        sequence=stop.sequence + step,
        url=url or addresses.page_of(document, person.language),
    )
