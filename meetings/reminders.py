"""Reminders: which texts are due for which stop, and to whom they were not written yet.

Nothing is planned ahead and nothing is ticked off: what is due follows from the rules of the tour, the
day of the stop and the mails written so far. So a day without beat is caught up with, a second beat
finds everything written, and a stop put back is reminded of again as its new day comes near.

The cadence, for each person and stop:

- once per text and day of the stop;
- two days apart from any other mail about that stop, confirmations and changes included. The
  reminder of the eve is neither held back nor holds back;
- not before the news: who is still to hear of a change of the stop hears of it first;
- in words that somebody validated: until then nobody is written to, and nobody is forgotten;
- three days after the mail it builds on arrived: « no answer » on the invitation, « one week » on
  the confirmation of the seat. The eve and the thanks speak of the day itself and build on none.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from django.db import transaction

from meetings import (
    announcements,
    answers,
    audiences,
    copies,
    filling,
    gate,
    invitations,
    letters,
    mail_texts,
    officials,
    overtaken,
    unsubscribing,
)
from meetings.audiences import Recipient
from meetings.models import (
    AFTERWARDS,
    Answer,
    Channel,
    Invitation,
    MailText,
    ReminderKind,
    ReminderRule,
    Stop,
    StopStatus,
    Tour,
)
from meetings.visibility import Viewer, viewer_of_person
from outbox import clock, queue
from outbox.keys import person_of
from outbox.models import Message, MessageStatus, Priority
from regions import legal_time
from regions.models import Official

logger = logging.getLogger(__name__)

APART = timedelta(hours=48)
AFTER_PREDECESSOR = timedelta(days=3)
BATCH = 25
LIMIT = 1000  # mails of one run; what is left is due at the next

# Whoever learns that they come, or on which day, after the eve's moment needs no reminder of it.
TELLS_THE_DAY = {"seat", "promoted", answers.ACCEPTED, "moved", "venue_changed"}
# Purposes of the mails one of which must have arrived before.
PREDECESSORS = {
    ReminderKind.NO_ANSWER: {invitations.PURPOSE},
    # A change told since speaks of the seat too, also where it overtook its confirmation.
    ReminderKind.SEATED_WEEK: TELLS_THE_DAY,
}
# What readers may want no more of; the others tell of their own seat.
REFUSABLE = {ReminderKind.NO_ANSWER, *AFTERWARDS}
NEVER_ARRIVED = {MessageStatus.TOO_LATE, MessageStatus.FAILED}

Addressed = tuple[str, Recipient]  # the audience a person was found in, the person

DEFAULTS: tuple[tuple[ReminderKind, tuple[str, ...], int, time, int | None], ...] = (
    (ReminderKind.INVITATION, (*officials.BODIES, "professionals"), -21, time(9), None),
    # Until four days before: whoever was invited late is asked once more, not in the last days.
    (ReminderKind.NO_ANSWER, (*officials.BODIES, "professionals"), -10, time(9), 6 * 24),
    (ReminderKind.SEATED_WEEK, ("seated", officials.ACCEPTED), -7, time(9), 3 * 24),
    (ReminderKind.SEATED_EVE, ("seated", officials.ACCEPTED), -1, time(16), None),
    (ReminderKind.THANKS, ("attended",), 1, time(10), 4 * 24),
    (ReminderKind.MISSED, ("missed",), 1, time(10), 4 * 24),
    (ReminderKind.EXCUSED, ("excused",), 1, time(10), 4 * 24),
)


def lay_down(tour: Tour) -> None:
    """Give a tour the usual rules; those it has already stay as staff left them."""
    for kind, names, days, hour, sensible in DEFAULTS:
        ReminderRule.objects.get_or_create(
            tour=tour,
            kind=kind,
            defaults={
                "audiences": list(names),
                "days": days,
                "local_time": hour,
                "sensible_hours": sensible,
            },
        )


def moment(rule: ReminderRule, stop: Stop) -> datetime:
    """The instant at which Moroccan clocks show the hour of the rule on its day."""
    return legal_time.instant(stop.date + timedelta(days=rule.days), rule.local_time)


def until(rule: ReminderRule, stop: Stop) -> datetime:
    """From this instant on the text makes no sense any more: never past the beginning of the stop."""
    if rule.sensible_hours is None:
        return stop.starts_at
    last = moment(rule, stop) + timedelta(hours=rule.sensible_hours)
    return last if rule.kind in AFTERWARDS else min(last, stop.starts_at)


@dataclass(frozen=True, slots=True)
class Due:
    """A text whose moment has come for a stop. Whether anybody is left to write to: `pending`."""

    rule: ReminderRule
    stop: Stop


def makes_sense(rule: ReminderRule, stop: Stop, now: datetime) -> bool:
    """Only stops that take place are reminded of; only those that took place are thanked for."""
    kept = {StopStatus.PUBLISHED}
    if rule.kind in AFTERWARDS:
        kept.add(StopStatus.HELD)
    return (
        rule.active
        and stop.status in kept
        and stop.current_release_id is not None
        and moment(rule, stop) <= now < until(rule, stop)
    )


def due(now: datetime) -> list[Due]:
    """Every text whose moment has come and which still makes sense, in the order of its moment."""
    rules: dict[int, list[ReminderRule]] = {}
    for rule in ReminderRule.objects.filter(active=True):
        rules.setdefault(rule.tour_id, []).append(rule)
    stops = Stop.objects.public().filter(tour__in=rules).select_related("current_release", "tour")
    found = [
        Due(rule, stop) for stop in stops for rule in rules[stop.tour_id] if makes_sense(rule, stop, now)
    ]
    return sorted(found, key=lambda item: moment(item.rule, item.stop))


def pending(
    item: Due,
    now: datetime,
    *,
    among: list[Addressed] | None = None,
    there: mail_texts.Standing | None = None,
) -> list[Addressed]:
    """Who is still to be written to, with their audience. Invitations are `invitations.write_to`'s.

    Nobody in whose language nobody stands for the words: `there`, as of `mail_texts.standing`, is read
    when left out. `among` narrows the question to people found before.
    """
    if there is None:
        there = mail_texts.standing(item.stop.tour_id, item.rule.kind)
    hashes = None if among is None else [queue.hash_of(person.email) for _, person in among]
    history = heard(item.stop, hashes)
    first_the_news = announcements.owed(item.stop)
    found: dict[str, Addressed] = {}
    for audience, person in concerned(item, among):
        if person.key in first_the_news:
            continue
        if _text(item, (audience, person), there) is None:
            continue
        if person.key not in found and may_hear(item, history.get(person.key, []), now):
            found[person.key] = audience, person
    wanted = found if among is None else {person.key for _, person in among}
    return [addressed for key, addressed in found.items() if key in wanted]


def write_due(now: datetime | None = None, *, limit: int = LIMIT) -> int:
    """Write what is due and not yet written, about `limit` mails at most; answers how many.

    Twice, or by two at once, is once. A stop or rule that fails is logged and does not keep the
    others waiting; the failures are raised at the end.
    """
    now = now or clock.now()
    jobs: list[tuple[str, Callable[..., int]]] = [
        (f"overtaken invitations of stop {stop.pk}", partial(_rewrite, stop)) for stop in overtaken.stops()
    ]
    jobs += [
        (f"reminder {item.rule.kind} of stop {item.stop.pk}", partial(_write_item, item, now))
        for item in due(now)
    ]
    written, failures = 0, []
    for name, job in jobs:
        if written >= limit:
            break
        try:
            written += job(limit=limit - written)
        except Exception as error:
            logger.exception("%s failed", name)
            failures.append(error)
    if failures:
        raise ExceptionGroup("reminders that could not be written", failures)
    return written


def _rewrite(stop: Stop, *, limit: int) -> int:
    written = 0
    while written < limit and (more := overtaken.rewrite(stop.pk)):
        written += more
    return written


def _write_item(item: Due, now: datetime, *, limit: int) -> int:
    if item.rule.kind == ReminderKind.INVITATION:
        return invitations.write_to(item.stop, item.rule.audiences, limit=limit)
    people = pending(item, now)[:limit]
    return sum(
        write_batch(item, people[start : start + BATCH], now) for start in range(0, len(people), BATCH)
    )


@transaction.atomic
def write_batch(item: Due, people: list[Addressed], now: datetime) -> int:
    """Write to these people what is still due to them, read again under the stop's lock."""
    stop = gate.lock(item.stop.pk)
    item = Due(item.rule, stop)
    if not makes_sense(item.rule, stop, now):
        return 0
    there = mail_texts.standing(stop.tour_id, item.rule.kind)
    batch = pending(item, now, among=people, there=there)
    offices = officials.by_key((person.key for _, person in batch), hold=True)
    rows = _unanswered(stop, [person.key for _, person in batch])
    return sum(
        _enqueue(item, audience, person, text, offices.get(person.key), rows.get((audience, person.key)))
        for audience, person in batch
        if (text := _text(item, (audience, person), there))
    )


