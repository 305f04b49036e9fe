"""Public pages of the tour: the agenda and its stops. They read releases only."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.public_pages import public_page
from meetings import agenda as public
from meetings import filters, history, maps, press_contacts, sharing, weeks
from meetings.agenda import PublicStop
from meetings.filters import Filters
from meetings.models import StopStatus
from outbox import clock
from regions import dates, in_order, legal_time
from regions.languages import current_language
from regions.models import Region


def by_month(stops: Iterable[PublicStop], chosen: Filters) -> list[dict[str, Any]]:
    """The stops under the first day of their month, in order, each with the meetings that are wanted."""
    found = []
    for month, group in groupby(stops, key=lambda stop: stop.document["date"][:7]):
        first_day, rows = _first_day(month), [weeks.Row(stop, chosen.meetings(stop)) for stop in group]
        grid = weeks.weeks(first_day, rows) if chosen.as_calendar else []
        found.append({"first_day": first_day, "rows": rows, "weeks": grid})
    return found


@public_page(*filters.PARAMETERS)
def agenda(request: HttpRequest) -> HttpResponse:
    """Every stop the public may know of, in order, or those of a region, a month, a kind of meeting.

    The same answer for everybody: what the agenda's script asks for is this page, of which it takes a part.
    """
    stops, regions = public.stops(), in_order.regions()
    chosen = filters.read(request.GET, regions=[region.slug for region in regions])
    found = chosen.find(stops)
    announced = {stop.document["region"]["code"] for stop in stops}
    undated = [region for region in regions[::-1] if region.code not in announced]
    context = {
        "section": "agenda",
        "filters": chosen,
        "query": chosen.query,
        "options": _options(chosen, stops, regions),
        "found": found,
        "months": by_month(found, chosen),
        "coming": "" if chosen.as_calendar else _coming(found),
        "total": len(stops),
        "undated": undated,
        "awaited": [region for region in undated if region.slug == chosen.region],
        "week_days": weeks.week_days(),
        "today": legal_time.today(),
        "press_contacts": press_contacts.current(),
        **_ways_on(chosen, [] if found else stops, regions),
    }
    return render(request, "meetings/agenda.html", context)


def _coming(stops: list[PublicStop]) -> str:
    """The slug of the next stop where others stand before it in the list, else ""."""
    before = next((number for number, stop in enumerate(stops) if stop.is_ahead), 0)
    return stops[before].slug if before else ""


def _ways_on(chosen: Filters, stops: list[PublicStop], regions: list[Region]) -> dict[str, Any]:
    """The filters in words, and where a reader goes from them; `stops` where nothing was found."""
    page, language = reverse("meetings:agenda"), current_language()
    names = {
        filters.REGION: {region.slug: str(region) for region in regions}.get(chosen.region, ""),
        filters.MONTH: dates.month_and_year(_first_day(chosen.month), language) if chosen.month else "",
        filters.KIND: str(filters.KINDS[chosen.kind].label) if chosen.kind else "",
    }

    def words(some: Filters) -> str:
        return f"{dates.COMMA[language]} ".join(names[name] for name in some.active)

    return {
        "in_words": words(chosen),
        "undo": [(names[name], page + chosen.without(name).query) for name in chosen.active],
        "ways_out": [
            (words(wider), page + wider.query, number) for wider, number in filters.ways_out(chosen, stops)
        ],
        "links": {
            "whole": page + chosen.without(*chosen.active).query,
            "as_list": page + chosen.seen_as(calendar=False).query,
            "as_months": page + chosen.seen_as(calendar=True).query,
        },
    }


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _options(chosen: Filters, stops: list[PublicStop], regions: list[Region]) -> dict[str, Any]:
    """What can be chosen: every region, and the months and kinds there are; what was asked for is kept."""
    months = {*filters.months_of(stops), *filter(None, [chosen.month])}
    kinds = {*filters.kinds_of(stops), *filter(None, [chosen.kind])}
    return {
        "regions": regions,
        "months": [(month, _first_day(month)) for month in sorted(months)],
        "kinds": [(name, kind.label) for name, kind in filters.KINDS.items() if name in kinds],
    }


@public_page()
def stop(request: HttpRequest, slug: str) -> HttpResponse:
    """One stop: where, when, what to do, then the programme. A draft answers like no stop at all."""
    found = public.stop(slug)
    if found is None:
        raise Http404
    return render(
        request,
        "meetings/stop.html",
        {
            "section": "agenda",
            "stop": found,
            "map_link": maps.link(found.document["venue"]),
            "map_provider": maps.provider(),
            "share": sharing.links(found, current_language()),
            "history": history.told([found.pk], current_language()),
            "phase": found.phase(clock.now()),
            "press_contacts": press_contacts.public(found.press_rows),
            "successor": public.successor(found) if found.status == StopStatus.CANCELLED else None,
        },
    )
