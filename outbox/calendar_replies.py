"""Answers that a person's calendar gives: where they are sent, how they are known, who hears of them.

REPLIES_ADDRESS is where somebody reads them, a mailbox or a pipe (`manage.py read_mailbox`); without it no
reply is asked for. With a « * » in it (reponses+*@portal.example) each entry names an address of its own,
with a tag that only its reader knows: calendars that answer without naming the mail are known by it.

An app that wrote a mail with an entry hears of the answer where it registered for the people named in its
keys ("registration", "official"), in AppConfig.ready.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable

from django.conf import settings

from outbox import keys
from outbox.models import Message, Partstat

TAG_BYTES = 10
MARK = "*"

Told = Callable[[Message, Partstat], None]

_registry: dict[str, Told] = {}


def register(person: str, told: Told) -> None:
    """`told` hears, in the transaction, what a calendar said of a mail to such people, once per notice."""
    _registry[person] = told


def tell(message: Message, said: Partstat) -> None:
    told = _registry.get(keys.person_of(message.key).partition(":")[0])
    if told:
        told(message, said)


def wanted() -> bool:
    return bool(settings.REPLIES_ADDRESS)


def organizer(uid: str, attendee: str) -> str:
    """Where the calendar of this attendee answers about this entry; "" where nobody reads it.

    The same for one attendee and entry for good: calendars take another organizer for another meeting.
    """
    return settings.REPLIES_ADDRESS.replace(MARK, _tag(uid, attendee))


def mailbox() -> str:
    """REPLIES_ADDRESS without a tag; "" where there is none."""
    return re.sub(r"[-+=._]?\*", "", settings.REPLIES_ADDRESS)


def known_by(addresses: Iterable[str], *, uid: str, attendee: str) -> bool:
    """Whether one of `addresses` is the one that only this attendee was given for this entry."""
    if MARK not in settings.REPLIES_ADDRESS:
        return False
    ours = organizer(uid, attendee).lower()
    return any(hmac.compare_digest(ours.encode(), address.lower().encode()) for address in addresses)


def _tag(uid: str, attendee: str) -> str:
    """80 bits; small letters and digits, for an address loses its capitals on the way."""
    said = f"calendar\n{uid}\n{attendee.strip().lower()}".encode()
    digest = hmac.new(settings.ADDRESS_KEY.encode(), said, hashlib.sha256).digest()
    return base64.b32encode(digest[:TAG_BYTES]).decode().lower()
