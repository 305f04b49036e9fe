"""The addresses of the portal. Everything public stands under its language."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.i18n import set_language

from meetings import addresses, downloads
from onmt_tour import health, pages, short_addresses, sitemap, style_guide

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.choose_language),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("robots.txt", sitemap.robots, name="robots"),
    path(addresses.SCHEMA.lstrip("/"), downloads.schema, name="agenda_schema"),
    path("admin/", admin.site.urls),
    path("pilotage/presse/", include("press.desk.urls")),
    path("pilotage/", include("professionals.team.urls")),
    path("pilotage/departs/", include("meetings.departure_urls")),
    path("pilotage/style", style_guide.page, name="style_guide"),
    path("pilotage/etapes/<slug:slug>/papiers/", include("professionals.papers.urls")),
    path("pilotage/", include("professionals.day.urls")),
    path("pilotage/etapes/<slug:slug>/presences/", include("professionals.roll_urls")),
    path("pilotage/etapes/<slug:slug>/urgent/", include("meetings.urgent_urls")),
    path("pilotage/etapes/<slug:slug>/envois/", include("meetings.campaign_urls")),
    path("pilotage/etapes/<slug:slug>/courriers/", include("meetings.letter_urls")),
    path("pilotage/textes/", include("meetings.text_urls")),
    re_path(r"^i/agenda/?$", short_addresses.agenda, name="short_agenda"),
    re_path(r"^i/(?P<slug>[-\w]+)/?$", short_addresses.stop, name="short_stop"),
    path("langue/", login_not_required(set_language), name="set_language"),
]
urlpatterns += i18n_patterns(
    path("", pages.home, name="home"),
    path("regions/", pages.regions, name="regions"),
    path("regions/<slug:slug>/", pages.region, name="region"),
    path("mentions/", pages.legal, name="legal"),
    path("accessibilite/", pages.accessibility, name="accessibility"),
    path("credits/", pages.credits_page, name="credits"),
    path("compte/", include("accounts.urls")),
    path("", include("press.urls")),
    path("", include("professionals.urls")),
    path("", include("meetings.urls")),
)

handler400 = "onmt_tour.errors.bad_request"
handler403 = "onmt_tour.errors.forbidden"
handler404 = "onmt_tour.errors.not_found"
handler500 = "onmt_tour.errors.failed"
