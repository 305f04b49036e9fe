"""The one clock of the portal. Nothing else asks what time it is.

An offset moves it for tests and demonstrations; it is honoured with DEBUG only.
"""

from datetime import UTC, datetime, timedelta

from django.conf import settings


def now() -> datetime:
    """The present instant, aware, in UTC."""
    present = datetime.now(UTC)
    if settings.DEBUG and settings.CLOCK_OFFSET_SECONDS:
        present += timedelta(seconds=settings.CLOCK_OFFSET_SECONDS)
    return present
