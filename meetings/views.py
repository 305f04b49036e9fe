"""Public pages of the tour: the agenda and its stops. They read releases only."""

from datetime import date
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from meetings import agenda as public
from meetings.agenda import PublicStop
from regions.models import Region


def by_month(stops: list[PublicStop]) -> list[dict[str, Any]]:
    """The stops under the first day of their month, in order."""
    return [
        {"first_day": date.fromisoformat(f"{month}-01"), "stops": list(found)}
        for month, found in groupby(stops, key=lambda stop: stop.document["date"][:7])
    ]


@login_not_required
@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    """Every stop the public may know of, in order, then the regions that wait for their date."""
    stops = public.stops()
    announced = {stop.document["region"]["code"] for stop in stops}
    return render(
        request,
        "meetings/agenda.html",
        {
            "section": "agenda",
            "months": by_month(stops),
            "undated": Region.objects.exclude(code__in=announced).order_by("-code"),
        },
    )


@login_not_required
@require_safe
def stop(request: HttpRequest, slug: str) -> HttpResponse:
    """One stop: where, when, what to do, then the programme. A draft answers like no stop at all."""
    found = public.stop(slug)
    if found is None:
        raise Http404
    return render(request, "meetings/stop.html", {"section": "agenda", "stop": found})
