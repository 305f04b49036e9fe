"""Orders to invite to a stop, for the team: before they begin, how far each is, and whom it reached.

GET shows, POST does. All figures are those of `reach`, counted in the database as it is.
"""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.staff_pages import staff_page
from meetings import (
    again,
    audiences,
    campaign_files,
    campaign_words,
    campaigns,
    gate,
    previews,
    private_papers,
    reach,
)
from meetings.campaign_forms import MomentForm, MoveForm
from meetings.models import Answer, Campaign, ReminderKind, ReminderRule
from meetings.reach import Reach
from meetings.urgent_pages import released
from regions import legal_time
from regions.languages import ALL, DIRECTION

REFRESH_SECONDS = 5
FILES = ("csv", "xlsx")
BEGUN = gettext_lazy("L’envoi a déjà commencé : vous pouvez l’arrêter.")
# Shown also where they are nought.
ALWAYS = (Reach.DELIVERED, Reach.FAILED, Reach.IN_DOUBT, Reach.BOUNCED)


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
    """An order: what it will do until its moment comes; then how far it is, looked at again every few
    seconds while it is written, and whom it reached."""
    campaign = _order(slug, pk)
    moving = MoveForm(_posted(request, "move"), stop=campaign.stop, initial=_moment(campaign))
    later = MomentForm(_posted(request, "again"), stop=campaign.stop)
    if request.method == "POST" and (answer := _act(request, campaign, moving, later)):
        return answer
    labels = _labels()
    context: dict[str, Any] = {
        "stop": campaign.stop,
        "campaign": campaign,
        "audiences": [labels.get(name, name) for name in campaign.audiences],
    }
    if campaign.is_planned:
        context |= _ahead(campaign) | {"form": moving}
    else:
        context |= _so_far(campaign) | {"form": later}
    return render(request, "meetings/campaign.html", context)


@staff_page
@require_safe
def table(request: HttpRequest, slug: str, pk: int, kind: str) -> HttpResponseBase:
    """The people of an order as a file."""
    campaign, target = _order(slug, pk), f"campaign:{pk}"
    if kind not in FILES:
        raise Http404
    if kind == "xlsx":
        words = campaign_files.workbook(campaign)
        return private_papers.workbook(request, words, filename=f"envoi-{pk}", target=target)
    audit.record(request.user, "exported", target, fields=["csv"])
    response = HttpResponse(
        campaign_files.csv(campaign), content_type="text/csv; charset=utf-8; header=present"
    )
    response["Content-Disposition"] = f'attachment; filename="envoi-{pk}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _order(slug: str, pk: int) -> Campaign:
    rows = Campaign.objects.filter(stop=released(slug))
    named = ("stop__tour", "stop__current_release", "by", "halted_by", "withdrawn_by", "again_of")
    return get_object_or_404(rows.select_related(*named), pk=pk)


def _ahead(campaign: Campaign) -> dict[str, Any]:
    """What the order would do now: its people and their languages, and a letter in each."""
    if campaign.again_of_id:
        found = previews.preview_again(campaign)
    else:
        found = previews.preview(campaign.stop, campaign.audiences)
    samples = [sample.masked() for sample in found.samples]
    return {
        "ahead": found,
        "rows": _by_language(found.counts),
        "sentences": list(campaign_words.sentences(found)),
        "samples": [{"sample": one, "direction": DIRECTION[one.language]} for one in samples],
    }


def _so_far(campaign: Campaign) -> dict[str, Any]:
    found = reach.figures(campaign)
    going = campaign.done_at is None and campaign.halted_at is None
    asks_again = found.written > 0 and campaign.again_of_id is None and campaign.done_at is not None
    return {
        "found": found,
        "reached": [(one, found.reached[one]) for one in Reach if found.reached[one] or one in ALWAYS],
        "copies": [(one, found.copies[one]) for one in Reach if found.copies[one]],
        "answered": [(one, found.answered[one]) for one in Answer if one != Answer.NONE],
        "rows": _by_language(found.languages),
        "going": going,
        "refresh": REFRESH_SECONDS if going or found.waiting else None,
        "missed": again.missed(campaign) if asks_again and _unreached(found) else None,
        "further": (further := list(campaign.again.order_by("pk"))),
        "further_open": any(one.done_at is None for one in further),
        "reminded": _reminded(campaign) if asks_again else None,
    }


