"""Refusing a kind of mail, and wanting it again: the link each such mail carries, and what it opens.

The link says the address it was written to, as the keyed hash under which refusals are kept, and the kind
of the mail: so it works for whoever was written to, also once they are gone from every file.
"""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from accounts import links
from meetings.audiences import Recipient
from meetings.models import Invitation
from outbox import kinds, queue, suppressions
from outbox.models import Kind, Message

PURPOSE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose link was opened, and which kind the mail was of that carried it."""

    recipient_hash: str
    kind: Kind


def address(email: str, kind: Kind, language: str) -> str:
    """The absolute address where the reader of a mail of this kind refuses it."""
    digest = base64.urlsafe_b64encode(bytes.fromhex(queue.hash_of(email))).decode().rstrip("=")
    with translation.override(language):
        token = links.sealed(PURPOSE, f"{kind}-{digest}")
        return settings.SITE_URL + reverse("meetings:unsubscribe", args=[token])


def link(person: Recipient, purpose: str, audience: str) -> str:
    """Where this person refuses what they are written for this purpose, in their language.

    Raises kinds.NotRefusable.
    """
    return address(person.email, kinds.of(purpose, audience), person.language)


def willing(people: Iterable[Recipient], purpose: str, audience: str) -> list[Recipient]:
    """Those of an audience who did not refuse what is written for this purpose. One query."""
    asked = list(people)
    refusing = suppressions.refusing((one.email for one in asked), kinds.of(purpose, audience))
    return [person for person in asked if person.email not in refusing]


def nowhere(language: str) -> str:
    """What stands for that address in an example: it opens nothing."""
    return f"{settings.SITE_URL}/{language}/#exemple"


def opened(token: str) -> Wish:
    """Raises BadToken."""
    said, _dot, _seal = token.partition(".")
    if said.isdigit():
        return _by_invitation(token)
    kind, _dash, digest = links.unsealed(token, PURPOSE).partition("-")
    try:
        return Wish(base64.urlsafe_b64decode(digest + "=").hex(), Kind(kind))
    except (ValueError, binascii.Error) as error:
        raise links.BadToken from error


def offered(wish: Wish, refused: Iterable[str]) -> list[Kind]:
    """The kinds this reader is asked about: the press's only to the press, copies only to who receives them
    and to these nothing else, and what they refused."""
    if wish.kind == Kind.COPIES:
        return [kind for kind in Kind if kind == Kind.COPIES or kind in refused]
    apart = {Kind.PRESS, Kind.COPIES} - {wish.kind}
    return [kind for kind in Kind if kind not in apart or kind in refused]


@transaction.atomic
def choose(wish: Wish, *, wanted: Iterable[str], among: Iterable[str]) -> None:
    """Of the kinds the reader was asked about, these are written to them and the others are not."""
    asked, kept = set(among), set(wanted)
    suppressions.lift(wish.recipient_hash, kinds=asked & kept)
    suppressions.suppress(wish.recipient_hash, kinds=sorted(asked - kept))


def shown(recipient_hash: str) -> str:
    """The address so that its owner knows it, « d…@hotel.example »; "" where it was erased. One query."""
    written = Message.objects.filter(recipient_hash=recipient_hash).exclude(recipient="")
    found = written.values_list("recipient", flat=True).order_by("-pk").first()
    if not found:
        return ""
    user, _at, domain = found.rpartition("@")
    return f"{user[0]}…@{domain}"


def _by_invitation(token: str) -> Wish:
    """Links of mails written before refusals were by kind speak of an invitation."""
    found = Invitation.objects.filter(pk=links.row(token)).exclude(recipient_hash="").first()
    if found is None:
        raise links.BadToken
    links.check(token, PURPOSE, found.pk, found.nonce)
    return Wish(found.recipient_hash, kinds.of("invitation", found.audience))
