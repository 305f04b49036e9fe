"""« Départs prévus »: what leaves within two days, held, let go, rehearsed; and what the rules will do.

GET shows, POST does. A line is named by its four marks; none of them is of a person.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.staff_pages import staff_page
from meetings import audiences, departures, forecast, gate
from meetings.departures import Line
from meetings.models import Tour
from outbox import clock, epochs, holds, purposes, returns
from regions import legal_time
from regions.languages import DIRECTION

FURTHEST = timedelta(days=400)  # of a simulation: the end of any tour


class MarksForm(forms.Form):
    """The four marks of a line; none said is every mail."""

    subject = forms.CharField(max_length=80, required=False)
    purpose = forms.CharField(max_length=40, required=False)
    audience = forms.CharField(max_length=40, required=False)
    language = forms.CharField(max_length=2, required=False)

    def marks(self) -> holds.Line:
        found: holds.Line = {**self.cleaned_data}  # type: ignore[typeddict-item]
        return found


@dataclass(frozen=True, slots=True)
class Shown:
    """A line in words. `late`: its moment has come."""

    line: Line
    what: str
    whom: str
    late: bool


@staff_page
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """The lines of the next two days, by day."""
    now, tour = clock.now(), _tour()
    found = [_shown(line, now) for line in departures.lines(tour, now=now)] if tour else []
    restored = epochs.unreleased()
    context = {
        "tour": tour,
        "days": _by_day(found),
        "total": sum(one.line.people for one in found if not one.line.waits_for_words),
        "copies": sum(one.line.copies for one in found if not one.line.waits_for_words),
        "suspended": holds.suspended(),
        "restored": legal_time.wall_clock(restored).date() if restored else None,
        "waiting": epochs.waiting().count() if restored else 0,
        "refusing": refusing if (refusing := returns.refusing_us()) >= returns.MANY else 0,
        "others": _others(found),
        "at_most": departures.REHEARSED_AT_MOST,
    }
    return render(request, "meetings/departures.html", context)


@staff_page
@require_safe
def example(request: HttpRequest) -> HttpResponseBase:
    """One mail of a line, as it would leave; back to the lines for one that does not leave any more."""
    form, tour, now = MarksForm(request.GET), _tour(), clock.now()
    found = departures.lines(tour, now=now) if tour and form.is_valid() else []
    alike = [one for one in found if one.marks == form.marks()]
    # What was to be written may be written meanwhile: then that is the example.
    wanted = [one for one in alike if one.origin == request.GET.get("origin", "")]
    line = next(iter(wanted or alike), None)
    if line is None:
        messages.info(request, _("Cette ligne ne part plus dans les 48 heures."))
        return redirect("departures:index")
    try:
        said, busy = departures.example(line), False
    except gate.Busy:
        said, busy = [], True
    context = {
        "shown": _shown(line, now),
        "examples": [{"said": one, "direction": DIRECTION[one.language]} for one in said],
        "busy": busy,
    }
    return render(request, "meetings/departure_example.html", context, status=503 if busy else 200)


@staff_page
@require_safe
def simulation(request: HttpRequest) -> HttpResponseBase:
    """If nothing changes: what each stop's people get until the day after it, by the rules."""
    now, tour = clock.now(), _tour()
    found = forecast.departures(tour, now=now, until=now + FURTHEST) if tour else []
    found.sort(key=lambda one: (one.stop.rank, one.at))
    stops = [
        {"stop": stop, "rows": [{"departure": one, **_words(one.kind, one.audience)} for one in rows]}
        for stop, rows in groupby(found, key=lambda one: one.stop)
    ]
    context = {
        "tour": tour,
        "stops": stops,
        "total": sum(len(one.people) for one in found),
        "copies": sum(one.copies for one in found),
    }
    return render(request, "meetings/departure_simulation.html", context)


@staff_page
@require_POST
def hold(request: HttpRequest) -> HttpResponseBase:
    """« Retenir »; with no mark at all: « Suspendre tous les envois »."""
    return _marked(
        request,
        departures.hold,
        done=_("Retenu : rien de cette ligne ne part avant que vous la laissiez partir."),
        done_for_all=_(
            "Les envois sont suspendus ; seules partent les réponses à ce que chacun fait lui-même."
        ),
    )


@staff_page
@require_POST
def let_go(request: HttpRequest) -> HttpResponseBase:
    return _marked(
        request,
        departures.let_go,
        done=_("La ligne part de nouveau, en son temps."),
        done_for_all=_("Les envois reprennent."),
    )


@staff_page
@require_POST
def rehearse(request: HttpRequest) -> HttpResponseBase:
    """Copies of everything to whoever asks."""
    try:
        departures.order_rehearsal(by=_user(request))
    except departures.Away:
        messages.error(request, _("La répétition n’a pas pu être lancée : réessayez dans une minute."))
    else:
        messages.success(
            request,
            _("La répétition est en route vers %(address)s ; aucun destinataire ne reçoit rien.")
            % {"address": _user(request).email},
        )
    return redirect("departures:index")


@staff_page
@require_POST
def release(request: HttpRequest) -> HttpResponseBase:
    """What waits since the database was restored leaves ("leave"), or never does ("drop")."""
    outcome = request.POST.get("outcome")
    if outcome not in ("leave", "drop"):
        return HttpResponseBadRequest()
    done = departures.release(leave=outcome == "leave", by=_user(request))
    if done is None:
        messages.info(request, _("C’était déjà fait."))
    elif outcome == "leave":
        said = ngettext(
            "%(total)s courriel part maintenant.", "%(total)s courriels partent maintenant.", done
        )
        messages.success(request, said % {"total": done})
    else:
        said = ngettext("%(total)s courriel ne partira pas.", "%(total)s courriels ne partiront pas.", done)
        messages.success(request, said % {"total": done})
    return redirect("departures:index")


def _marked(request: HttpRequest, act: Callable[..., bool], *, done: str, done_for_all: str) -> HttpResponse:
    form = MarksForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    marks = form.marks()
    if act(marks, by=_user(request)):
        messages.success(request, done if any(marks.values()) else done_for_all)
    else:
        messages.info(request, _("C’était déjà fait."))
    return redirect("departures:index")


def _tour() -> Tour | None:
    return Tour.objects.filter(is_current=True).first()


def _shown(line: Line, now: Any) -> Shown:
    words = _words(line.purpose, line.audience)
    return Shown(line=line, late=line.at <= now, **words)


def _words(purpose: str, audience: str) -> dict[str, str]:
    labels = {one.name: str(one.label) for one in audiences.every()}
    return {"what": purposes.in_words(purpose), "whom": labels.get(audience, audience)}


def _by_day(found: list[Shown]) -> list[tuple[date, list[Shown]]]:
    def day(one: Shown) -> date:
        return legal_time.wall_clock(one.line.at).date()

    return [(key, list(rows)) for key, rows in groupby(sorted(found, key=lambda one: one.line.at), key=day)]


def _others(found: list[Shown]) -> list[dict[str, Any]]:
    """Holds in force whose line is not among those shown: nothing may stay held unseen."""
    seen = {tuple(one.line.marks.values()) for one in found}
    rows = [row for row in holds.standing() if (marks := _marks(row)) not in seen and any(marks)]
    subjects = departures.stops_of({row.subject for row in rows})
    return [
        {"hold": row, "stop": subjects.get(row.subject), **_words(row.purpose, row.audience)} for row in rows
    ]


def _marks(row: Any) -> tuple[str, str, str, str]:
    return row.subject, row.purpose, row.audience, row.language


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - staff_page has looked at it
    return request.user