def _text(item: Due, addressed: Addressed, there: mail_texts.Standing) -> MailText | None:
    """The words for this person, when somebody stands for them."""
    audience, person = addressed
    return there.get((mail_texts.kind_of(item.rule.kind, audience), person.language))


def concerned(item: Due, among: list[Addressed] | None) -> Iterator[Addressed]:
    """Whom the text is for at this moment, whatever they heard before."""
    if item.rule.kind == ReminderKind.NO_ANSWER:
        yield from _silent(item, among)
        return
    keys = None if among is None else [person.key for _, person in among]
    for name in item.rule.audiences:
        people = [one for one in audiences.get(name).those(item.stop, keys) if letters.reaches(one.email)]
        if item.rule.kind in REFUSABLE and people:
            people = unsubscribing.willing(people, item.rule.kind, name)
        yield from ((name, person) for person in people)


def _silent(item: Due, among: list[Addressed] | None) -> Iterator[Addressed]:
    """Who was invited by mail, may be asked again, and did not answer."""
    rows = _unanswered(item.stop, None if among is None else [person.key for _, person in among])
    holders = {audience for audience, _key in rows}
    for name in item.rule.audiences:
        if name not in holders or not invitations.invitable(item.stop, name):
            continue
        if among is None:
            people = list(audiences.get(name).members(item.stop))
        else:
            people = [person for audience, person in among if audience == name]
        asked = [p for p in people if letters.reaches(p.email) and (name, p.key) in rows]
        yield from ((name, person) for person in unsubscribing.willing(asked, item.rule.kind, name))


