"""The day after: who was there, set by the team; the table for the minutes."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.staff_pages import staff_page
from meetings import gate
from meetings.models import PUBLIC_STATUSES, Stop
from outbox import clock
from professionals import presence, roll
from regions.languages import current_language


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The roll; POST notes one person, or closes it."""
    stop = _stop(slug)
    if request.method == "POST":
        return _act(request, stop)
    lines = roll.of(stop, current_language())
    return render(
        request,
        "professionals/roll.html",
        {
            "stop": stop,
            "lines": lines,
            "counts": roll.count(lines),
            "states": roll.State.choices,
            "closed": roll.is_closed(stop),
            "open": presence.may_mark(stop, at=clock.now()),
        },
    )


@staff_page
@require_safe
def table(request: HttpRequest, slug: str) -> HttpResponseBase:
    """For the minutes."""
    stop = _stop(slug)
    audit.record(request.user, "exported", f"stop:{stop.pk}", fields=["roll"])
    response = HttpResponse(
        roll.csv(stop, current_language()), content_type="text/csv; charset=utf-8; header=present"
    )
    response["Content-Disposition"] = f'attachment; filename="presences-{slug}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _act(request: HttpRequest, stop: Stop) -> HttpResponse:
    key, user = request.POST.get("key", ""), _user(request)
    state = request.POST.get("state", "")
    try:
        if request.POST.get("act") == "close":
            roll.close(stop, by=user)
        elif state in roll.State.values:
            by_whom = request.POST.get("represented_by", "")
            roll.settle(stop, key=key, state=state, represented_by=by_whom, by=user)
    except roll.AlreadyPresent:
        messages.error(request, _("Cette personne a été vue à l’accueil : annulez d’abord sa présence."))
    except roll.Unnamed:
        messages.error(request, _("Indiquez qui a représenté cette personne."))
    except presence.DoorClosed:
        messages.error(request, _("Les présences se notent à partir du jour de l’étape."))
    except (presence.NotOfThisStop, presence.NotSeated):
        messages.error(request, _("Cette personne n’est plus attendue à cette étape."))
    except gate.Busy:
        messages.error(
            request, _("Quelqu’un d’autre modifie cette étape : réessayez dans quelques secondes.")
        )
    answer = redirect("roll:page", slug=stop.slug)
    if key.replace(":", "").isalnum():
        answer["Location"] += f"#{key.replace(':', '-')}"
    return answer


def _stop(slug: str) -> Stop:
    rows = Stop.objects.filter(tour__is_current=True, status__in=PUBLIC_STATUSES)
    return get_object_or_404(rows.select_related("tour", "region"), slug=slug)


def _user(request: HttpRequest) -> Any:
    return request.user  # staff_page has looked at it
