"""Telling chosen audiences of a stop something in the team's own words: urgent, or a message.

Whom an order is for is written down with it; workers write the mails batch by batch, each in a
transaction that takes the order's row. So a click never waits for a thousand mails, a second click or
worker finds them written, and what is killed in between is gone on with by the next beat.

Mails about one's own coming (a seat, a place in the queue, an invitation accepted) are stopped by no
unsubscription; those to people who were only invited are, and carry the way to it. Whoever was never
invited is not written to: a message is no way round an invitation.
"""

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts import audit
from accounts.models import User
from meetings import audiences, copies, letters, officials, unsubscribing
from meetings.audiences import Audience, Recipient
from meetings.models import Addressee, Answer, Broadcast, Invitation, Stop
from outbox import clock, kinds, queue, suppressions
from outbox.models import Priority
from regions.languages import Texts, pick, texts
from regions.models import Official

logger = logging.getLogger(__name__)

URGENT, MESSAGE = "urgent", "message"
BATCH = 25
# Within others that can be chosen, or over by then.
NOT_CHOSEN = {"registered"}
AFTERWARDS = {"attended", "missed", "excused"}


class Nobody(Exception):
    """These audiences have nobody to be told."""


@dataclass(frozen=True, slots=True)
class Told:
    """One person a text is for. `invitation` where they were asked and did not say that they come."""

    audience: str
    person: Recipient
    by_mail: bool
    invitation: Invitation | None = None


def choices() -> list[Audience]:
    """The audiences a text may go to, those who come first."""
    known = [one for one in audiences.every() if one.name not in NOT_CHOSEN]
    return sorted(known, key=lambda audience: audience.invitable)


def usual(*, urgent: bool) -> list[str]:
    """What is ticked at first: for what is urgent, everybody who may set out."""
    return [one.name for one in choices() if one.name not in AFTERWARDS] if urgent else []


def people(stop: Stop, chosen: Iterable[str], *, among: Collection[str] | None = None) -> list[Told]:
    """Whom a text to these audiences is for, each once, whoever they are twice."""
    wanted = set(chosen)
    found: dict[tuple[str, ...], Told] = {}
    for audience in choices():
        if audience.name in wanted:
            for told in _members(stop, audience, among):
                person = told.person
                identity = (person.email.lower() or person.key, person.name.casefold())
                found.setdefault(identity, told)
    return list(found.values())


def count(told: Iterable[Told]) -> dict[tuple[str, str], int]:
    """(audience, language) -> how many are written to by mail."""
    return dict(Counter((one.audience, one.person.language) for one in told if one.by_mail))


@transaction.atomic
def order(
    stop: Stop, *, urgent: bool, audiences: Iterable[str], form: str, by: User | None, **words: Any
) -> Broadcast:
    """Write down what is to be told to whom; workers write the mails. The same `form` twice is once.

    `words` are the fields of Broadcast: headlines, texts, until when a banner shows. Raises Nobody for a
    message that reaches nobody; what is urgent shows its banner all the same.
    """
    names = sorted(set(audiences))
    key = hashlib.sha256(json.dumps([stop.pk, urgent, form]).encode()).hexdigest()
    broadcast, created = Broadcast.objects.get_or_create(
        order=key,
        defaults={
            "stop": stop, "urgent": urgent, "audiences": names, "by": by, "ordered_at": clock.now(), **words,
        },
    )  # fmt: skip
    if not created:
        return broadcast
    told = people(stop, names)
    if not told and not urgent:
        raise Nobody
    Addressee.objects.bulk_create(
        Addressee(broadcast=broadcast, audience=one.audience, key=one.person.key, by_mail=one.by_mail)
        for one in told
    )
    audit.record(by, "alerted" if urgent else "wrote", f"broadcast:{broadcast.pk}", fields=names)
    # robust: a broker that is down must not fail the click; the beat goes on with open orders.
    transaction.on_commit(partial(ring, broadcast.pk), robust=True)
    return broadcast


def ring(broadcast_id: int) -> None:
    from meetings import tasks

    tasks.write_broadcast.delay(broadcast_id)


def to_be_written() -> QuerySet[Broadcast]:
    """Orders with mails that nobody has written yet, what is urgent first."""
    waiting = Addressee.objects.filter(broadcast=OuterRef("pk"), by_mail=True, written_at=None)
    return Broadcast.objects.filter(Exists(waiting), withdrawn_at=None).order_by("-urgent", "pk")


def write(broadcast_id: int, *, limit: int) -> int:
    """Go on with an order, for at most about `limit` people; answers how many were gone through.

    Whoever cannot be written to is logged and waits; the others do not wait with them.
    """
    done, failed = 0, set[int]()
    while done < limit:
        passed_over = len(failed)
        more = write_batch(broadcast_id, failed=failed)
        if not more and len(failed) == passed_over:
            break
        done += more
    return done


