"""Where a map application shows a venue. Nothing is asked of it from our pages: it is a link."""

from urllib.parse import urlsplit

from django.conf import settings

from meetings.documents import VenueDocument


def link(venue: VenueDocument | None) -> str:
    """The venue at street zoom, on the map of the setting MAP_LINK; "" where its point is not known."""
    if venue is None or venue["latitude"] is None or venue["longitude"] is None or not settings.MAP_LINK:
        return ""
    place = {"lat": venue["latitude"], "lon": venue["longitude"]}
    address = str(settings.MAP_LINK)
    for name, degrees in place.items():
        address = address.replace(f"{{{name}}}", f"{degrees:.5f}")  # about a metre
    return address


def provider() -> str:
    """Whose map it is, for the words of the link."""
    return (urlsplit(settings.MAP_LINK).hostname or "").removeprefix("www.")
