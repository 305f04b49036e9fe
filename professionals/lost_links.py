"""« J'ai perdu mon lien »: written to its owner again, whoever asked.

The page writes one row, whether or not the mailbox is known; a worker looks and writes the mails.
"""

from functools import partial

from django.db import transaction

from meetings.models import Stop, StopStatus
from outbox import clock
from professionals import mails, promotion, rate_limit
from professionals.delegations import asking
from professionals.models import Delegation, LostLink, Registration, SeatRequest

BATCH = 50


@transaction.atomic
def ask(email: str) -> None:
    """Ask for the links of this mailbox; asked too often in an hour, nothing is written and nothing said."""
    if rate_limit.wait(rate_limit.MAIL_PER_PERSON, f"lost:{email}"):
        return
    LostLink.objects.create(email=email, asked_at=clock.now())
    # robust: a broker that is down must not fail the page; the beat goes on.
    transaction.on_commit(partial(ring), robust=True)


def ring() -> None:
    from professionals import tasks

    tasks.answer_lost_links.delay()


@transaction.atomic
def answer() -> int:
    """Write to the mailboxes that asked, and forget that they did; answers how many mails were written."""
    rows = list(LostLink.objects.select_for_update(skip_locked=True).order_by("pk")[:BATCH])
    written = sum(_write(row) for row in rows)
    LostLink.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return written


def _write(row: LostLink) -> int:
    now, written = clock.now(), 0
    ahead = {
        stop.pk: stop
        for stop in Stop.objects.public().exclude(status=StopStatus.CANCELLED).select_related("tour")
        if stop.status == StopStatus.POSTPONED or now < stop.ends_at
    }
    standing = Registration.objects.active().filter(professional__email=row.email, stop__in=ahead)
    for registration in standing.select_related("professional").order_by("pk"):
        registration.stop = ahead[registration.stop_id]
        mails.link_again(registration, occasion=f"lost:{row.pk}")
        written += 1
    asked_several = Delegation.objects.filter(
        contact__email=row.email, stop__in=ahead, status__in=asking.STANDS
    )
    for delegation in asked_several.select_related("contact").order_by("pk"):
        delegation.stop = ahead[delegation.stop_id]
        promotion.tell(delegation, "link")
        written += 1
    waiting = SeatRequest.objects.filter(
        email=row.email, registration=None, delegation=None, expires_at__gt=now, stop__in=ahead
    ).order_by("pk")
    for asked in waiting:
        mails.confirm_address(asked, ahead[asked.stop_id], occasion=f"lost:{row.pk}")
        written += 1
    return written
