"""Whom an order to invite reached: the one place that says it, for its page, its file and who is asked again.

Nothing is stored: how far an order is, is counted in the invitations and their mails as they are.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, time
from functools import reduce
from operator import or_
from typing import Any, cast

from django.db import models
from django.db.models import Min, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from meetings import audiences, officials
from meetings.models import Answer, Campaign, Channel
from outbox import returns
from outbox.keys import beginning, person_of
from outbox.models import Message, MessageStatus
from regions import legal_time

PURPOSE = "invitation"


class Reach(models.TextChoices):
    """What became of the invitation of one person. Of several mails to them the first of these counts."""

    DELIVERED = "delivered", _("remise")
    WAITING = "waiting", _("attend de partir")
    IN_DOUBT = "in_doubt", _("incertaine")
    BOUNCED = "bounced", _("revenue")
    FAILED = "failed", _("non remise")
    TOO_LATE = "too_late", _("trop tard")
    DROPPED = "dropped", _("sans objet")
    TO_HAND = "to_hand", _("courrier à remettre")
    LETTER = "letter", _("courrier remis")
    TO_CALL = "to_call", _("à joindre par téléphone")


BY_LETTER = (Reach.TO_HAND, Reach.LETTER)
WITHOUT_MAIL = (*BY_LETTER, Reach.TO_CALL)
ORDER = {reach: place for place, reach in enumerate(Reach)}
OF_STATUS = {
    MessageStatus.QUEUED: Reach.WAITING,
    MessageStatus.CLAIMED: Reach.WAITING,
    MessageStatus.SENDING: Reach.WAITING,
    MessageStatus.SENT: Reach.DELIVERED,
    MessageStatus.FAILED: Reach.FAILED,
    MessageStatus.IN_DOUBT: Reach.IN_DOUBT,
    MessageStatus.TOO_LATE: Reach.TOO_LATE,
    MessageStatus.SUPERSEDED: Reach.DROPPED,
}


@dataclass(frozen=True, slots=True)
class Invited:
    """One person an order wrote to. `language`, `at` and `recipient_hash` are those of the mail that
    decides; of a letter, `language` and `recipient_hash` are "", and `at` is the day it was handed over."""

    pk: int
    audience: str
    key: str
    answer: Answer
    written_at: datetime
    reach: Reach
    language: str
    at: datetime
    recipient_hash: str

    @property
    def by_mail(self) -> bool:
        return self.reach not in WITHOUT_MAIL


@dataclass(frozen=True, slots=True)
class Figures:
    """An order in numbers, each person once in each. `people`: whom it was for when its writing began,
    None before that."""

    people: int | None
    written: int
    reached: Counter[Reach]
    answered: Counter[Answer]
    registered: int  # since they were invited, and still so
    to_hand: int  # without an answer, whose letter nobody has handed over
    to_call: int  # without an answer, and without an address
    languages: Counter[tuple[str, str]]  # (audience, language) -> by mail
    copies: Counter[Reach]  # to assistants, once for each person; nobody is reached by one

    @property
    def whole(self) -> int:
        """Never less than what is written: people join an audience while it is written to."""
        return max(self.people or 0, self.written)

    @property
    def waiting(self) -> int:
        return self.reached[Reach.WAITING] + self.copies[Reach.WAITING]


def figures(campaign: Campaign) -> Figures:
    """Three queries, one more for each of its audiences that knows who registered, and two for copies where
    officials are among those invited."""
    found = people(campaign)
    silent = Counter(one.reach for one in found if one.answer == Answer.NONE)
    return Figures(
        people=campaign.people,
        written=len(found),
        reached=Counter(one.reach for one in found),
        answered=Counter(one.answer for one in found if one.answer != Answer.NONE),
        registered=len(registered(campaign, found)),
        to_hand=silent[Reach.TO_HAND],
        to_call=silent[Reach.TO_CALL],
        languages=Counter((one.audience, one.language) for one in found if one.by_mail),
        copies=Counter(copies(campaign, found).values()),
    )


def people(campaign: Campaign, *, keys: Collection[str] | None = None) -> list[Invited]:
    """Everybody an order wrote to, in the order it did; `keys` narrows it to some.

    An order to those whom another did not reach wrote to people that one had invited: what counts for
    it are its own mails, and for the first order all of them.
    """
    sent = _mails(campaign, keys)
    rows = campaign.stop.invitations.all()
    rows = rows.filter(key__in=sent) if campaign.again_of_id else rows.filter(campaign=campaign)
    if keys is not None:
        rows = rows.filter(key__in=keys)
    found = []
    # Whoever holds a letter was reached, also by one that was replaced since.
    handed = rows.annotate(handed_on=Min("letters__handed_on")).order_by("pk")
    columns = ("pk", "audience", "key", "answer", "written_at", "channel", "recipient_hash", "handed_on")
    for row in handed.values_list(*columns, named=True):
        mail = sent.get(row.key)
        # Whom no mail reached and who is written letters now waits for theirs.
        if mail is None or (row.channel == Channel.LETTER and mail.reach != Reach.DELIVERED):
            mail = _without_mail(row)
        found.append(
            Invited(
                pk=row.pk,
                audience=row.audience,
                key=row.key,
                answer=Answer(row.answer),
                written_at=row.written_at,
                reach=mail.reach,
                language=mail.language,
                at=mail.at,
                recipient_hash=mail.recipient_hash,
            )
        )
    return found


def _without_mail(row: Any) -> "_Mail":
    if row.channel != Channel.LETTER:
        return _Mail(Reach.DROPPED, "", row.written_at, row.recipient_hash)
    if not officials.is_official(row.audience):
        return _Mail(Reach.TO_CALL, "", row.written_at, "")  # letters go to officials
    if row.handed_on is None:
        return _Mail(Reach.TO_HAND, "", row.written_at, "")
    return _Mail(Reach.LETTER, "", legal_time.instant(row.handed_on, time()), "")


def registered(campaign: Campaign, found: Iterable[Invited]) -> set[str]:
    """Keys of those who registered for the stop after they were invited, and still are."""
    asked = list(found)
    keys = set()
    for name in {one.audience for one in asked}:
        since = audiences.get(name).registered
        there = since(campaign.stop) if since else {}
        keys |= {
            one.key
            for one in asked
            if one.audience == name and (at := there.get(one.key)) and at >= one.written_at
        }
    return keys


def copies(campaign: Campaign, invited: Iterable[Invited]) -> dict[str, Reach]:
    """What became of the copies of the mails of an order, by whom the mails were for; of several of one
    person's, the first of Reach."""
    if not any(officials.is_official(one.audience) for one in invited):
        return {}
    rows, found = _written(campaign).exclude(copy_of=""), dict[str, Reach]()
    back = _back(rows)
    for pk, copied, status in rows.values_list("pk", "copy_of", "status"):
        reach = Reach.BOUNCED if pk in back else OF_STATUS[MessageStatus(status)]
        person = person_of(copied)
        found[person] = min(reach, found.get(person, reach), key=ORDER.__getitem__)
    return found


