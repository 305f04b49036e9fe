"""A stop as search engines read it: schema.org."""

import json
from datetime import date, time
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from meetings.addresses import page_of
from meetings.agenda import PublicStop
from meetings.models import StopStatus
from regions import legal_time
from regions.languages import pick

register = template.Library()

EVENT_STATUS = {
    StopStatus.PUBLISHED: "EventScheduled",
    StopStatus.POSTPONED: "EventPostponed",
    StopStatus.CANCELLED: "EventCancelled",
    StopStatus.HELD: "EventScheduled",
}
# What would end the element, or be read as markup within it (as django.utils.html.json_script).
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def _language() -> str:
    return (get_language() or "fr")[:2]


def _absolute(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path


@register.simple_tag
def event_data(stop: PublicStop) -> SafeString:
    """The stop as a schema.org/Event. A data block: no script runs, so the CSP lets it stand."""
    data = json.dumps(event(stop, _language()), ensure_ascii=False).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(data))  # noqa: S308


def event(stop: PublicStop, language: str) -> dict[str, Any]:
    """Only what the release says; instants in UTC, so that no reader's zone data matter."""
    document = stop.document
    day = date.fromisoformat(document["date"])
    edges = {
        name: legal_time.instant(day, time.fromisoformat(document[edge])).isoformat()  # type: ignore[literal-required]
        for name, edge in (("startDate", "starts"), ("endDate", "ends"))
    }
    region, name = pick(document["region"]["name"], language), pick(document["tour"]["name"], language)
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "BusinessEvent",
        "@id": page_of(document, language) + "#etape",
        "name": f"{name} – {region}",
        "url": page_of(document, language),
        "inLanguage": language,
        **edges,
        "eventStatus": f"https://schema.org/{EVENT_STATUS[stop.status]}",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "image": [_absolute(reverse("meetings:stop_card", args=[stop.slug]))],
        "organizer": {
            "@type": "GovernmentOrganization",
            "name": _("Office National Marocain du Tourisme"),
            "url": _absolute("/"),
        },
        "location": _place(stop, language),
    }
    if intro := pick(document["intro"], language):
        found["description"] = intro
    return found


def _place(stop: PublicStop, language: str) -> dict[str, Any]:
    document = stop.document
    venue, city = document["venue"], pick(document["city"], language)
    address: dict[str, Any] = {
        "@type": "PostalAddress",
        "addressLocality": city,
        "addressRegion": pick(document["region"]["name"], language),
        "addressCountry": "MA",
    }
    place: dict[str, Any] = {"@type": "Place", "name": city, "address": address}
    if venue is None:
        return place
    place["name"] = pick(venue["name"], language)
    if street := pick(venue["address"], language):
        address["streetAddress"] = street
    if venue["latitude"] is not None and venue["longitude"] is not None:
        place["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": venue["latitude"],
            "longitude": venue["longitude"],
        }
    return place