@transaction.atomic
def write_batch(broadcast_id: int, *, failed: set[int]) -> int:
    """The next people of an order; answers how many. Who is concerned no more is passed over."""
    broadcast = lock(broadcast_id)
    if broadcast.withdrawn_at is not None:
        return 0
    stop = Stop.objects.select_related("current_release", "tour").get(pk=broadcast.stop_id)
    waiting = broadcast.addressees.filter(by_mail=True, written_at=None).exclude(pk__in=failed)
    batch = list(waiting[:BATCH])
    known = {
        told.person.key: told
        for told in people(stop, broadcast.audiences, among=[row.key for row in batch])
        if told.by_mail
    }
    offices = officials.by_key(known, hold=True)
    done = []
    for row in batch:
        told = known.get(row.key)
        if told is None or _written(broadcast, stop, told, offices.get(row.key)):
            done.append(row.pk)
        else:
            failed.add(row.pk)
    Addressee.objects.filter(pk__in=done).update(written_at=clock.now())
    return len(done)


def lock(broadcast_id: int) -> Broadcast:
    return Broadcast.objects.select_for_update(of=("self",), no_key=True).get(pk=broadcast_id)


@transaction.atomic
def withdraw(broadcast: Broadcast, *, by: User | None) -> bool:
    """Take a banner down, and stop the mails that have not left. Twice is once."""
    now = clock.now()
    standing = Broadcast.objects.filter(pk=broadcast.pk, urgent=True, withdrawn_at=None)
    if not standing.update(withdrawn_at=now, withdrawn_by=by):
        return False
    queue.supersede(subject=subject(broadcast), purposes=[URGENT])
    audit.record(by, "alert_withdrawn", subject(broadcast))
    return True


def subject(broadcast: Broadcast) -> str:
    return f"broadcast:{broadcast.pk}"


def purpose(*, urgent: bool) -> str:
    return URGENT if urgent else MESSAGE


def context(stop: Stop, words: Mapping[str, Texts], person: Recipient) -> dict[str, Any]:
    """What the mail is made of, in the person's language."""
    language = person.language
    assert stop.current_release is not None  # noqa: S101 - pages offer this for released stops
    about = letters.about(stop.current_release, language)
    return {
        "name": person.name,
        "headline_of_team": pick(words["headline"], language),
        "text": pick(words["text"], language),
        "link": person.links.get("registration") or person.links.get("invitation") or "",
        **{name: about[name] for name in ("city", "day", "contact", "stop_url")},
    }


def words_of(broadcast: Broadcast) -> dict[str, Texts]:
    return {"headline": texts(broadcast, "headline"), "text": texts(broadcast, "text")}


def _members(stop: Stop, audience: Audience, among: Collection[str] | None) -> Iterator[Told]:
    members = list(audience.those(stop, among))
    if not audience.invitable:
        yield from (Told(audience.name, one, letters.reaches(one.email)) for one in members)
        return
    asked = {
        row.key: row
        for row in Invitation.objects.filter(stop=stop, audience=audience.name).exclude(
            answer__in=[Answer.DECLINED, Answer.REPLACED]
        )
    }
    members = [one for one in members if one.key in asked]
    silent = suppressions.refusing((one.email for one in members), kinds.of(MESSAGE, audience.name))
    for one in members:
        row = asked[one.key]
        if row.answer == Answer.ACCEPTED:
            yield Told(audience.name, one, letters.reaches(one.email))
        else:
            by_mail = letters.reaches(one.email) and one.email not in silent
            yield Told(audience.name, one, by_mail, invitation=row)


def _written(broadcast: Broadcast, stop: Stop, told: Told, official: Official | None) -> bool:
    try:
        with transaction.atomic():
            _enqueue(broadcast, stop, told, official)
    except DatabaseError:
        raise
    except Exception:
        logger.exception("broadcast %s: %s could not be written to", broadcast.pk, told.person.key)
        return False
    return True


def _enqueue(broadcast: Broadcast, stop: Stop, told: Told, official: Official | None) -> bool:
    person, kind = told.person, purpose(urgent=broadcast.urgent)
    said, unsubscribe = context(stop, words_of(broadcast), person), ""
    if told.invitation is not None:
        unsubscribe = unsubscribing.link(person, kind, told.audience)
    return queue.enqueue(
        key=f"{kind}:{person.key}:{broadcast.pk}",
        purpose=kind,
        to=person.email,
        template=kind,
        context=said,
        language=person.language,
        priority=_priority(broadcast, campaign=bool(unsubscribe)),
        subject=subject(broadcast),
        audience=told.audience,
        valid_until=broadcast.until,
        reply_to=letters.reply_to(stop),
        unsubscribe_url=unsubscribe,
        copy=copies.of(official, kind, said, language=person.language),
    )


def _priority(broadcast: Broadcast, *, campaign: bool) -> Priority:
    if broadcast.urgent:
        return Priority.URGENT
    return Priority.CAMPAIGN if campaign else Priority.CHANGE