def _unanswered(stop: Stop, keys: list[str] | None) -> dict[tuple[str, str], Invitation]:
    rows = Invitation.objects.filter(stop=stop, channel=Channel.MAIL, answer=Answer.NONE)
    if keys is not None:
        rows = rows.filter(key__in=keys)
    return {(row.audience, row.key): row for row in rows}


@dataclass(frozen=True, slots=True)
class Mail:
    """What a person was written about a stop. `at` is None while it has not left."""

    purpose: str
    status: str
    at: datetime | None
    revision: str


def heard(stop: Stop, hashes: list[str] | None) -> dict[str, list[Mail]]:
    """The mails of a stop that arrived or still may, by person."""
    rows = Message.objects.filter(subject=f"stop:{stop.pk}").exclude(status=MessageStatus.SUPERSEDED)
    if hashes is not None:
        rows = rows.filter(recipient_hash__in=hashes)
    found: dict[str, list[Mail]] = {}
    for key, purpose, status, at in rows.values_list("key", "purpose", "status", "final_at"):
        mail = Mail(purpose=purpose, status=status, at=at, revision=key.rpartition(":")[2])
        found.setdefault(person_of(key), []).append(mail)
    return found


def may_hear(item: Due, mails: list[Mail], now: datetime) -> bool:
    """Whether the cadence lets this person have the text now."""
    day = letters.revision(item.stop).partition(".")[0]
    kind = ReminderKind(item.rule.kind)
    if any(mail.purpose == kind and mail.revision.partition(".")[0] == day for mail in mails):
        return False
    if kind == ReminderKind.SEATED_EVE:
        due_at = moment(item.rule, item.stop)
        return not any(
            mail.purpose in TELLS_THE_DAY and (mail.at is None or mail.at >= due_at) for mail in mails
        )
    arrived = [mail for mail in mails if mail.status not in NEVER_ARRIVED]
    apart = all(
        mail.at is not None and now - mail.at >= APART
        for mail in arrived
        if mail.purpose != ReminderKind.SEATED_EVE
    )
    return apart and _predecessor_arrived(kind, arrived, now)


