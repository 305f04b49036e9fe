"""Invitations: who is asked to come to a stop, and writing to each of them once.

Staff order a campaign; workers write it in small batches, each in a transaction of its own that
holds the stop's row. So a click never waits for ten thousand letters, a registration never waits for
more than one batch, and a move of the stop happens before a batch or after it, never in between.
An invitation is unique per stop, audience and person: a second click, a second worker or a crash
in the middle find them written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from meetings import audiences, copies, gate, letters, mail_texts, officials, unsubscribing, visibility
from meetings.audiences import Recipient
from meetings.composing import Composer
from meetings.mail_texts import Standing
from meetings.models import Campaign, Channel, Invitation, MailText, Stop, StopStatus
from outbox import clock, kinds, queue, suppressions
from outbox.models import Priority
from regions.models import Official

PURPOSE = "invitation"
BATCH = 25  # the lock is held for a fraction of a second


class NotInvitable(Exception):
    """These audiences cannot be invited to this stop now."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """An audience of a stop, by what becomes of each person when it is invited now."""

    by_mail: list[Recipient]
    by_letter: list[Recipient]  # officials we have no address of, or who want no campaigns by mail
    already: int
    refusing: int  # want no campaigns, and are written no letters
    as_officials: int  # professionals invited through their office
    unvalidated: list[Recipient]  # wait until somebody validates the text in their language

    @property
    def to_write(self) -> list[Recipient]:
        return [*self.by_mail, *self.by_letter]


def invitable(stop: Stop, audience: str) -> bool:
    """Whether this audience can be asked to come now.

    The stop is published and ahead of us; professionals are asked to register, so for them
    registration must be open too; the press is not.
    """
    now = clock.now()
    if stop.status != StopStatus.PUBLISHED or stop.current_release_id is None:
        return False
    asked = audiences.get(audience)
    if now >= stop.starts_at or not asked.invitable:
        return False
    return officials.is_official(audience) or not asked.register or stop.takes_registrations(at=now)


def in_order() -> list[audiences.Audience]:
    """Every audience, officials first: who is both is asked as an official."""
    return sorted(audiences.every(), key=lambda audience: not officials.is_official(audience.name))


@transaction.atomic
def invite(
    stop: Stop, *, audiences: Iterable[str], by: User | None, starts_at: datetime | None = None
) -> Campaign:
    """Order that these audiences be invited, at once or from a moment on; workers write the letters.

    Asking twice is asking once: as long as an order to the same audiences is open it is the answer, with
    the moment it has. Raises NotInvitable when the stop can ask none of them now.
    """
    stop = gate.lock(stop.pk)
    names = [name for name in chosen_in_order(audiences) if invitable(stop, name)]
    if not names:
        raise NotInvitable
    campaign, created = Campaign.objects.get_or_create(  # one that was halted is taken up on its page
        stop=stop,
        audiences=names,
        done_at=None,
        again_of=None,
        defaults={"by": by, "ordered_at": clock.now(), "starts_at": starts_at},
    )
    if created:
        audit.record(by, "invite", f"stop:{stop.pk}", fields=names)
    # robust: a broker that is down must not fail the click; the beat goes on with open campaigns.
    transaction.on_commit(partial(ring, campaign.pk), robust=True)
    return campaign


def ring(campaign_id: int) -> None:
    from meetings import tasks

    tasks.write_invitations.delay(campaign_id)


def write(campaign: Campaign, *, limit: int) -> int:
    """Go on with an order for at most about `limit` letters; answers how many were written.

    The order is closed once everybody was written to, or the stop is over. While its audiences cannot
    be asked (registration paused, stop postponed), or staff halted it, it stays open and says nothing.
    """
    rows = Campaign.objects.filter(pk=campaign.pk)
    if not rows.going().exists():
        return 0
    if campaign.people is None:
        asked = [name for name in campaign.audiences if invitable(campaign.stop, name)]
        found = [sort(campaign.stop, name) for name in asked]
        campaign.people = sum(len(one.to_write) + len(one.unvalidated) for one in found)
        rows.filter(people=None).update(people=campaign.people)
    written = write_to(campaign.stop, campaign.audiences, limit=limit, campaign=campaign)
    if not written and _finished(campaign):
        Campaign.objects.filter(pk=campaign.pk, done_at=None).update(done_at=clock.now())
    return written


def write_to(stop: Stop, chosen: Iterable[str], *, limit: int, campaign: Campaign | None = None) -> int:
    """Invite whoever of these audiences was not invited yet, batch by batch; answers how many were."""
    written, waiting, there = 0, officials.uninvited(stop), mail_texts.standing(stop.tour_id, PURPOSE)
    for name in chosen_in_order(chosen):
        if written >= limit or not invitable(stop, name):
            continue
        if officials.is_official(name) and name not in waiting:
            continue
        people = sort(stop, name, there).to_write[: limit - written]
        for start in range(0, len(people), BATCH):
            written += write_batch(stop.pk, name, people[start : start + BATCH], campaign=campaign)
    return written


@transaction.atomic
def write_batch(
    stop_id: int, audience: str, people: list[Recipient], *, campaign: Campaign | None = None
) -> int:
    """Invite these people, except who was invited meanwhile; answers how many were.

    What decides is read again under the stop's lock: a stop called off since asks nobody, nor do an
    order that was halted, put off or withdrawn, and words taken back.
    """
    stop = gate.lock(stop_id)
    if not invitable(stop, audience):
        return 0
    if campaign and not Campaign.objects.going().filter(pk=campaign.pk).exists():
        return 0
    rows = Invitation.objects.filter(stop=stop, audience=audience)
    known = set(rows.filter(key__in=[p.key for p in people]).values_list("key", flat=True))
    office = officials.is_official(audience)
    silent = suppressions.refusing((person.email for person in people), kinds.of(PURPOSE, audience))
    there = mail_texts.standing(stop.tour_id, PURPOSE)
    new = [p for p in people if p.key not in known and (office or p.email not in silent)]
    return _write(stop, audience, new, silent=silent, campaign=campaign, there=there)


def invite_by_letter(stop: Stop, audience: str) -> None:
    """Invite whoever of these officials gets letters and was not invited. The caller holds the stop's row."""
    people = sort(stop, audience).by_letter
    _write(stop, audience, people, silent={one.email for one in people}, campaign=None, there={})


