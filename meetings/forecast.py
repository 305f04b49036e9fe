"""If nothing changes: who will be written what, when, until the last text of the last stop.

The rules of `reminders`, run ahead of the clock: each text that is told here counts for the texts after
it, as the mail would. Nothing is written, and nobody is asked; who registers, answers or declines
meanwhile changes what happens.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from meetings import again, announcements, audiences, copies, invitations, letters, mail_texts, reminders
from meetings.audiences import Recipient
from meetings.models import AFTERWARDS, Campaign, ReminderKind, ReminderRule, Stop, StopStatus, Tour
from meetings.reminders import Addressed, Due, Mail
from outbox.models import MessageStatus

ONCE_PRESENT = "seated"  # whom the thanks go to at most, as long as nobody was there


@dataclass(frozen=True, slots=True)
class Departure:
    """One text to one audience in one language, from a moment on. `at_most`: to whom of them, the day
    will say. `unvalidated`: it leaves only once somebody stands for its words."""

    at: datetime
    stop: Stop
    kind: str
    audience: str
    language: str
    people: list[Recipient]
    at_most: bool
    unvalidated: bool = False
    order: Campaign | None = None  # that staff gave; none where a rule writes it
    copies: int = 0  # to assistants, with the mails to these people

    @property
    def subject(self) -> str:
        return f"stop:{self.stop.pk}"


@dataclass(frozen=True, slots=True)
class _Told:
    """One person, told one text at one moment."""

    at: datetime
    kind: str
    audience: str
    person: Recipient
    at_most: bool = False
    order: Campaign | None = None


def departures(tour: Tour, *, now: datetime, until: datetime) -> list[Departure]:
    """What leaves from `now` to `until`, in the order of its moment."""
    rules = list(ReminderRule.objects.filter(tour=tour, active=True))
    found: list[Departure] = []
    there = mail_texts.standing(tour.pk)
    for stop in Stop.objects.public().filter(tour=tour).select_related("current_release", "tour"):
        found += _grouped(stop, _Ahead(stop, now, until, there).told(rules), there)
    return sorted(found, key=lambda one: (one.at, one.stop.rank, one.kind, one.audience, one.language))


def _grouped(stop: Stop, told: Iterable[_Told], there: mail_texts.Standing) -> Iterator[Departure]:
    """What an order writes stands apart from what the rules do: staff can put it off by itself."""
    lines: dict[tuple[str, str, str, Campaign | None], list[_Told]] = {}
    for one in told:
        lines.setdefault((one.kind, one.audience, one.person.language, one.order), []).append(one)
    for (kind, audience, language, order), ones in lines.items():
        first, people = min(one.at for one in ones), [one.person for one in ones]
        silent = (mail_texts.kind_of(kind, audience), language) not in there
        yield Departure(
            first, stop, kind, audience, language, people, ones[0].at_most, silent, order,
            copies=copies.expected(people, kind),
        )  # fmt: skip


class _Ahead:
    """The mails of one stop, told as if the clock went on."""

    def __init__(self, stop: Stop, now: datetime, until: datetime, there: mail_texts.Standing) -> None:
        self.stop, self.now, self.until, self.there = stop, now, until, there
        self.owed = announcements.owed(stop)
        # What is on its way counts as arriving now.
        self.heard = {
            key: [mail if mail.at else replace(mail, at=now, status=MessageStatus.SENT) for mail in mails]
            for key, mails in reminders.heard(stop, None).items()
        }
        self.silent: list[Addressed] = []  # invited by what is told here, and presumed silent

    def told(self, rules: list[ReminderRule]) -> Iterator[_Told]:
        """In the order of their moments: who is written to by one is not by those after it."""
        acts: list[tuple[datetime, Callable[[datetime], Iterator[_Told]]]] = []
        for order in Campaign.objects.open().filter(stop=self.stop).select_related("stop", "again_of__stop"):
            acts.append((order.starts_at or self.now, partial(self._ordered, order)))
        for rule in sorted(rules, key=lambda rule: reminders.moment(rule, self.stop)):
            at = max(self.now, reminders.moment(rule, self.stop))
            if self._makes_sense(rule, at):
                acts.append((at, partial(self._by, rule)))
        for moment, act in sorted(acts, key=lambda one: max(self.now, one[0])):
            if (at := max(self.now, moment)) <= self.until:
                yield from act(at)

    def _ordered(self, order: Campaign, at: datetime) -> Iterator[_Told]:
        if at >= self.stop.starts_at:
            return
        if order.again_of_id:
            yield from self._invited_again(order, at)
        else:
            yield from self._invited(set(order.audiences), at=at, order=order)

    def _makes_sense(self, rule: ReminderRule, at: datetime) -> bool:
        """As `reminders.makes_sense`; a stop that is over by then counts as held."""
        kept = {StopStatus.PUBLISHED, StopStatus.HELD} if rule.kind in AFTERWARDS else {StopStatus.PUBLISHED}
        return self.stop.status in kept and at < reminders.until(rule, self.stop)

    def _by(self, rule: ReminderRule, at: datetime) -> Iterator[_Told]:
        if rule.kind == ReminderKind.INVITATION:
            yield from self._invited(set(rule.audiences), at=at)
        elif rule.kind in AFTERWARDS and self.now < self.stop.starts_at:
            yield from self._present(rule, at)
        else:
            yield from self._reminded(rule, at)

    def _invited(self, names: set[str], *, at: datetime, order: Campaign | None = None) -> Iterator[_Told]:
        seen = {(name, person.key) for name, person in self.silent}
        for name in (one.name for one in invitations.in_order() if one.name in names):
            if not invitations.invitable(self.stop, name):
                continue
            found = invitations.sort(self.stop, name, self.there)
            for person in (*found.by_mail, *found.unvalidated):
                if (name, person.key) not in seen:
                    self.silent.append((name, person))
                    self._remember(person, ReminderKind.INVITATION, at)
                    yield _Told(at, ReminderKind.INVITATION, name, person, order=order)

    def _invited_again(self, order: Campaign, at: datetime) -> Iterator[_Told]:
        """Those whom the order before it does not reach, as things stand."""
        for _pk, name, person in again.missed(order).people:
            if invitations.invitable(self.stop, name):
                self._remember(person, ReminderKind.INVITATION, at)
                yield _Told(at, ReminderKind.INVITATION, name, person, order=order)

    def _present(self, rule: ReminderRule, at: datetime) -> Iterator[_Told]:
        """Nobody was there yet: everybody with a seat is thanked at most."""
        if rule.kind != ReminderKind.THANKS:
            return
        for name in rule.audiences:
            for person in audiences.get(ONCE_PRESENT).members(self.stop):
                if letters.reaches(person.email):
                    yield _Told(at, rule.kind, name, person, at_most=True)

    def _reminded(self, rule: ReminderRule, at: datetime) -> Iterator[_Told]:
        item, seen = Due(rule, self.stop), set()
        concerned = list(reminders.concerned(item, None))
        if rule.kind == ReminderKind.NO_ANSWER:
            concerned += [one for one in self.silent if one[0] in rule.audiences]
        for audience, person in concerned:
            if person.key in seen or person.key in self.owed:
                continue
            seen.add(person.key)
            if (moment := self._first_moment(item, person, at)) is not None:
                self._remember(person, rule.kind, moment)
                yield _Told(moment, rule.kind, audience, person)

    def _first_moment(self, item: Due, person: Recipient, at: datetime) -> datetime | None:
        """When the cadence lets this person have the text, if it does before it makes no sense any more."""
        mails = self.heard.get(person.key, [])
        apart = (reminders.APART, reminders.AFTER_PREDECESSOR)
        later = {mail.at + wait for mail in mails if mail.at for wait in apart}
        end = min(self.until, reminders.until(item.rule, self.stop))
        for moment in sorted({at, *(one for one in later if at < one < end)}):
            if reminders.may_hear(item, mails, moment):
                return moment
        return None

    def _remember(self, person: Recipient, kind: str, at: datetime) -> None:
        mail = Mail(kind, MessageStatus.SENT, at, letters.revision(self.stop))
        self.heard.setdefault(person.key, []).append(mail)
