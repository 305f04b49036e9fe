"""What is done from time to time without anybody asking."""

from celery import shared_task

from meetings.models import Stop
from outbox import clock
from professionals import lost_links, offers, promotion, seat_requests
from professionals.delegations import keeping
from professionals.duplicates import undoing


@shared_task
def forget_expired_requests() -> None:
    """Erase what strangers typed and never confirmed. Running it twice is running it once."""
    seat_requests.forget_expired(clock.now())


@shared_task
def ask_again() -> None:
    """Write once more to who did not confirm for half a day."""
    seat_requests.write_again(clock.now())


@shared_task
def forget_merges() -> None:
    """Forget how it was before a merge that can no longer be undone."""
    undoing.forget(clock.now())


@shared_task
def answer_lost_links() -> None:
    """Send links again to the mailboxes that asked for theirs."""
    lost_links.answer()


@shared_task
def move_up(stop_id: int) -> None:
    """Go on with giving free seats to the queue; rings again where there are more."""
    promotion.promote(Stop.objects.get(pk=stop_id))


@shared_task
def move_queues_up() -> None:
    """Each minute, by beat: where a worker was lost in the middle."""
    for stop in promotion.stops_with_room():
        promotion.promote(stop)


@shared_task
def let_offers_lapse() -> None:
    """Each minute, by beat: seats offered and not taken in time go to the next."""
    offers.lapse_due(clock.now())


@shared_task
def keep_delegations() -> None:
    """Each minute, by beat: who has not named everybody is reminded once; places not named in time go."""
    keeping.remind_due(clock.now())
    keeping.release_due(clock.now())
