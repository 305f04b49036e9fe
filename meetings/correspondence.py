"""Letters on paper to officials: numbered in the year's register, made once, handed over, made anew.

A number is given in the transaction that writes the letter, under the lock of its year: so there are no
holes, and none is given twice. The letter says for good what it said then; printing it again prints it
again. Once the stop has another day, hours or place, what was written is out of date: a new letter, with
a number of its own, annuls and replaces it.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max

from accounts import audit
from accounts.models import User
from meetings import answers, gate, invitations, letter_words, letters, mail_texts, notices, officials
from meetings.models import Answer, Channel, Invitation, Letter, LetterYear, MailText, Stop, TextKind
from meetings.models.letter import reference
from outbox import clock, kinds, queue, suppressions
from regions import legal_time
from regions.models import Official

AHEAD = timedelta(days=15)  # a letter is dated for the day it is signed, not long after


class NotNow(Exception):
    """The stop is not published, or has begun: nobody is invited by letter."""


class Misdated(Exception):
    """A day on which no letter of today is signed, or none is handed over."""


class AlreadyWritten(Exception):
    """A letter was made for this person: they stay with letters."""


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody who gets letters for a stop; `invitation` is None before they are invited."""

    official: Official
    invitation: Invitation | None = None
    letters: tuple[Letter, ...] = ()  # the newest first
    sequence: int = 0  # of the stop, now

    @property
    def letter(self) -> Letter | None:
        return self.letters[0] if self.letters else None

    @property
    def is_out_of_date(self) -> bool:
        return self.letter is not None and self.letter.sequence != self.sequence

    @property
    def declined(self) -> bool:
        return self.invitation is not None and self.invitation.answer == Answer.DECLINED

    @property
    def to_make(self) -> bool:
        return (self.letter is None or self.is_out_of_date) and not self.declined

    @property
    def to_hand(self) -> bool:
        return self.letter is not None and self.letter.handed_on is None and not self.is_out_of_date

    @property
    def silent(self) -> bool:
        """They have the letter, and did not answer."""
        asked = self.invitation is not None and self.invitation.answer == Answer.NONE
        return asked and any(letter.handed_on for letter in self.letters)

    @property
    def to_tell(self) -> bool:
        """What they were handed is no longer so, and nobody told them."""
        if self.declined or (self.letter and self.letter.handed_on and not self.is_out_of_date):
            return False
        old = [one for one in self.letters if one.handed_on and one.sequence != self.sequence]
        return bool(old) and all(one.told_sequence != self.sequence for one in self.letters)


@dataclass(slots=True)
class Made:
    """What became of an order for letters."""

    letters: list[Letter] = field(default_factory=list)
    unvalidated: Counter[str] = field(default_factory=Counter)  # language -> letters nobody stands for
    unsigned: Counter[str] = field(default_factory=Counter)  # language -> letters without a signatory


def lines(stop: Stop) -> list[Line]:
    """Everybody who gets letters for a stop, in the order of protocol. A few queries for all."""
    rows = stop.invitations.filter(audience__in=officials.BODIES)
    asked = {row.key: row for row in rows}
    written: dict[int, list[Letter]] = {}
    found = Letter.objects.filter(invitation__stop=stop).select_related("made_by", "told_by")
    for letter in found.order_by("-pk"):
        written.setdefault(letter.invitation_id, []).append(letter)
    people = list(officials.expected(stop))
    here = {official.pk for official in people}
    gone = [key for key, row in asked.items() if row.channel == Channel.LETTER and row.pk in written]
    people += [one for one in officials.by_key(gone).values() if one.pk not in here]
    new = (one.email for one in people if f"official:{one.pk}" not in asked)
    silent = suppressions.refusing(new, kinds.of(invitations.PURPOSE))
    return [
        Line(official, row, tuple(written.get(row.pk, ())) if row else (), stop.sequence)
        for official in people
        if _gets_letters(official, row := asked.get(f"official:{official.pk}"), silent)
    ]


def by_mail(stop: Stop) -> list[Line]:
    """Officials invited by mail who did not answer: they may be written a letter instead."""
    rows = stop.invitations.filter(audience__in=officials.BODIES, channel=Channel.MAIL, answer=Answer.NONE)
    asked = {row.key: row for row in rows}
    return [
        Line(official, asked[key])
        for official in officials.expected(stop)
        if (key := f"official:{official.pk}") in asked
    ]


@transaction.atomic
def make(stop: Stop, *, dated: date, by: User | None, again: Collection[int] = ()) -> Made:
    """Number and write the letters that are missing or out of date, and those to the invitations `again`.

    Whoever is to be written a letter and was not invited yet is invited by it. Twice is once. Raises
    NotNow, Misdated, gate.Busy.
    """
    stop = gate.lock(stop.pk)
    if not answers.open_to_answers(stop):
        raise NotNow
    if not legal_time.today() <= dated <= legal_time.today() + AHEAD:
        raise Misdated
    _invite(stop)
    made = Made()
    for line, text in _writable(stop, again, made):
        made.letters.append(_write(stop, line, text, dated=dated, by=by))
    if made.letters:
        audit.record(by, "letters_made", f"stop:{stop.pk}", fields=[str(one) for one in made.letters])
    return made


