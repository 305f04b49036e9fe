"""What happened to the tour lately: the newest releases and what each of them changed, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from meetings import history
from meetings.agenda import PublicStop
from meetings.models import Release
from regions import dates
from regions.composed import Composed
from regions.languages import Texts
from regions.templatetags.dates import as_date

AT_MOST = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """One release as the home page tells it."""

    slug: str
    region: Texts
    at: datetime
    words: list[str]


def latest(stops: Iterable[PublicStop], *, language: str) -> list[Piece]:
    """The newest releases of `stops` that told the public something, newest first. One query."""
    slugs = {stop.pk: stop.slug for stop in stops}
    return [
        Piece(
            slug=slugs[release.stop_id],
            region=release.document["region"]["name"],
            at=release.at,
            words=history.changes(release.before, release.document, language)
            if release.before
            else [_announced(release, language)],
        )
        for release in NEWEST.rows(stops=sorted(slugs))
    ]


def _newest(stops: list[int]) -> QuerySet[Release, Any]:
    before = Release.objects.filter(stop=OuterRef("stop"), number=OuterRef("number") - 1)
    return (
        Release.objects.filter(stop__in=stops)
        .only("stop_id", "number", "at", "document")
        .annotate(before=Subquery(before.values("document")[:1]))
        # A release that changed nothing public (seats, what the registered read) is no news.
        .filter(Q(before__isnull=True) | ~Q(document=F("before")))
        .order_by(F("at").desc(), "-pk")[:AT_MOST]
    )


NEWEST = Composed(_newest)


def _announced(release: Release, language: str) -> str:
    day = dates.long_date(as_date(release.document["date"]), language)
    return _("Étape annoncée : %(day)s.") % {"day": day}