def sort(stop: Stop, audience: str, there: Standing | None = None) -> Sorted:
    """Every member of an audience, by what becomes of them when it is invited now. Nobody is lost.

    `there` are the words that may leave, as of `mail_texts.standing`; read when left out.
    """
    if there is None:
        there = mail_texts.standing(stop.tour_id, PURPOSE)
    people = list({person.key: person for person in audiences.get(audience).members(stop)}.values())
    rows = Invitation.objects.filter(stop=stop, audience=audience) if people else Invitation.objects.none()
    known = set(rows.values_list("key", flat=True))
    new = [person for person in people if person.key not in known]
    office = officials.is_official(audience)
    twins = officials.identities(stop) if new and not office else set()
    asked = [p for p in new if (p.email.lower(), officials.alike(p.name)) not in twins]
    silent = suppressions.refusing((person.email for person in asked), kinds.of(PURPOSE, audience))
    reached = [p for p in asked if letters.reaches(p.email) and p.email not in silent]
    others = [p for p in asked if not letters.reaches(p.email) or p.email in silent]
    letters_to = others if office else [p for p in others if p.email not in silent]
    kind = mail_texts.kind_of(PURPOSE, audience)
    return Sorted(
        by_mail=[person for person in reached if (kind, person.language) in there],
        by_letter=letters_to,
        already=len(people) - len(new),
        refusing=len(others) - len(letters_to),
        as_officials=len(new) - len(asked),
        unvalidated=[person for person in reached if (kind, person.language) not in there],
    )


def answer_url(invitation: Invitation, language: str) -> str:
    """The absolute address where this person answers."""
    page = audiences.get(invitation.audience).answer_url or officials.answer_url
    return page(invitation, language)


def context(
    stop: Stop, invitation: Invitation, person: Recipient, *, official: Official | None
) -> dict[str, Any]:
    """What the letters of a campaign are made of, in the person's language."""
    return {**_facts(stop, invitation, person), **_own(invitation, person, official=official)}


def _facts(stop: Stop, invitation: Invitation, person: Recipient) -> dict[str, Any]:
    """What is the same for everybody of an audience who reads one language."""
    assert stop.current_release is not None  # noqa: S101 (invitable says so)
    return letters.about(stop.current_release, person.language, viewer=visibility.viewer_of(invitation))