@transaction.atomic
def hand_over(chosen: Collection[int], *, stop: Stop, on: date, carrier: str, by: User | None) -> int:
    """« Remis le »: these letters of the stop were handed over that day; what was noted stays.

    Answers how many. Raises Misdated for a day ahead, or before one of the letters; ValueError when
    nobody is said to have carried them.
    """
    if not carrier.strip():
        raise ValueError("letters are handed over by somebody")
    rows = Letter.objects.filter(pk__in=chosen, invitation__stop=stop, handed_on=None)
    waiting = list(rows.order_by("pk").select_for_update(no_key=True))
    if on > legal_time.today() or any(on < letter.dated for letter in waiting):
        raise Misdated
    Letter.objects.filter(pk__in=[one.pk for one in waiting]).update(
        handed_on=on, handed_by=carrier.strip()[:120]
    )
    noted = {f"letter:{one.pk}": ["handed_by", "handed_on"] for one in waiting}
    audit.record_each(by, "letter_handed_over", noted)
    return len(waiting)


@transaction.atomic
def not_handed_over(letter: Letter, *, by: User | None) -> bool:
    """Noted by mistake; the journal keeps both."""
    rows = Letter.objects.filter(pk=letter.pk, handed_on__isnull=False)
    if not rows.update(handed_on=None, handed_by=""):
        return False
    audit.record(by, "letter_not_handed_over", f"letter:{letter.pk}", fields=["handed_by", "handed_on"])
    return True


@transaction.atomic
def tell(letter: Letter, *, by: User) -> bool:
    """« Prévenu(e) »: the person heard by voice of what changed since the letter. Twice is once."""
    sequence = Stop.objects.values_list("sequence", flat=True).get(invitations=letter.invitation_id)
    rows = Letter.objects.filter(pk=letter.pk).exclude(told_sequence=sequence)
    if not rows.update(told_sequence=sequence, told_at=clock.now(), told_by=by):
        return False
    audit.record(by, "told_by_voice", f"letter:{letter.pk}")
    return True


@transaction.atomic
def write_letters_to(invitation: Invitation, *, by: User | None) -> bool:
    """From now on nothing goes to them by mail about this stop; mails that wait do not leave. Twice is once.

    Raises gate.Busy.
    """
    stop = gate.lock(invitation.stop_id)
    rows = Invitation.objects.filter(pk=invitation.pk, channel=Channel.MAIL)
    if not rows.update(channel=Channel.LETTER, recipient_hash=""):
        return False
    queue.supersede(subject=f"stop:{stop.pk}", purposes=letters.PURPOSES, person=invitation.key)
    audit.record(by, "channel_changed", f"invitation:{invitation.pk}", fields=["channel"])
    return True


@transaction.atomic
def write_mails_to(invitation: Invitation, official: Official, *, by: User | None) -> bool:
    """Back to mail: an invitation that did not leave is written anew. Raises AlreadyWritten, gate.Busy.

    Nothing happens where there is no address, or they want letters alone.
    """
    gate.lock(invitation.stop_id)
    if Letter.objects.filter(invitation=invitation).exists():
        raise AlreadyWritten
    if official.by_letter or not letters.reaches(official.email):
        return False
    rows = Invitation.objects.filter(pk=invitation.pk, channel=Channel.LETTER)
    if not rows.update(channel=Channel.MAIL, recipient_hash=queue.hash_of(official.email)):
        return False
    audit.record(by, "channel_changed", f"invitation:{invitation.pk}", fields=["channel"])
    return True


def told_by_voice(stop: Stop) -> list[notices.Told]:
    """Others whom no mail tells of a change: they have no address, and no letter."""
    return [told for told in notices.unreached(stop) if not told.by_letter]


def _gets_letters(official: Official, row: Invitation | None, silent: Collection[str]) -> bool:
    if row is not None:
        return row.channel == Channel.LETTER
    return official.by_letter or not letters.reaches(official.email) or official.email in silent


def _invite(stop: Stop) -> None:
    for name in officials.BODIES:
        if invitations.invitable(stop, name):
            invitations.invite_by_letter(stop, name)


def _writable(stop: Stop, again: Collection[int], made: Made) -> Iterator[tuple[Line, MailText]]:
    """Whom to write to, in words somebody stands for, with somebody to sign; the others are counted."""
    there = mail_texts.standing(stop.tour_id, TextKind.INVITATION_LETTER)
    for line in lines(stop):
        row, language = line.invitation, line.official.language
        if row is None or not (line.to_make or row.pk in again):
            continue
        text = there.get((TextKind.INVITATION_LETTER, language))
        if text is None:
            made.unvalidated[language] += 1
        elif not letter_words.signatory(stop, language):
            made.unsigned[language] += 1
        else:
            yield line, text


def _write(stop: Stop, line: Line, text: MailText, *, dated: date, by: User | None) -> Letter:
    invitation, year = line.invitation, lock_year(dated.year)
    assert invitation is not None  # noqa: S101 (`_writable` says so)
    invitation.stop = stop
    last = Letter.objects.filter(year=year).aggregate(last=Max("number"))["last"] or 0
    return Letter.objects.create(
        invitation=invitation,
        year=year,
        number=last + 1,
        dated=dated,
        language=text.language,
        words=letter_words.of(
            invitation,
            line.official,
            text,
            number=reference(last + 1, year.year),
            dated=dated,
            replaces=line.letter,
        ),
        sequence=stop.sequence,
        replaces=line.letter,
        made_at=clock.now(),
        made_by=by,
    )


def lock_year(year: int) -> LetterYear:
    """The register of a year, held until the transaction ends: numbers follow one another."""
    LetterYear.objects.get_or_create(year=year)
    return LetterYear.objects.select_for_update(no_key=True).get(year=year)
