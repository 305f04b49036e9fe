"""Telling the professionals who were invited of a change: in batches, each under the stop's lock.

A move must not wait for thousands of mails, nor registrations for the move. What is left to write
follows from what was written: twice, or after a crash, is once.
"""

from django.db import transaction

from meetings import gate, notices
from meetings.models import Announcement, Release, Stop
from meetings.notices import Told
from outbox import clock
from outbox.models import Message

BATCH = 50


def write(announcement_id: int, *, limit: int) -> int:
    """Go on with an order, for at most about `limit` mails; answers how many were written."""
    written = 0
    while written < limit and (more := write_batch(announcement_id)):
        written += more
    return written


@transaction.atomic
def write_batch(announcement_id: int) -> int:
    """The next mails of an order, which is closed once there are none. Raises Busy."""
    release = Release.objects.get(announcement=announcement_id)
    stop = gate.lock(release.stop_id)
    order = Announcement.objects.get(pk=announcement_id)
    if order.done_at is not None:
        return 0
    to = waiting(stop, order, release)[:BATCH]
    if not to:
        order.done_at = clock.now()
        order.save(update_fields=["done_at"])
        return 0
    before = Release.objects.get(stop=stop, number=release.number - 1)
    notices.write(stop, order.purpose, to=to, before=before.document, release=release)
    return len(to)


def waiting(stop: Stop, order: Announcement, release: Release) -> list[Told]:
    """Who was invited before the change and was not told of it yet."""
    written = set(
        Message.objects.filter(subject=f"stop:{stop.pk}", purpose=order.purpose).values_list("key", flat=True)
    )
    return [
        told
        for told in notices.people(stop)
        if told.by_order
        and told.invitation is not None
        and told.invitation.written_at < release.at
        and notices.key(order.purpose, told.person, release) not in written
    ]
