"""The calls of an alert or a message: on the screen, on paper, in a spreadsheet. For the team alone."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.staff_pages import staff_page
from meetings import calls as calling
from meetings import private_papers
from meetings.models import Addressee, Broadcast
from meetings.urgent_pages import released
from regions.languages import current_language

PRINTED_IN = ("fr", "ar")


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def calls(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """Who is to be called; POST ticks « joint », or takes the tick back."""
    broadcast = _broadcast(slug, pk)
    if request.method == "POST":
        return _tick(request, broadcast)
    everybody = calling.of(broadcast)
    left = [call for call in everybody if call.reached_at is None]
    only_left = request.GET.get("reste") == "1"
    context: dict[str, Any] = {
        "stop": broadcast.stop,
        "broadcast": broadcast,
        "calls": left if only_left else everybody,
        "only_left": only_left,
        "total": len(everybody),
        "reached": len(everybody) - len(left),
        "printed_in": PRINTED_IN,
    }
    return render(request, "meetings/calls.html", context)


@staff_page
@require_safe
def table(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    broadcast = _broadcast(slug, pk)
    content = calling.csv(broadcast, current_language())
    audit.record(request.user, "exported", f"broadcast:{pk}", fields=["calls"])
    response = HttpResponse(content, content_type="text/csv; charset=utf-8; header=present")
    response["Content-Disposition"] = f'attachment; filename="appels-{slug}-{pk}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@staff_page
@require_safe
def paper(request: HttpRequest, slug: str, pk: int, language: str) -> HttpResponseBase:
    broadcast = _broadcast(slug, pk)
    if language not in PRINTED_IN:
        raise Http404
    words = calling.printed(broadcast, language)
    return private_papers.answer(request, broadcast.stop, words, filename=f"appels-{slug}-{pk}-{language}")


def _tick(request: HttpRequest, broadcast: Broadcast) -> HttpResponse:
    number = request.POST.get("addressee", "")
    try:
        addressee = int(number) if number.isascii() and number.isdigit() and len(number) < 16 else 0
        if request.POST.get("act") == "take_back":
            calling.take_back(broadcast, addressee)
        else:
            calling.reach(broadcast, addressee, by=request.user)  # type: ignore[arg-type]
    except Addressee.DoesNotExist as error:
        raise Http404 from error
    left = "?reste=1" if request.POST.get("reste") == "1" else ""
    page = redirect("urgent:calls", slug=broadcast.stop.slug, pk=broadcast.pk)
    # Back to where the caller was in the list.
    page["Location"] += f"{left}#appel-{addressee}"
    return page


def _broadcast(slug: str, pk: int) -> Broadcast:
    rows = Broadcast.objects.select_related("stop__tour", "stop__current_release")
    return get_object_or_404(rows, stop=released(slug), pk=pk)
