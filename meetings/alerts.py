"""Banners: what is urgent about a stop, while it is. Read live, beside the releases, like a stop's state."""

from typing import Any, TypedDict

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from meetings.models import Broadcast, Stop
from outbox import clock
from regions import legal_time
from regions.languages import ALL


class Alert(TypedDict):
    fr: str
    ar: str
    en: str


def standing() -> QuerySet[Broadcast]:
    """Not withdrawn and not over, as clocks in Morocco show it now; the newest first."""
    wall = legal_time.wall_clock(clock.now())
    today, hour = wall.date(), wall.time().replace(tzinfo=None)
    still = Q(until_day__gt=today) | Q(until_day=today, until_hour__gt=hour)
    return Broadcast.objects.filter(still, urgent=True, withdrawn_at=None).order_by("-pk")


def rows(stop: OuterRef) -> ArraySubquery:
    """The banners of a stop, to be read along with another row: no query of their own."""
    words = {language: f"text_{language}" for language in ALL}
    return ArraySubquery(standing().filter(stop=stop).values(row=JSONObject(**words)))


def of(stop: Any) -> list[Alert]:
    """Of a stop whose row was read with them, or of any: one query."""
    read = getattr(stop, "alerts", None)
    if read is not None:
        return list(read)
    pk = stop.pk if isinstance(stop, Stop) else stop
    return [Alert(fr=one.text_fr, ar=one.text_ar, en=one.text_en) for one in standing().filter(stop=pk)]
