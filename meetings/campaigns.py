"""Orders to invite, once given: their moment, halting and resuming them, taking them back."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.models import User
from meetings import again, invitations
from meetings.models import Campaign, Stop
from outbox import clock


class WrongMoment(Exception):
    """Invitations leave from a moment to come on, and before their stop begins."""


def to_be_written() -> QuerySet[Campaign]:
    """Those that a worker should go on with: the beat opens those whose moment has come."""
    return Campaign.objects.going()


def write(campaign: Campaign, *, limit: int) -> int:
    """Go on with an order for at most about `limit` letters; answers how many were written."""
    writer = again if campaign.again_of_id else invitations
    return writer.write(campaign, limit=limit)


def check_moment(stop: Stop, at: datetime) -> None:
    """Raises WrongMoment."""
    if not clock.now() < at < stop.starts_at:
        raise WrongMoment


@transaction.atomic
def move(campaign: Campaign, *, to: datetime | None, by: User) -> bool:
    """Another moment for an order that has not begun; None is now. False once it has begun.

    Raises WrongMoment.
    """
    if to is not None:
        check_moment(campaign.stop, to)
    if not Campaign.objects.planned().filter(pk=campaign.pk).update(starts_at=to or clock.now()):
        return False
    audit.record(by, "campaign_moved", f"campaign:{campaign.pk}", fields=["starts_at"])
    if to is None:
        # robust: a broker that is down must not fail the click; the beat goes on with open campaigns.
        transaction.on_commit(partial(invitations.ring, campaign.pk), robust=True)
    return True


@transaction.atomic
def withdraw(campaign: Campaign, *, by: User) -> bool:
    """Take back an order that has not begun: nobody is written to by it. False once it has begun."""
    now = clock.now()
    planned = Campaign.objects.planned().filter(pk=campaign.pk)
    if not planned.update(done_at=now, withdrawn_at=now, withdrawn_by=by):
        return False
    audit.record(by, "campaign_withdrawn", f"campaign:{campaign.pk}")
    return True


@transaction.atomic
def halt(campaign: Campaign, *, by: User) -> bool:
    """Write no more of them, but for the few dozen under way. What is written leaves. Twice is once."""
    going = Campaign.objects.open().filter(pk=campaign.pk)
    if not going.update(halted_at=clock.now(), halted_by=by):
        return False
    audit.record(by, "campaign_halted", f"campaign:{campaign.pk}")
    return True


@transaction.atomic
def resume(campaign: Campaign, *, by: User) -> bool:
    """Go on where it was halted: nobody is written to twice. Twice is once."""
    halted = Campaign.objects.filter(pk=campaign.pk, done_at=None, halted_at__isnull=False)
    if not halted.update(halted_at=None, halted_by=None):
        return False
    audit.record(by, "campaign_resumed", f"campaign:{campaign.pk}")
    # robust: a broker that is down must not fail the click; the beat goes on with open campaigns.
    transaction.on_commit(partial(invitations.ring, campaign.pk), robust=True)
    return True
