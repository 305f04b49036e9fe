"""What workers and the beat do for the tour: fetch ids, call one function. Twice is once."""

from celery import shared_task

from accounts.models import User
from meetings import (
    announcements,
    broadcasts,
    campaigns,
    departures,
    downloads,
    handouts,
    held_seats,
    invitations,
    next_invitations,
    notices,
    printing,
    reminders,
)
from meetings.models import Announcement
from outbox import clock

LETTERS_PER_TASK = 500  # some seconds: far below the broker's patience
# Of one order: its audience is gone through once for so many, which take some seconds too.
INVITATIONS_PER_TASK = 2000


@shared_task
def write_invitations(campaign_id: int) -> None:
    """Go on with one order, then hand the rest to the next task."""
    campaign = campaigns.to_be_written().select_related("stop").filter(pk=campaign_id).first()
    if campaign and campaigns.write(campaign, limit=INVITATIONS_PER_TASK):
        write_invitations.delay(campaign_id)


@shared_task
def write_announcement(announcement_id: int) -> None:
    """Go on with telling of a change, then hand the rest to the next task."""
    if announcements.write(announcement_id, limit=LETTERS_PER_TASK):
        write_announcement.delay(announcement_id)


@shared_task
def write_broadcast(broadcast_id: int) -> None:
    """Go on with telling what the team has to say, then hand the rest to the next task."""
    if broadcasts.write(broadcast_id, limit=LETTERS_PER_TASK):
        write_broadcast.delay(broadcast_id)


@shared_task
def take_up_orders() -> None:
    """Each minute, by beat: the orders whose task was lost, and those that a held stop opens."""
    next_invitations.open_due()
    for broadcast_id in broadcasts.to_be_written().values_list("pk", flat=True):
        broadcasts.ring(broadcast_id)
    for announcement_id in Announcement.objects.filter(done_at=None).values_list("pk", flat=True):
        notices.ring(announcement_id)
    for campaign_id in campaigns.to_be_written().values_list("pk", flat=True):
        invitations.ring(campaign_id)


@shared_task
def write_due_reminders() -> None:
    """The beat's: what is due by the rules."""
    if reminders.write_due() >= reminders.LIMIT:
        write_due_reminders.delay()


@shared_task
def prepare_documents() -> None:
    """After a release: the agenda as PDF, before the first reader asks."""
    downloads.prepare()


@shared_task
def sweep_private_documents() -> None:
    """Each hour: papers that name people do not stay on disk, nor documents that nothing refers to."""
    printing.sweep_private()
    handouts.sweep()


@shared_task
def release_held_seats() -> None:
    """Each minute, by beat: seats held until a moment that has come."""
    held_seats.release_due(clock.now())


@shared_task
def rehearse(name: str, user_id: int) -> None:
    """Copies of what leaves within two days, to one member of the team."""
    if to := User.objects.filter(pk=user_id, is_active=True).first():
        departures.rehearse(name, to=to)