def _written(campaign: Campaign) -> QuerySet[Message]:
    """The mails of an order, and of those to whom it did not reach; of such a one its own alone."""
    rows = Message.objects.filter(subject=f"stop:{campaign.stop_id}", purpose=PURPOSE)
    if campaign.again_of_id:
        return rows.filter(origin=campaign.origin)
    orders = Campaign.objects.filter(Q(pk=campaign.pk) | Q(again_of=campaign.pk))
    origins = orders.values_list(Concat(Value("campaign:"), Cast("pk", models.CharField())))
    return rows.filter(origin__in=origins)


def _back(rows: QuerySet[Message]) -> set[int]:
    return returns.bounced(cast(QuerySet, rows.filter(status=MessageStatus.SENT).values("pk")))


@dataclass(frozen=True, slots=True)
class _Mail:
    reach: Reach
    language: str
    at: datetime
    recipient_hash: str


def _mails(campaign: Campaign, keys: Collection[str] | None) -> dict[str, _Mail]:
    """By person, the mail that decides."""
    rows = _written(campaign).filter(copy_of="")
    if keys is not None:
        theirs = (Q(key__startswith=beginning(PURPOSE, key)) for key in keys)
        rows = rows.filter(reduce(or_, theirs, Q(pk=None)))
    back = _back(rows)
    found: dict[str, _Mail] = {}
    columns = ("pk", "key", "status", "language", "final_at", "written_at", "recipient_hash")
    for pk, key, status, language, final_at, written_at, recipient_hash in rows.order_by("pk").values_list(
        *columns
    ):
        reach = Reach.BOUNCED if pk in back else OF_STATUS[status]
        person = person_of(key)
        known = found.get(person)
        # Of two of a kind the later one counts: it went to the address of today.
        if known is None or ORDER[reach] <= ORDER[known.reach]:
            found[person] = _Mail(reach, language, final_at or written_at, recipient_hash)
    return found
