"""What people expect, as they say it: kept word for word, theirs to take back."""

from django.db import models, transaction

from outbox import clock
from professionals.models import Contribution, Professional, Registration

LONGEST = 2000
MOST = 10  # of one person at one stop


class TooMany(Exception):
    """This person has said a lot at this stop already."""


@transaction.atomic
def say(registration: Registration, text: str, *, language: str) -> None:
    """Write down what they say. The same words again are said once. Raises TooMany."""
    # Their row, so that ten sendings at once are counted one after the other.
    Professional.objects.select_for_update(no_key=True).get(pk=registration.professional_id)
    theirs = of(registration)
    if theirs.filter(text=text).exists():
        return
    if theirs.count() >= MOST:
        raise TooMany
    Contribution.objects.create(
        professional_id=registration.professional_id,
        stop_id=registration.stop_id,
        text=text,
        language=language,
        said_at=clock.now(),
    )


def take_back(registration: Registration, pk: int) -> None:
    """One of theirs; anybody else's stays."""
    of(registration).filter(pk=pk).delete()


def of(registration: Registration) -> models.QuerySet[Contribution]:
    return Contribution.objects.filter(
        professional=registration.professional_id, stop=registration.stop_id
    ).order_by("said_at", "pk")
