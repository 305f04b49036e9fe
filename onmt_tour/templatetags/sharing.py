"""How a link to a page looks in a message: Open Graph."""

from datetime import date, time
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from meetings.agenda import PublicStop
from meetings.models import StopStatus
from regions import dates
from regions.languages import ALL, current_language, pick

register = template.Library()

LOCALES = {"fr": "fr_MA", "ar": "ar_MA", "en": "en_GB"}


def _absolute(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path


@register.inclusion_tag("components/open_graph.html", takes_context=True)
def open_graph(context: template.Context) -> dict[str, Any]:
    """How a link to this page looks in a message. A page about a stop has the stop's card."""
    request: HttpRequest | None = context.get("request")
    stop, language = context.get("stop"), current_language()
    about = stop if isinstance(stop, PublicStop) else None
    return {
        "url": _absolute(request.path if request else f"/{language}/"),
        "locale": LOCALES[language],
        "others": [LOCALES[code] for code in ALL if code != language],
        "title": _title(about, language) if about else "",
        "image": _absolute(
            reverse("meetings:stop_card", args=[about.slug]) if about else reverse("meetings:tour_card")
        ),
        "alternative": _title(about, language) if about else _("La tournée des 12 régions"),
    }


def _title(stop: PublicStop, language: str) -> str:
    """« Dakhla – jeudi 3 décembre 2026, 10h00 (heure du Maroc) », the state first where it is off."""
    document = stop.document
    city, day = pick(document["city"], language), date.fromisoformat(document["date"])
    if stop.status == StopStatus.CANCELLED:
        return _("%(city)s – étape annulée") % {"city": city}
    if stop.status == StopStatus.POSTPONED:
        return _("%(city)s – étape reportée") % {"city": city}
    hour = dates.hour_in_words(time.fromisoformat(document["starts"]), language)
    comma, zone = dates.COMMA[language], dates.MOROCCAN_TIME[language]
    return f"{city} – {dates.long_date(day, language)}{comma} {hour} ({zone})"
