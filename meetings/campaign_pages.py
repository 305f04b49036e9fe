"""Orders to invite to a stop: how far each is, true to the database, and halting one. For the team."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.staff_pages import staff_page
from meetings import audiences, campaigns
from meetings.models import Campaign
from meetings.urgent_pages import released

REFRESH_SECONDS = 5


@staff_page
@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Every order of a stop, the latest first."""
    stop = released(slug)
    labels = _labels()
    orders = [
        {"row": row, "audiences": [labels.get(name, name) for name in row.audiences]}
        for row in stop.campaigns.select_related("by")
    ]
    return render(request, "meetings/campaigns.html", {"stop": stop, "orders": orders})


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def progress(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """How far an order is; looked at again every few seconds while it is written. POST halts or resumes."""
    rows = Campaign.objects.filter(stop=released(slug)).select_related("stop__tour", "by", "halted_by")
    campaign = get_object_or_404(rows, pk=pk)
    if request.method == "POST":
        return _act(request, campaign)
    found, labels = campaigns.progress(campaign), _labels()
    going = campaign.done_at is None and campaign.halted_at is None
    context: dict[str, Any] = {
        "stop": campaign.stop,
        "campaign": campaign,
        "audiences": [labels.get(name, name) for name in campaign.audiences],
        "found": found,
        "going": going,
        "refresh": REFRESH_SECONDS if going or found.waiting else None,
    }
    return render(request, "meetings/campaign.html", context)


def _act(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    act = request.POST.get("act")
    by: Any = request.user  # staff_page has looked at it
    if act == "halt" and campaigns.halt(campaign, by=by):
        messages.success(request, _("L’écriture est arrêtée ; ce qui est écrit part."))
    elif act == "resume" and campaigns.resume(campaign, by=by):
        messages.success(request, _("L’écriture reprend ; personne ne sera invité deux fois."))
    return redirect("campaigns:progress", slug=campaign.stop.slug, pk=campaign.pk)


def _labels() -> dict[str, str]:
    return {audience.name: str(audience.label) for audience in audiences.every()}