def _unreached(found: reach.Figures) -> bool:
    return any(found.reached[one] for one in (*again.ADDRESS_REFUSED, *again.NEVER_LEFT))


def _reminded(campaign: Campaign) -> ReminderRule | None:
    """The rule that writes again to who does not answer, where the tour has one for these audiences."""
    rules = ReminderRule.objects.filter(tour=campaign.stop.tour_id, kind=ReminderKind.NO_ANSWER, active=True)
    return rules.filter(audiences__contains=campaign.audiences).first()


def _by_language(counts: Any) -> list[tuple[str, list[int], int]]:
    """A row for each audience: its label, how many in each language, how many in all."""
    labels = _labels()
    rows = []
    for name in dict.fromkeys(name for name, _language in counts):
        numbers = [counts.get((name, language), 0) for language in ALL]
        rows.append((labels.get(name, name), numbers, sum(numbers)))
    return rows


def _posted(request: HttpRequest, act: str) -> Any:
    return request.POST if request.method == "POST" and request.POST.get("act") == act else None


def _moment(campaign: Campaign) -> dict[str, Any]:
    if campaign.starts_at is None:
        return {}
    clock_face = legal_time.wall_clock(campaign.starts_at)
    return {"starts_day": clock_face.date(), "starts_hour": clock_face.time()}


def _act(
    request: HttpRequest, campaign: Campaign, moving: MoveForm, later: MomentForm
) -> HttpResponse | None:
    """Do what was asked; None where the form of the moment is to be shown again."""
    act, shown = request.POST.get("act"), campaign
    by: Any = request.user  # staff_page has looked at it
    if act == "halt" and campaigns.halt(campaign, by=by):
        messages.success(request, _("L’écriture est arrêtée ; ce qui est écrit part."))
    elif act == "resume" and campaigns.resume(campaign, by=by):
        messages.success(request, _("L’écriture reprend ; personne ne sera invité deux fois."))
    elif act == "now" or act == "move":
        if act == "move" and not moving.is_valid():
            return None
        _move(request, campaign, moving.moment() if act == "move" else None)
    elif act == "withdraw":
        if campaigns.withdraw(campaign, by=by):
            messages.success(request, _("L’envoi est retiré : personne n’est invité par lui."))
        else:
            messages.warning(request, str(BEGUN))
    elif act == "again":
        if not later.is_valid():
            return None
        shown = _again(request, campaign, later.moment())
    return redirect("campaigns:progress", slug=campaign.stop.slug, pk=shown.pk)


def _move(request: HttpRequest, campaign: Campaign, at: datetime | None) -> None:
    by: Any = request.user
    if not campaigns.move(campaign, to=at, by=by):
        messages.warning(request, str(BEGUN))
    elif at is None:
        messages.success(request, _("L’envoi commence."))
    else:
        messages.success(request, _("L’envoi est déplacé."))


def _again(request: HttpRequest, campaign: Campaign, at: datetime | None) -> Campaign:
    by: Any = request.user
    try:
        return again.order(campaign, by=by, starts_at=at)
    except again.NotInvitable:
        messages.error(request, _("Cette étape ne peut inviter aucun de ces publics maintenant."))
    except gate.Busy:
        messages.error(
            request, _("Quelqu’un d’autre modifie cette étape : réessayez dans quelques secondes.")
        )
    return campaign


def _labels() -> dict[str, str]:
    return {audience.name: str(audience.label) for audience in audiences.every()}