def _own(invitation: Invitation, person: Recipient, *, official: Official | None) -> dict[str, Any]:
    return {
        "name": person.name,
        "addressed": officials.addressed(official, person.language) if official else "",
        "answer_url": answer_url(invitation, person.language),
    }


def chosen_in_order(chosen: Iterable[str]) -> list[str]:
    """Officials first; raises KeyError for a name nobody registered."""
    wanted = {audiences.get(name).name for name in chosen}
    return [audience.name for audience in in_order() if audience.name in wanted]


def is_over(stop: Stop) -> bool:
    """Whether nobody will be asked to this stop any more."""
    ahead = clock.now() < stop.starts_at or stop.status == StopStatus.POSTPONED
    return not ahead or stop.status in (StopStatus.CANCELLED, StopStatus.HELD)


def _finished(campaign: Campaign) -> bool:
    stop = Stop.objects.select_related("current_release").get(pk=campaign.stop_id)
    if is_over(stop):
        return True
    asked = [name for name in campaign.audiences if invitable(stop, name)]
    there = mail_texts.standing(stop.tour_id, PURPOSE)
    left = (sort(stop, name, there) for name in asked)
    return len(asked) == len(campaign.audiences) and not any(one.to_write or one.unvalidated for one in left)


def _write(
    stop: Stop,
    audience: str,
    people: list[Recipient],
    *,
    silent: set[str],
    campaign: Campaign | None,
    there: Standing,
) -> int:
    """These people are invited, by mail or by letter; not who waits for words to be validated."""
    now, kind = clock.now(), mail_texts.kind_of(PURPOSE, audience)
    offices, composer = officials.by_key((person.key for person in people), hold=True), Composer()
    rows: list[tuple[Invitation, Recipient, MailText | None]] = []
    for person in people:
        by_mail = letters.reaches(person.email) and person.email not in silent
        text = there.get((kind, person.language)) if by_mail else None
        if by_mail and text is None:
            continue
        invitation = Invitation(
            stop=stop,
            audience=audience,
            key=person.key,
            channel=Channel.MAIL if by_mail else Channel.LETTER,
            written_at=now,
            recipient_hash=queue.hash_of(person.email) if by_mail else "",
            campaign=campaign,
        )
        rows.append((invitation, person, text))
    Invitation.objects.bulk_create(invitation for invitation, _person, _text in rows)
    queue.enqueue_all(
        _letter(stop, invitation, person, text, composer, official=offices.get(person.key), order=campaign)
        for invitation, person, text in rows
        if text
    )
    return len(rows)


def _letter(
    stop: Stop,
    invitation: Invitation,
    person: Recipient,
    text: MailText,
    composer: Composer,
    *,
    official: Official | None,
    order: Campaign | None,
    again: str = "",
) -> queue.Letter:
    facts = composer.facts((person.language, invitation.audience), lambda: _facts(stop, invitation, person))
    said = {
        **facts,
        **_own(invitation, person, official=official),
        "unsubscribe_url": unsubscribing.link(person, PURPOSE, invitation.audience),
    }
    apart = (invitation.audience, invitation.answer, said["addressed"])
    return queue.Letter(
        key=f"{PURPOSE}:{person.key}:{stop.pk}:{letters.revision(stop)}{again}{mail_texts.in_words(text)}",
        purpose=PURPOSE,
        to=person.email,
        said=composer.compose(text, said, apart=apart),
        language=person.language,
        priority=Priority.CAMPAIGN,
        subject=f"stop:{stop.pk}",
        audience=invitation.audience,
        valid_until=stop.starts_at,
        reply_to=letters.reply_to(stop),
        unsubscribe_url=said["unsubscribe_url"],
        origin=order.origin if order else "",
        copy=copies.of(official, PURPOSE, said, language=person.language, text=text),
    )


def enqueue(
    stop: Stop,
    invitation: Invitation,
    person: Recipient,
    text: MailText,
    *,
    official: Official | None,
    order: Campaign | None,
) -> bool:
    """The invitation in words somebody stands for, written for an order, or for none. A further order
    writes to who had an invitation of the same revision: it says so in the key."""
    again = f".o{order.pk}" if order and order.again_of_id else ""
    letter = _letter(stop, invitation, person, text, Composer(), official=official, order=order, again=again)
    return bool(queue.enqueue_all([letter]))