def _predecessor_arrived(kind: ReminderKind, mails: list[Mail], now: datetime) -> bool:
    if kind not in PREDECESSORS:
        return True
    sent = [
        mail.at
        for mail in mails
        if mail.purpose in PREDECESSORS[kind] and mail.status == MessageStatus.SENT and mail.at
    ]
    return bool(sent) and now - max(sent) >= AFTER_PREDECESSOR


def _enqueue(
    item: Due,
    audience: str,
    person: Recipient,
    text: MailText,
    official: Official | None,
    invitation: Invitation | None,
) -> bool:
    rule, stop = item.rule, item.stop
    kind = ReminderKind(rule.kind)
    said, unsubscribe = context(stop, person, official), ""
    if kind in REFUSABLE:
        unsubscribe = unsubscribing.link(person, kind, audience)
    if kind == ReminderKind.NO_ANSWER:
        assert invitation is not None  # noqa: S101 (`_silent` found them by it)
        said = invitations.context(stop, invitation, person, official=official)
    entry = None
    if kind == ReminderKind.SEATED_EVE:
        viewer, step = _viewer(stop, person), person.calendar_step
        entry = answers.entry(stop, person, viewer, step=step, comes=True, url=said["manage_url"])
    return queue.enqueue(
        key=f"{kind}:{person.key}:{stop.pk}:{letters.revision(stop)}{mail_texts.in_words(text)}",
        purpose=kind,
        to=person.email,
        template=filling.TEMPLATE,
        context=filling.context(text, said),
        language=person.language,
        priority=Priority.CAMPAIGN if kind == ReminderKind.NO_ANSWER else Priority.REMINDER,
        subject=f"stop:{stop.pk}",
        audience=audience,
        valid_until=until(rule, stop),
        calendar=entry,
        reply_to=letters.reply_to(stop),
        unsubscribe_url=unsubscribe,
        copy=copies.of(official, kind, said, language=person.language, text=text),
    )


def context(stop: Stop, person: Recipient, official: Official | None) -> dict[str, Any]:
    """What reminders of those who come are made of, in the person's language."""
    assert stop.current_release is not None  # noqa: S101 (`makes_sense` says so)
    viewer = _viewer(stop, person)
    own_page = person.links.get("registration") or person.links.get("invitation", "")
    return {
        "name": person.name,
        "addressed": officials.addressed(official, person.language) if official else "",
        **letters.about(stop.current_release, person.language, viewer=viewer),
        "confirm_url": person.links.get("confirm", ""),
        "withdraw_url": person.links.get("withdraw", ""),
        "manage_url": own_page,
        "handouts": letters.handouts(stop.current_release, person.language, viewer=viewer, own_page=own_page),
        "answer_url": person.links.get("invitation", ""),
    }


def _viewer(stop: Stop, person: Recipient) -> Viewer:
    return viewer_of_person(person.key, stop.pk)
