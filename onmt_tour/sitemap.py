"""sitemap.xml and robots.txt: every public page in its languages, and what is nobody's to index."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import Sitemap, views
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from meetings import agenda
from meetings.agenda import PublicStop
from press import room
from press.room import Communique
from regions.models import Region

PAGES = ("home", "meetings:agenda", "regions", "press:room", "legal", "accessibility", "credits")
# Behind a sign-in, behind personal links, or of no use to whoever searches.
NOT_INDEXED = ("/admin/", "/pilotage/", "/langue/", "/*/compte/", "/*/invitation/", "/*/desabonnement/")


class InEveryLanguage(Sitemap):
    """Each page with its address in every language, at the site's own address whatever the host asked."""

    i18n = True
    alternates = True

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.SITE_URL).netloc


class Pages(InEveryLanguage):
    def items(self) -> Sequence[str]:
        return PAGES

    def location(self, item: str) -> str:
        return reverse(item)


class Regions(InEveryLanguage):
    def items(self) -> Sequence[Region]:
        return list(Region.objects.order_by("code"))

    def location(self, item: Region) -> str:
        return reverse("region", args=[item.slug])


class Stops(InEveryLanguage):
    """Released stops only, with the day of their release; and for each its notice to the press."""

    route = "meetings:stop"

    def __init__(self, stops: Sequence[PublicStop]) -> None:
        self.stops = stops

    def items(self) -> Sequence[PublicStop]:
        return self.stops

    def location(self, item: PublicStop) -> str:
        return reverse(self.route, args=[item.slug])

    def lastmod(self, item: PublicStop) -> datetime:
        return item.released_at


class Notices(Stops):
    route = "press:notice"


class Communiques(InEveryLanguage):
    """What everybody may read now."""

    def items(self) -> Sequence[Communique]:
        return room.communiques()

    def location(self, item: Communique) -> str:
        return reverse("press:communique", args=[item.row.pk])

    def lastmod(self, item: Communique) -> datetime:
        return item.at


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    stops = agenda.stops()
    parts = {"pages": Pages(), "regions": Regions(), "stops": Stops(stops), "notices": Notices(stops)}
    return views.sitemap(request, {**parts, "communiques": Communiques()}).render()


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_INDEXED)]
    lines += ["", f"Sitemap: {settings.SITE_URL.rstrip('/')}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
