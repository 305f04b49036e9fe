"""What is done from time to time without anybody asking."""

from celery import shared_task

from outbox import clock
from professionals import seat_requests


@shared_task
def forget_expired_requests() -> None:
    """Erase what strangers typed and never confirmed. Running it twice is running it once."""
    seat_requests.forget_expired(clock.now())
