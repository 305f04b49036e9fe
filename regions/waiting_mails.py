"""What becomes of the mails that wait when it changes how an official is written to."""

from collections.abc import Collection

from outbox import queue
from regions.models import Official


def changed(official: Official, fields: Collection[str]) -> None:
    """These columns of an official were written, in this transaction.

    Copies that wait do not leave for an assistant who is theirs no more; nothing at all leaves for who is
    written letters only from now on. What left, left; the next copies go to the new address.
    """
    person = f"official:{official.pk}"
    if "by_letter" in fields and official.by_letter:
        queue.write_no_more(person)
    elif "assistant_email" in fields:
        queue.write_no_more(person, only_copies=True)
