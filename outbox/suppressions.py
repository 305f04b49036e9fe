"""Addresses that want no campaigns any more. Mails about one's own registration still leave.

Addresses are remembered as keyed hashes (`queue.hash_of`): enough to stay silent, too little to write.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from outbox import clock
from outbox.models import Message, MessageStatus, Priority, Returned, Suppression
from outbox.queue import hash_of

CAMPAIGNS = "campaign"
BY_LINK = "link"
BOUNCES = "bounces"
COMPLAINT = "complaint"


def wanted() -> Q:
    """Messages whose reader has nothing against them: a wish stops campaigns, and whatever offers to
    unsubscribe, but nothing that concerns one's own seat."""
    campaign = Q(priority=Priority.CAMPAIGN) | Q(headers__has_key="List-Unsubscribe")
    wish = Suppression.objects.filter(kind=CAMPAIGNS, recipient_hash=OuterRef("recipient_hash"))
    return ~(campaign & Exists(wish))


@transaction.atomic
def suppress(recipient_hash: str, *, reason: str = BY_LINK) -> bool:
    """No more campaigns to this address, those not on their way included. Twice is once."""
    _, created = Suppression.objects.get_or_create(
        recipient_hash=recipient_hash, kind=CAMPAIGNS, defaults={"reason": reason, "at": clock.now()}
    )
    waiting = Message.objects.filter(
        recipient_hash=recipient_hash,
        priority=Priority.CAMPAIGN,
        status__in=[MessageStatus.QUEUED, MessageStatus.CLAIMED],
    )
    # Locked in the order of their keys, as whoever sends them does.
    pks = list(waiting.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    Message.objects.filter(pk__in=pks).update(
        status=MessageStatus.SUPERSEDED, final_at=clock.now(), claim="", lease_until=None
    )
    return created


@transaction.atomic
def lift(recipient_hash: str) -> None:
    """Campaigns are welcome at this address again; what came back from it before counts no more."""
    Suppression.objects.filter(recipient_hash=recipient_hash, kind=CAMPAIGNS).delete()
    Returned.objects.filter(message__recipient_hash=recipient_hash, settled=False).update(settled=True)


def refuses(recipient_hash: str) -> bool:
    return Suppression.objects.filter(kind=CAMPAIGNS, recipient_hash=recipient_hash).exists()


def refusing(addresses: Iterable[str]) -> set[str]:
    """Those of `addresses` that want no campaigns. One query."""
    hashes = {hash_of(address): address for address in addresses}
    found = Suppression.objects.filter(kind=CAMPAIGNS, recipient_hash__in=hashes)
    return {hashes[digest] for digest in found.values_list("recipient_hash", flat=True)}
