"""The guest list of a stop: officials expected there, each at a protocol rank of that stop's own."""

from collections.abc import Iterable

from django.db import transaction

from accounts import audit
from accounts.models import User
from meetings.models import Guest, Stop, StopStatus
from regions import legal_time
from regions.models import Official

TO_COME = [StopStatus.DRAFT, StopStatus.PUBLISHED, StopStatus.POSTPONED]


@transaction.atomic
def expect(officials: Iterable[Official], *, by: User | None) -> int:
    """Put officials on the guest lists of the current tour's stops to come; answers how many were new.

    Those of a region are expected at the stops of their region, those of the country at every stop,
    at their usual rank. Who stands on a list already keeps the rank that staff gave them there.
    """
    stops = list(
        Stop.objects.filter(tour__is_current=True, status__in=TO_COME, date__gte=legal_time.today()).order_by(
            "pk"
        )
    )
    wanted = [
        Guest(stop=stop, official=official, rank=official.protocol_rank)
        for official in officials
        for stop in stops
        if official.active and official.region_id in (None, stop.region_id)
    ]
    there = set(Guest.objects.filter(stop__in=stops).values_list("stop_id", "official_id"))
    new = [guest for guest in wanted if (guest.stop_id, guest.official_id) not in there]
    Guest.objects.bulk_create(new)
    for stop_id in sorted({guest.stop_id for guest in new}):
        audit.record(by, "guests_added", f"stop:{stop_id}")
    return len(new)
