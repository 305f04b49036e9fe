"""News of the agenda as Atom (RFC 4287): an entry for each release that told the public something, in words.

An entry's id is made from the stop's calendar uid, its release and the language: it stays the same
wherever the portal moves, so no reader is told twice.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import NAMESPACE_OID, uuid5

from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from meetings import history
from meetings.addresses import agenda_page, file_of_tour, page_of
from meetings.agenda import PublicStop
from meetings.history import Version
from meetings.models import Tour
from regions import dates, legal_time
from regions.languages import DIRECTION, pick, texts

LATEST = 100  # entries; readers keep the older ones


class Feed(Atom1Feed):
    """`empty_since` dates a feed that has no entry yet: the same at every request."""

    empty_since: datetime

    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else self.empty_since


def agenda(stops: Sequence[PublicStop], language: str, *, tour: Tour) -> bytes:
    """The feed of these stops, newest release first. One query."""
    with translation.override(language):
        office = _("Office National Marocain du Tourisme")
        address = file_of_tour(language, "atom")
        feed = Feed(
            title=pick(texts(tour, "name"), language),
            subtitle=_("Les étapes annoncées et ce qui change, au fur et à mesure."),
            link=agenda_page(language),
            description="",
            language=language,
            author_name=office,
            feed_url=address,
            feed_guid=address,
        )
        feed.empty_since = legal_time.instant(tour.first_day, time())
        for version in history.told([stop.pk for stop in stops], language)[:LATEST]:
            _add(feed, version, language)
        return feed.writeString("utf-8").encode()


def _add(feed: Feed, version: Version, language: str) -> None:
    document = version.document
    region = pick(document["region"]["name"], language)
    told = version.changes or [_announced(version, language)]
    lines = format_html_join("", "<li>{}</li>", ((line,) for line in told))
    name = f"{document['calendar']['uid']}/{version.number}/{language}"
    feed.add_item(
        title=_("%(region)s : %(change)s") % {"region": region, "change": told[0]},
        link=page_of(document, language),
        description=format_html('<ul lang="{}" dir="{}">{}</ul>', language, DIRECTION[language], lines),
        unique_id=f"urn:uuid:{uuid5(NAMESPACE_OID, name)}",
        pubdate=version.at,
        updateddate=version.at,
        categories=[region],
    )


def _announced(version: Version, language: str) -> str:
    document = version.document
    starts, ends = (time.fromisoformat(document[name]) for name in ("starts", "ends"))
    return _("Étape annoncée : %(day)s, %(hours)s (heure du Maroc), %(city)s.") % {
        "day": dates.long_date(date.fromisoformat(document["date"]), language),
        "hours": dates.hours(starts, ends, language),
        "city": pick(document["city"], language),
    }
