"""What Celery rings for. Each of these may run twice, late, or at once in several workers."""

import logging

from celery import shared_task
from django.conf import settings

from outbox import delivery, doorbell, retention

logger = logging.getLogger(__name__)


@shared_task
def deliver_due() -> None:
    """A bounded round of deliveries; rings again when more is due."""
    again = delivery.run()
    if again is not None:
        doorbell.ring(after=again)


@shared_task
def sweep() -> None:
    """Each minute, by beat: settle what was left lying, ring for what is due."""
    if delivery.sweep():
        doorbell.ring()


@shared_task
def read_mailbox() -> None:
    """Every two minutes, by beat: what came back, where there is a mailbox."""
    if not settings.MAILBOX_URL:
        return
    from outbox import imap, mailbox  # no web process needs them

    try:
        mailbox.read(imap.Account.from_url(settings.MAILBOX_URL))
    except imap.Away as away:
        logger.error("The mailbox (MAILBOX_URL) cannot be read: %s", away)


@shared_task
def empty_old_bodies() -> None:
    """Each day, by beat."""
    retention.empty_old_bodies()
