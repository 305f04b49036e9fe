"""Banners: what is urgent about a stop, while it is. Read live, beside the releases, like a stop's state."""

from datetime import date, time
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


class Moment(TypedDict):
    today: date
    hour: time


def moment() -> Moment:
    """Now, as clocks in Morocco show it."""
    wall = legal_time.wall_clock(clock.now())
    return {"today": wall.date(), "hour": wall.time().replace(tzinfo=None)}


def standing(*, today: date, hour: time) -> QuerySet[Broadcast]:
    """Not withdrawn and not over at a `moment`; the newest first."""
    still = Q(until_day__gt=today) | Q(until_day=today, until_hour__gt=hour)
    return Broadcast.objects.filter(still, urgent=True, withdrawn_at=None).order_by("-pk")


def rows(stop: OuterRef, *, today: date, hour: time) -> ArraySubquery:
    """The banners of a stop at a `moment`, to be read along with another row: no query of their own."""
    words = {language: f"text_{language}" for language in ALL}
    found = standing(today=today, hour=hour).filter(stop=stop)
    return ArraySubquery(found.values(row=JSONObject(**words)))


def of(stop: Any) -> list[Alert]:
    """Of a stop whose row was read with them, or of any: one query."""
    read = getattr(stop, "alerts", None)
    if read is not None:
        return list(read)
    pk = stop.pk if isinstance(stop, Stop) else stop
    return [
        Alert(fr=one.text_fr, ar=one.text_ar, en=one.text_en) for one in standing(**moment()).filter(stop=pk)
    ]
