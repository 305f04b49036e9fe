"""Banners of what is urgent, on pages of one stop and where all stops are told of."""

from collections.abc import Iterable
from typing import Any

from django import template

from meetings import alerts

register = template.Library()


@register.inclusion_tag("meetings/_alerts.html")
def alerts_of(stop: Any) -> dict[str, Any]:
    """Those of one stop, read with it, or of its row or number: one query."""
    return {"alerts": [{"text": alert, "city": None} for alert in alerts.of(stop)]}


@register.inclusion_tag("meetings/_alerts.html")
def alerts_of_all(stops: Iterable[Any]) -> dict[str, Any]:
    """Those of every public stop, each with its city."""
    return {
        "alerts": [{"text": alert, "city": stop.document["city"]} for stop in stops for alert in stop.alerts]
    }
