"""What Celery rings for. Each of these may run twice, late, or at once in several workers."""

from celery import shared_task

from outbox import delivery, doorbell, retention


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
def empty_old_bodies() -> None:
    """Each day, by beat."""
    retention.empty_old_bodies()
