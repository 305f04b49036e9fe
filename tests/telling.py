"""What workers do with the orders of the life cycle, at once and in this process."""

from meetings import announcements
from meetings.models import Announcement


def tell() -> None:
    """Write the changes that are ordered to everybody who is to hear of them."""
    for order in Announcement.objects.filter(done_at=None).order_by("pk"):
        announcements.write(order.pk, limit=10_000)
