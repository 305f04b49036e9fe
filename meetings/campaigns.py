"""Orders to invite, once given: how far they are, and halting them.

How far an order is, is counted in the invitations themselves: whoever looks sees what the database has.
"""

from collections import Counter
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.models import User
from meetings import invitations
from meetings.models import Campaign, Channel
from outbox import clock
from outbox.models import Message, MessageStatus

ON_THE_WAY = (MessageStatus.QUEUED, MessageStatus.CLAIMED, MessageStatus.SENDING)


@dataclass(frozen=True, slots=True)
class Progress:
    people: int | None  # whom it was for when its writing began; none before that
    by_mail: int
    by_letter: int
    waiting: int  # of the mails, those that have not left
    sent: int
    stuck: int  # refused, or in doubt: a person looks at them
    dropped: int  # overtaken by a change, too late, or not wanted any more

    @property
    def written(self) -> int:
        return self.by_mail + self.by_letter

    @property
    def whole(self) -> int:
        """Never less than what is written: people join an audience while it is written to."""
        return max(self.people or 0, self.written)


def to_be_written() -> QuerySet[Campaign]:
    """Those that a worker should go on with."""
    return Campaign.objects.filter(done_at=None, halted_at=None)


def progress(campaign: Campaign) -> Progress:
    rows = campaign.invitations.all()
    channels = Counter(rows.values_list("channel", flat=True))
    states = _mails(campaign)
    return Progress(
        people=campaign.people,
        by_mail=channels[Channel.MAIL],
        by_letter=channels[Channel.LETTER],
        waiting=sum(states[status] for status in ON_THE_WAY),
        sent=states[MessageStatus.SENT],
        stuck=states[MessageStatus.FAILED] + states[MessageStatus.IN_DOUBT],
        dropped=states[MessageStatus.TOO_LATE] + states[MessageStatus.SUPERSEDED],
    )


@transaction.atomic
def halt(campaign: Campaign, *, by: User) -> bool:
    """Write no more of them, but for the few dozen under way. What is written leaves. Twice is once."""
    going = Campaign.objects.filter(pk=campaign.pk, done_at=None, halted_at=None)
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


def _mails(campaign: Campaign) -> Counter[str]:
    """How many of its mails are in which state: those to its people about this stop, one each."""
    purpose, stop = invitations.PURPOSE, campaign.stop_id
    mails = Message.objects.filter(
        subject=f"stop:{stop}",
        purpose=purpose,
        resend_of=None,
        written_at__gte=campaign.ordered_at,
    )
    keys = set(campaign.invitations.filter(channel=Channel.MAIL).values_list("key", flat=True))
    return Counter(
        status
        for key, status in mails.values_list("key", "status")
        if key.removeprefix(f"{purpose}:").rpartition(f":{stop}:")[0] in keys
    )
