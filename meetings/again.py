"""Inviting again exactly those whom an order did not reach, each once.

Not reached is who did not answer and whose every mail failed or came back, where they have another
address now; came too late; or was overtaken, and none took its place. Who still has the address that
refused our mail is not written to again, nor who wants no invitations, nor whose mail may have arrived.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction

from accounts import audit
from accounts.models import User
from meetings import audiences, gate, invitations, letters, mail_texts, officials, reach, unsubscribing
from meetings.audiences import Recipient
from meetings.invitations import NotInvitable
from meetings.models import Answer, Campaign, Invitation, MailText, Stop
from meetings.reach import Reach
from outbox import clock, queue
from regions.models import Official

ADDRESS_REFUSED = (Reach.FAILED, Reach.BOUNCED)
NEVER_LEFT = (Reach.TOO_LATE, Reach.DROPPED)


@dataclass(frozen=True, slots=True)
class Missed:
    """Of the people of an order: who can be asked again, and how many cannot for their address's sake."""

    people: list[tuple[int, str, Recipient]]  # invitation, audience, person as they are now
    same_address: int
    refusing: int


def missed(campaign: Campaign, *, keys: Collection[str] | None = None) -> Missed:
    """Whom the first of these orders did not reach by any mail; `keys` narrows it to some."""
    first = campaign.again_of or campaign
    asked = [one for one in reach.people(first, keys=keys) if one.answer == Answer.NONE]
    open_ones = [one for one in asked if one.reach in (*ADDRESS_REFUSED, *NEVER_LEFT)]
    found: list[tuple[int, str, Recipient]] = []
    same_address = refusing = 0
    for name in dict.fromkeys(one.audience for one in open_ones):
        rows = {one.key: one for one in open_ones if one.audience == name}
        members = [
            one for one in audiences.get(name).those(first.stop, list(rows)) if letters.reaches(one.email)
        ]
        other = [
            one
            for one in members
            if rows[one.key].reach in NEVER_LEFT or queue.hash_of(one.email) != rows[one.key].recipient_hash
        ]
        willing = unsubscribing.willing(other, invitations.PURPOSE, name)
        found += [(rows[one.key].pk, name, one) for one in willing]
        same_address += len(members) - len(other)
        refusing += len(other) - len(willing)
    return Missed(found, same_address, refusing)


@transaction.atomic
def order(campaign: Campaign, *, by: User, starts_at: datetime | None = None) -> Campaign:
    """Order that those be invited again whom `campaign` did not reach by then: at once, or at a moment to
    come. Asking twice is asking once: the first moment stays.

    Raises NotInvitable when the stop can ask none of its audiences now.
    """
    stop = gate.lock(campaign.stop_id)
    if not any(invitations.invitable(stop, name) for name in campaign.audiences):
        raise NotInvitable
    again, created = Campaign.objects.get_or_create(
        again_of=campaign.again_of or campaign,
        done_at=None,
        defaults={
            "stop": stop,
            "audiences": campaign.audiences,
            "by": by,
            "ordered_at": clock.now(),
            "starts_at": starts_at,
        },
    )
    if created:
        audit.record(by, "invite_again", f"stop:{stop.pk}", fields=campaign.audiences)
    # robust: a broker that is down must not fail the click; the beat goes on with open campaigns.
    transaction.on_commit(partial(invitations.ring, again.pk), robust=True)
    return again


def write(campaign: Campaign, *, limit: int) -> int:
    """Go on with such an order for at most `limit` letters; answers how many were written.

    It is done once nobody is left to ask, or its stop is over; as long as their audience cannot be asked,
    or nobody stands for the words, it stays open.
    """
    rows = Campaign.objects.filter(pk=campaign.pk)
    if not rows.going().exists():
        return 0
    left = missed(campaign).people
    if campaign.people is None:
        campaign.people = len(left)
        rows.filter(people=None).update(people=campaign.people)
    written = 0
    for start in range(0, min(len(left), limit), invitations.BATCH):
        keys = [person.key for _pk, _audience, person in left[start : start + invitations.BATCH]]
        written += write_batch(campaign, keys)
    if not written and (not left or invitations.is_over(campaign.stop)):
        rows.filter(done_at=None).update(done_at=clock.now())
    return written


@transaction.atomic
def write_batch(campaign: Campaign, keys: Collection[str]) -> int:
    """Invite these people again, where that is still to be done: read again under the stop's lock."""
    stop = gate.lock(campaign.stop_id)
    if not Campaign.objects.going().filter(pk=campaign.pk).exists():
        return 0
    there = mail_texts.standing(stop.tour_id, invitations.PURPOSE)
    offices = officials.by_key(keys, hold=True)
    return sum(
        _write(stop, campaign, pk, person, text, offices.get(person.key))
        for pk, audience, person in missed(campaign, keys=keys).people
        if invitations.invitable(stop, audience)
        and (text := there.get((mail_texts.kind_of(invitations.PURPOSE, audience), person.language)))
    )


def _write(
    stop: Stop,
    campaign: Campaign,
    pk: int,
    person: Recipient,
    text: MailText,
    official: Official | None,
) -> bool:
    invitation = Invitation.objects.get(pk=pk)
    invitation.recipient_hash = queue.hash_of(person.email)
    invitation.save(update_fields=["recipient_hash"])
    return invitations.enqueue(stop, invitation, person, text, official=official, order=campaign)
