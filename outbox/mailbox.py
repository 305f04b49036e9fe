"""Reading the mailbox that notices come to, a bounded number of mails at a time.

How far it was read is written down here, not there: mails that are not for us are looked at once, and stay
as they are. Those understood are marked as read, so that what is unread is for people. Two readers at once,
or one that is killed, read a mail twice; what it says counts once.
"""

import logging
import time
from collections import Counter

from outbox import clock, incoming
from outbox.imap import Account, Folder, opened
from outbox.incoming import Taken
from outbox.models import Mailbox

logger = logging.getLogger(__name__)

MOST_MAILS = 200
RUN_SECONDS = 50.0


def read(account: Account) -> Counter[Taken]:
    """Read what came since; answers how many of each. What is left is read the next time.

    Raises imap.Away, DatabaseError: what was read until then is written down.
    """
    done: Counter[Taken] = Counter()
    with opened(account) as folder:
        mark = _mark(account, folder)
        until = time.monotonic() + RUN_SECONDS
        for uid in folder.after(mark.last_uid)[:MOST_MAILS]:
            done[_take(folder, uid)] += 1
            Mailbox.objects.filter(pk=mark.pk, uid_validity=mark.uid_validity, last_uid__lt=uid).update(
                last_uid=uid, read_at=clock.now()
            )
            if time.monotonic() > until:
                break
    if done[Taken.LEFT]:
        logger.warning("%s mails in the mailbox are left for people to read", done[Taken.LEFT])
    return done


def _take(folder: Folder, uid: int) -> Taken:
    raw = folder.read(uid, limit=incoming.LIMIT + 1)
    taken = incoming.take(raw)
    if taken is not Taken.LEFT:
        folder.mark(uid)
    return taken


def _mark(account: Account, folder: Folder) -> Mailbox:
    """How far this folder was read; from its beginning where it was made anew."""
    now = clock.now()
    found, created = Mailbox.objects.get_or_create(
        name=account.name, defaults={"uid_validity": folder.uid_validity, "read_at": now}
    )
    if created:
        return found
    found.read_at, fields = now, ["read_at"]
    if found.uid_validity != folder.uid_validity:
        found.uid_validity, found.last_uid, fields = (
            folder.uid_validity,
            0,
            [*fields, "uid_validity", "last_uid"],
        )
    found.save(update_fields=fields)
    return found
