"""Public pages that join the apps, and those about the site itself."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe

from accounts.public_pages import public_page
from meetings import agenda, press_contacts
from onmt_tour import course, news
from outbox import clock
from regions import in_order
from regions.composed import Composed
from regions.languages import current_language
from regions.models import Airport, Province, Region, Strength
from regions.outlines import kingdom


def preferred_language(request: HttpRequest) -> str:
    """The first of our languages that the browser asks for, French when it asks for none of them."""
    for wanted, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        try:
            return get_supported_language_variant(wanted)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


@login_not_required
@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """`/` leads to the home page in the reader's language. No cookie: the address remembers."""
    response = HttpResponseRedirect(f"/{preferred_language(request)}/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


def _course(stops: list[agenda.PublicStop]) -> dict[str, Any]:
    """The tour as every page with the map shows it."""
    now = clock.now()
    following = course.next_stop(stops, at=now)
    steps = course.steps(in_order.regions(), stops, at=now)
    return {
        "steps": steps,
        "next": following,
        "over": course.is_over(steps, at=now),
        "days": course.days_until(following, at=now) if following else None,
        "kingdom": kingdom(),
    }


@public_page()
def home(request: HttpRequest) -> HttpResponse:
    """Where the tour stands: the next stop, the map, the line of the 12 regions, the latest news."""
    stops, tour = agenda.stops(), agenda.current_tour()
    return render(
        request,
        "onmt_tour/home.html",
        {
            "section": "home",
            "press_contacts": press_contacts.of(tour) if tour else [],
            "stops": stops,
            "last": course.last_held(stops),
            "news": news.latest(stops, language=current_language()),
            **_course(stops),
        },
    )


@public_page()
def regions(request: HttpRequest) -> HttpResponse:
    """The map with its links, and the same regions beside it in words."""
    context = {"section": "regions", "press_contacts": press_contacts.current(), **_course(agenda.stops())}
    return render(request, "onmt_tour/regions.html", context)


@public_page()
def region(request: HttpRequest, slug: str) -> HttpResponse:
    """A region: what it is, what it lives from, and its stop once it is public."""
    found = with_facts(slug)
    if found is None:
        raise Http404
    steps = course.steps(in_order.regions(), agenda.stops(), at=clock.now())
    place = next(number for number, step in enumerate(steps) if step.code == found.code)
    return render(
        request,
        "onmt_tour/region.html",
        {
            "section": "regions",
            "press_contacts": press_contacts.current(),
            "region": found,
            "step": steps[place],
            "stop": steps[place].stop,
            "before": steps[place - 1] if place else None,
            "after": steps[place + 1] if place + 1 < len(steps) else None,
        },
    )


def with_facts(slug: str) -> Region | None:
    """The region with its council, provinces, airports and strengths, in one query."""
    found: Region | None = WITH_FACTS.first(slug=slug)
    return found


def _with_facts(slug: str) -> QuerySet[Region, Any]:
    names = {language: f"name_{language}" for language in ("fr", "ar", "en")}
    here = OuterRef("pk")
    return (
        Region.objects.filter(slug=slug)
        .select_related("council")
        .annotate(
            province_rows=ArraySubquery(
                Province.objects.filter(region=here)
                .order_by("-population_2024")
                .values(row=JSONObject(fr="name_fr", ar="name_ar", kind="kind", population="population_2024"))
            ),
            airport_rows=ArraySubquery(
                Airport.objects.filter(region=here).values(row=JSONObject(name="name", iata="iata"))
            ),
            strength_rows=ArraySubquery(
                Strength.objects.filter(regions=here).values(row=JSONObject(**names))
            ),
        )
        .order_by("pk")[:1]
    )


WITH_FACTS = Composed(_with_facts)


@public_page()
def legal(request: HttpRequest) -> HttpResponse:
    """Legal notice and what law 09-08 says must be told to those whose data are kept."""
    return render(request, "onmt_tour/legal.html", {"contact": settings.PRIVACY_EMAIL})


@public_page()
def accessibility(request: HttpRequest) -> HttpResponse:
    """How far the site can be used by everybody, said plainly."""
    return render(request, "onmt_tour/accessibility.html", {"contact": settings.PRIVACY_EMAIL})


@public_page()
def credits_page(request: HttpRequest) -> HttpResponse:
    """Whose figures, outlines and letters the site uses."""
    return render(request, "onmt_tour/credits.html", {"kingdom": kingdom()})
