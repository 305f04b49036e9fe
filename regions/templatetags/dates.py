"""Dates and hours in the language of the page. Released documents carry them as ISO strings: both do."""

from datetime import date, datetime, time
from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from outbox import clock
from regions import dates, legal_time
from regions.languages import current_language

register = template.Library()


def as_date(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _time(value: time | str) -> time:
    return time.fromisoformat(value) if isinstance(value, str) else value


@register.filter
def long_date(value: date | str) -> str:
    return dates.long_date(as_date(value), current_language())


@register.filter
def full_date(value: date | str) -> str:
    return dates.full_date(as_date(value), current_language())


@register.filter
def short_date(value: date | str) -> str:
    return dates.short_date(as_date(value), current_language())


@register.filter
def weekday(value: date | str) -> str:
    return dates.DAYS[current_language()][as_date(value).weekday()]


@register.filter
def day_number(value: date | str) -> int:
    return as_date(value).day


@register.filter
def day_and_month(value: date | str) -> str:
    return dates.day_and_month(as_date(value), current_language())


@register.filter
def month_and_year(value: date | str) -> str:
    return dates.month_and_year(as_date(value), current_language())


@register.filter
def moment(value: datetime | str) -> str:
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return dates.moment(instant, current_language())


@register.filter
def moment_in_words(value: datetime) -> str:
    """For sentences of mails."""
    return dates.moment_in_words(value, current_language())


@register.filter
def ahead(value: date | str | None) -> bool:
    """Whether this day is still to come in Morocco."""
    return value is not None and as_date(value) > legal_time.wall_clock(clock.now()).date()


@register.filter
def clock_face(value: time | str) -> SafeString:
    """10:00, left-to-right wherever it stands."""
    return _face(_time(value))


@lru_cache(maxsize=1440)
def _face(value: time) -> SafeString:
    return ltr(dates.clock_face(value))


@register.filter
def ltr(value: object) -> SafeString:
    """Hours, telephones, addresses, codes: left-to-right inside Arabic, not broken at the end of a line."""
    return format_html('<bdi dir="ltr">{}</bdi>', value)


@register.simple_tag
def hours(starts: time | str, ends: time | str) -> str:
    return dates.hours(_time(starts), _time(ends), current_language())


@register.simple_tag
def moroccan_time(day: date | str, hour: time | str) -> SafeString:
    """« heure du Maroc (UTC+00:00) »: whose clocks are meant, for readers whose telephone disagrees."""
    return format_html(
        "{} {}", dates.MOROCCAN_TIME[current_language()], ltr(f"({dates.offset(as_date(day), _time(hour))})")
    )
