"""What staff decide about a message: send it again, or hold it for sent."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from outbox import clock, doorbell, journal, suppressions
from outbox.models import Message, MessageStatus, Reason, Suppression
from outbox.queue import new_message_id

RESENDABLE = [MessageStatus.SENT, MessageStatus.FAILED, MessageStatus.IN_DOUBT]
IN_HAND = [MessageStatus.QUEUED, MessageStatus.CLAIMED, MessageStatus.SENDING]
NOT_THEIR_WISH = [Reason.BOUNCES, Reason.COMPLAINT]
COPIED = [
    *("subject", "purpose", "audience", "origin", "kind", "priority"),
    *("recipient", "recipient_hash", "language"),
    *("headline", "text", "html", "calendar", "calendar_method", "calendar_uid", "calendar_sequence"),
    *("headers", "reply_to", "valid_until", "copy_of"),
]


class NotPossible(Exception):
    """It cannot be done; the message is for whoever asked."""


def why_not_resend(message: Message) -> str:
    """Why `message` cannot be sent again, as a sentence; "" when it can."""
    if message.status not in RESENDABLE:
        return _("Seul un message envoyé, refusé ou incertain se renvoie.")
    if not (message.text and message.recipient):
        return _("Son texte a été effacé.")
    if message.valid_until and message.valid_until <= clock.now():
        return _("Il n’a plus lieu d’être : la date jusqu’à laquelle il valait est passée.")
    if message.overtaken:
        return _("Ce qu’il dit n’est plus vrai : un autre message l’a dit depuis.")
    if message.resends.filter(status__in=IN_HAND).exists():
        return _("Un renvoi de ce message attend déjà.")
    return ""


@transaction.atomic
def resend(message_pk: int, *, by: Any) -> Message:
    """The same words once more, as a message of its own; what was in doubt is replaced by it.

    Raises NotPossible, also for whoever presses twice.
    """
    message = _lock(message_pk)
    if reason := why_not_resend(message):
        raise NotPossible(reason)
    now = clock.now()
    again = Message.objects.create(
        **{name: getattr(message, name) for name in COPIED},
        # Who hears of what stands in the key: a copy says so too.
        key=f"{message.key}~{message.resends.count() + 1}",
        message_id=new_message_id(),
        resend_of=message,
        written_at=now,
        due_at=now,
    )
    if message.status == MessageStatus.IN_DOUBT:
        _decide(message, MessageStatus.SUPERSEDED)
    journal.record(by, "resend", f"message:{message.pk}")
    doorbell.ring_at_commit()
    return again


def why_not_hold_for_sent(message: Message) -> str:
    """Why `message` cannot be held for sent, as a sentence; "" when it can."""
    return "" if message.status == MessageStatus.IN_DOUBT else _("Ce message n’est pas incertain.")


@transaction.atomic
def hold_for_sent(message_pk: int, *, by: Any) -> Message:
    """A message in doubt has arrived, says a person who asked. Raises NotPossible for any other."""
    message = _lock(message_pk)
    if reason := why_not_hold_for_sent(message):
        raise NotPossible(reason)
    _decide(message, MessageStatus.SENT)
    journal.record(by, "hold_for_sent", f"message:{message.pk}")
    return message


@transaction.atomic
def write_again(suppression_pks: Iterable[int], *, by: Any) -> int:
    """Addresses that mails came back from are found right by a person: campaigns leave for them again, and
    what comes back is counted anew. Answers how many; who refused mails by themselves stays refusing."""
    ours = Suppression.objects.filter(reason__in=NOT_THEIR_WISH)
    hashes = ours.filter(pk__in=list(suppression_pks)).values("recipient_hash")
    by_address: dict[str, list[Suppression]] = {}
    for row in ours.filter(recipient_hash__in=hashes).order_by("pk"):
        by_address.setdefault(row.recipient_hash, []).append(row)
    for recipient_hash, rows in by_address.items():
        suppressions.lift(recipient_hash, kinds=[row.kind for row in rows])
        journal.record(by, "write_again", f"suppression:{rows[0].pk}")
    return len(by_address)


def _decide(message: Message, status: MessageStatus) -> None:
    # Without its token a worker that comes back late has no more to say.
    message.status, message.claim, message.lease_until = status, "", None
    message.final_at = clock.now()
    message.save(update_fields=["status", "claim", "lease_until", "final_at"])


def _lock(pk: int) -> Message:
    return Message.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
