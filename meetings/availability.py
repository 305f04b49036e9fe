"""What the public is told of the seats: a class, never the number."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings import declaration
from meetings.attendance import Taken
from meetings.models import Access, Stop, StopStatus
from regions import legal_time


class Availability(models.TextChoices):
    OPEN = "open", _("places disponibles")
    FEW = "few", _("dernières places")
    WAITING = "waiting", _("liste d’attente")
    FULL = "full", _("complet")
    CLOSED = "closed", _("inscriptions closes")
    PAUSED = "paused", _("inscriptions suspendues")
    NOT_YET = "not_yet", _("inscriptions pas encore ouvertes")
    INVITATION = "invitation", _("sur invitation")


# Who asks now gets a seat or a place in the queue.
ASKED_FOR = frozenset({Availability.OPEN, Availability.FEW, Availability.WAITING})


def of(stop: Stop, taken: Taken, at: datetime) -> Availability:
    """The class of `stop` at `at`, `taken` being who sits and who queues.

    A seat that is free while people queue belongs to the queue: newcomers find the waiting list.
    Few: a tenth or less is left of the seats that are held for nobody.
    """
    free = taken.free(stop.seats)
    if stop.takes_registrations(at=at):
        if stop.access == Access.INVITATION:
            return Availability.INVITATION
        if free <= 0 or taken.waiting:
            return Availability.WAITING
        return Availability.FEW if free * 10 <= stop.seats - taken.held or free == 1 else Availability.OPEN
    if stop.status != StopStatus.PUBLISHED or at >= stop.starts_at:
        return Availability.CLOSED
    if not declaration.registration_may_open():
        return Availability.NOT_YET
    opens_on = stop.registration_opens_on
    if opens_on is not None and legal_time.wall_clock(at).date() < opens_on:
        return Availability.NOT_YET
    if free <= 0:
        return Availability.FULL
    closes_on = stop.registration_closes_on
    over = closes_on is not None and closes_on < legal_time.wall_clock(at).date()
    return Availability.PAUSED if stop.registration_paused and not over else Availability.CLOSED
