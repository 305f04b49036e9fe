"""A stop as search engines read it: schema.org."""

import json
from collections.abc import Sequence
from datetime import date, time
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from meetings.addresses import page_of
from meetings.agenda import PublicStop
from meetings.documents import Document
from meetings.history import Version
from meetings.models import StopStatus
from regions import legal_time
from regions.languages import current_language, pick

register = template.Library()

EVENT_STATUS = {
    StopStatus.PUBLISHED: "EventScheduled",
    StopStatus.POSTPONED: "EventPostponed",
    StopStatus.CANCELLED: "EventCancelled",
    StopStatus.HELD: "EventScheduled",
}
# What would end the element, or be read as markup within it (as django.utils.html.json_script).
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def _absolute(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path


@register.simple_tag
def event_data(stop: PublicStop, versions: Sequence[Version]) -> SafeString:
    """The stop as a schema.org/Event; `versions` are its public history, newest first. A data block: no
    script runs, so the CSP lets it stand."""
    data = json.dumps(event(stop, versions, current_language()), ensure_ascii=False).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(data))  # noqa: S308


def event(stop: PublicStop, versions: Sequence[Version], language: str) -> dict[str, Any]:
    """Only what the releases say; instants in UTC, so that no reader's zone data matter."""
    document = stop.document
    begins = _instant(document, document["starts"])
    region, name = pick(document["region"]["name"], language), pick(document["tour"]["name"], language)
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "BusinessEvent",
        "@id": page_of(document, language) + "#etape",
        "name": f"{name} – {region}",
        "url": page_of(document, language),
        "inLanguage": language,
        "startDate": begins,
        "endDate": _instant(document, document["ends"]),
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
    former = next((at for at in map(_begins, versions) if at != begins), None)
    if former is not None and stop.status == StopStatus.PUBLISHED:
        found |= {"eventStatus": "https://schema.org/EventRescheduled", "previousStartDate": former}
    if intro := pick(document["intro"], language):
        found["description"] = intro
    return found


def _begins(version: Version) -> str:
    return _instant(version.document, version.document["starts"])


def _instant(document: Document, hour: str) -> str:
    return legal_time.instant(date.fromisoformat(document["date"]), time.fromisoformat(hour)).isoformat()


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
