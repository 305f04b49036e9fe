"""Addresses that want no mails of a kind any more. Mails about one's own registration still leave.

Addresses are remembered as keyed hashes (`queue.hash_of`): enough to stay silent, too little to write.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from outbox import clock
from outbox.models import Kind, Message, MessageStatus, Reason, Returned, Suppression
from outbox.queue import hash_of

EVERY = tuple(Kind)


def wanted() -> Q:
    """Messages whose reader has nothing against them: a refusal stops the mails of its kind, and never
    what concerns one's own seat, which is of none."""
    wish = Suppression.objects.filter(recipient_hash=OuterRef("recipient_hash"), kind=OuterRef("kind"))
    return Q(kind="") | Q(~Exists(wish))


@transaction.atomic
def suppress(recipient_hash: str, *, kinds: Iterable[str] = EVERY, reason: str = Reason.LINK) -> bool:
    """No more mails of these kinds to this address, those not on their way included; False when it
    wanted none of them before."""
    wanted, refused, now = list(kinds), refused_by(recipient_hash), clock.now()
    rows = [
        Suppression(recipient_hash=recipient_hash, kind=kind, reason=reason, at=now)
        for kind in wanted
        if kind not in refused
    ]
    Suppression.objects.bulk_create(rows, ignore_conflicts=True)
    waiting = Message.objects.filter(status__in=[MessageStatus.QUEUED, MessageStatus.CLAIMED])
    theirs = waiting.filter(recipient_hash=recipient_hash, kind__in=wanted)
    found = dict(theirs.values_list("pk", "key"))
    # A copy leaves with its mail, or not at all.
    copies = waiting.filter(copy_of__in=found.values()).values_list("pk", flat=True)
    # Locked in the order of their keys, as whoever sends them does.
    stopped = waiting.filter(pk__in=[*found, *copies]).order_by("pk").select_for_update(no_key=True)
    pks = list(stopped.values_list("pk", flat=True))
    Message.objects.filter(pk__in=pks).update(
        status=MessageStatus.SUPERSEDED, final_at=now, claim="", lease_until=None
    )
    return bool(rows)


@transaction.atomic
def lift(recipient_hash: str, *, kinds: Iterable[str] = EVERY) -> None:
    """Mails of these kinds are welcome at this address again; what came back before counts no more."""
    Suppression.objects.filter(recipient_hash=recipient_hash, kind__in=list(kinds)).delete()
    Returned.objects.filter(message__recipient_hash=recipient_hash, settled=False).update(settled=True)


def refused_by(recipient_hash: str) -> set[str]:
    """The kinds of mails this address does not want. One query."""
    return set(Suppression.objects.filter(recipient_hash=recipient_hash).values_list("kind", flat=True))


def refusing(addresses: Iterable[str], kind: str) -> set[str]:
    """Those of `addresses` that want no mails of this kind. One query."""
    hashes = {hash_of(address): address for address in addresses}
    found = Suppression.objects.filter(kind=kind, recipient_hash__in=hashes)
    return {hashes[digest] for digest in found.values_list("recipient_hash", flat=True)}
