"""Telling those concerned of a change: in batches, each under the stop's lock.

A move must not wait for hundreds of mails, nor registrations for the move. An order holds the keys
of those still to be told; a batch writes to some and takes them out in one transaction. So whatever
is killed in between, the next worker or beat goes on, and twice is once.
"""

import logging
from collections.abc import Mapping

from django.db import DatabaseError, transaction

from meetings import gate, notices, officials
from meetings.models import Announcement, Release, Stop
from meetings.notices import Told
from outbox import clock
from regions.models import Official

logger = logging.getLogger(__name__)

BATCH = 25  # the lock is held for a fraction of a second


def write(announcement_id: int, *, limit: int) -> int:
    """Go on with an order, for at most about `limit` people; answers how many were gone through.

    Whoever cannot be written to is logged and stays in the order; the others are not kept waiting.
    """
    done, failed = 0, set[str]()
    while done < limit:
        passed_over = len(failed)
        more = write_batch(announcement_id, failed=failed)
        if not more and len(failed) == passed_over:
            break
        done += more
    return done


@transaction.atomic
def write_batch(announcement_id: int, *, failed: set[str]) -> int:
    """The next people of an order, which is closed with the last of them; answers how many.

    Who is concerned no more, or became somebody else, is read under the lock. `failed` is passed over
    and added to. Raises Busy.
    """
    release = Release.objects.get(announcement=announcement_id)
    stop = gate.lock(release.stop_id)
    order = Announcement.objects.get(pk=announcement_id)
    order.release = release
    keys = [key for key in order.keys if key not in failed][:BATCH]
    if order.done_at is not None or not keys:
        return 0
    before = Release.objects.get(stop=stop, number=release.number - 1)
    offices = officials.by_key(keys, hold=True)
    for told in notices.people(stop, among=keys):
        if not _told(stop, told, order, before=before, offices=offices):
            failed.add(told.person.key)
    gone_through = set(keys) - failed
    order.keys = [key for key in order.keys if key not in gone_through]
    order.done_at = None if order.keys else clock.now()
    order.save(update_fields=["keys", "done_at"])
    return len(gone_through)


def owed(stop: Stop) -> set[str]:
    """Keys of those who are still to hear of a change of this stop: nothing else is written to them first."""
    open_orders = Announcement.objects.filter(release__stop=stop, done_at=None)
    return {key for keys in open_orders.values_list("keys", flat=True) for key in keys}


def _told(
    stop: Stop, told: Told, order: Announcement, *, before: Release, offices: Mapping[str, Official]
) -> bool:
    try:
        with transaction.atomic():
            notices.write(stop, told, order, before=before, official=offices.get(told.person.key))
    except DatabaseError:
        raise
    except Exception:
        logger.exception("announcement %s: %s could not be written to", order.pk, told.person.key)
        return False
    return True
