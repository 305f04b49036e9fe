"""The door on a telephone: look somebody up, « Présent(e) », take it back, seat whoever came without a seat.

Whole without JavaScript; with it, static/js/day-*.js answer out of the list that the device keeps.
"""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from meetings import gate
from meetings.models import Meeting, Stop
from outbox import clock
from professionals import presence, walk_ins
from professionals.day import access, expected, figures
from professionals.day.access import at_the_door
from professionals.day.device import hour
from professionals.day.expected import Person
from professionals.day.forms import WalkInForm
from professionals.day.pages import door_page
from professionals.delegations import standing
from professionals.models import Registration, RegistrationStatus
from regions.languages import current_language


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Where an account of the door lands: at its stop, or at the choice between several."""
    stops = access.own_stops(request.user)
    if len(stops) == 1:
        return redirect("day:door", slug=stops[0].slug)
    response = render(request, "professionals/day/mine.html", {"stops": stops})
    response["Cache-Control"] = "no-store, private"
    return response


@require_safe
@at_the_door
@door_page
def door(request: HttpRequest, stop: Stop) -> HttpResponse:
    """Search, and who was found; `?vu=` says whom the last press was about."""
    at = _door(stop, request.GET.get("porte", ""))
    typed = request.GET.get("q", "").strip()[:120]
    everybody = expected.people(stop, current_language())
    found = expected.search(everybody, typed) if typed else []
    seen = next((one for one in everybody if one.key == request.GET.get("vu")), None)
    context = _context(stop, at) | {
        "here": "door",
        "typed": typed,
        "found": _cards(stop, found[: expected.SHOWN], at),
        "more": max(len(found) - expected.SHOWN, 0),
        "seen": _cards(stop, [seen], at) if seen else [],
        "figures": figures.of(stop, current_language()),
        "unsettled": _unsettled(stop, everybody, at),
    }
    return render(request, "professionals/day/door.html", context)


@require_safe
@at_the_door
@door_page
def person(request: HttpRequest, stop: Stop, key: str) -> HttpResponse:
    """One person: where the square code of a badge leads whoever works at this door."""
    found = expected.person(stop, key, current_language())
    if found is None:
        raise Http404
    return _person_page(request, stop, found, _door(stop, request.GET.get("porte", "")))


@require_POST
@at_the_door
def mark(request: HttpRequest, stop: Stop) -> HttpResponse:
    """« Présent(e) »."""
    return _act(request, stop, presence.mark)


@require_POST
@at_the_door
def take_back(request: HttpRequest, stop: Stop) -> HttpResponse:
    """« Annuler »."""
    return _act(request, stop, presence.take_back)


@require_POST
@at_the_door
@door_page
def seat(request: HttpRequest, stop: Stop) -> HttpResponse:
    """A seat at the stop or in a workshop for somebody who came without; beyond the room it asks first."""
    key, at = request.POST.get("key", ""), _door(stop, request.POST.get("porte", ""))
    found = expected.person(stop, key, current_language())
    if found is None or found.is_official:
        raise Http404
    registration = Registration.objects.get(stop=stop, pk=int(key.partition(":")[2]))
    by, beyond = _user(request), "beyond" in request.POST
    try:
        if at is None:
            walk_ins.seat(registration, by=by, beyond=beyond)
        else:
            walk_ins.seat_in_workshop(registration, at.pk, by=by, beyond=beyond)
    except walk_ins.NoSeatLeft as full:
        return _person_page(request, stop, found, at, full=full, status=HTTPStatus.CONFLICT)
    except (presence.DoorClosed, presence.NotSeated, gate.Busy) as refusal:
        return _person_page(request, stop, found, at, problem=_sentence(refusal), status=HTTPStatus.CONFLICT)
    return redirect(_address(stop, "day:person", at, key=key))


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_door
@door_page
def walk_in(request: HttpRequest, stop: Stop) -> HttpResponse:
    """Who comes without being registered: four fields, seated and present at once."""
    form = WalkInForm(request.POST or None, language=current_language())
    context = _context(stop, None) | {"here": "walk_in", "form": form}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            came = walk_ins.welcome(stop, form.walk_in(), by=_user(request), beyond="beyond" in request.POST)
        except walk_ins.NoSeatLeft as full:
            context["full"], status = full, HTTPStatus.CONFLICT
        except (presence.DoorClosed, gate.Busy) as refusal:
            context["problem"], status = _sentence(refusal), HTTPStatus.CONFLICT
        else:
            return redirect(_address(stop, "day:door", None, vu=presence.key_of(came)))
    return render(request, "professionals/day/walk_in.html", context, status=status)


@require_safe
@access.watching
def live(request: HttpRequest, stop: Stop) -> HttpResponse:
    """Present, expected, waiting, as they are now: for the door and for the director's telephone."""
    return render(request, "professionals/day/live.html", _live(request, stop))


@require_safe
@access.watching
def figures_now(request: HttpRequest, stop: Stop) -> HttpResponse:
    """What the page above fetches again by itself."""
    return render(request, "professionals/day/_figures.html", _live(request, stop))


def _live(request: HttpRequest, stop: Stop) -> dict[str, Any]:
    return _context(stop, None) | {
        "figures": figures.of(stop, current_language()),
        "unnamed": standing.unnamed(stop),
        "now": hour(clock.now()),
        "here": "live",
        "from_afar": not access.may_open(request.user, stop),
    }


def _act(request: HttpRequest, stop: Stop, act: Any) -> HttpResponse:
    key, at = request.POST.get("key", ""), _door(stop, request.POST.get("porte", ""))
    try:
        act(stop, key=key, by=_user(request), meeting_id=at.pk if at else None)
    except presence.NotOfThisStop as nobody:
        raise Http404 from nobody
    except (presence.DoorClosed, presence.NotSeated, gate.Busy) as refusal:
        found = expected.person(stop, key, current_language())
        if found is None:
            raise Http404 from refusal
        problem = _sentence(refusal)
        return _person_page(request, stop, found, at, problem=problem, status=HTTPStatus.CONFLICT)
    return redirect(_address(stop, "day:door", at, vu=key, q=request.POST.get("q", "")))


def _person_page(
    request: HttpRequest,
    stop: Stop,
    found: Person,
    at: Meeting | None,
    *,
    status: int = HTTPStatus.OK,
    **context: Any,
) -> HttpResponse:
    [card] = _cards(stop, [found], at)
    context = _context(stop, at) | {"card": card} | context
    return render(request, "professionals/day/person.html", context, status=status)


def _cards(stop: Stop, people: list[Person], at: Meeting | None) -> list[dict[str, Any]]:
    """A person as the page shows them: with the button, or since when they are there."""
    first = presence.first_marks(stop, meeting_id=at.pk if at else None) if people else {}
    open_now = presence.may_mark(stop, at=clock.now())
    return [
        {
            "person": one,
            "since": hour(first[one.key].at) if one.key in first else "",
            "by": first[one.key].by if one.key in first else "",
            "times": len(first[one.key].marks) if one.key in first else 0,
            "has_place": _has_place(one, at),
            "may_mark": open_now and _has_place(one, at) and one.key not in first,
            "may_seat": open_now and not _has_place(one, at) and not one.is_official,
        }
        for one in people
    ]


def _has_place(person: Person, at: Meeting | None) -> bool:
    if person.is_official:
        return True
    seated = person.status == RegistrationStatus.SEATED
    return seated and (at is None or at.pk in person.workshops)


def _unsettled(stop: Stop, everybody: list[Person], at: Meeting | None) -> list[dict[str, Any]]:
    """Seen without a seat by a device that could not know: to be settled by hand."""
    found = [
        expected.person(stop, presence.key_of(registration), current_language())
        for registration in presence.unsettled(stop)
    ]
    return _cards(stop, [one for one in found if one], at)


def _context(stop: Stop, at: Meeting | None) -> dict[str, Any]:
    from professionals.day import sealed  # loads cryptography, of which readers have no use

    return {
        "stop": stop,
        "at": at,
        "doors": presence.doors(stop),
        "open_now": presence.may_mark(stop, at=clock.now()),
        "verifying_key": sealed.verifying_key(),
        "standings": expected.standings().items(),
    }


def _door(stop: Stop, written: str) -> Meeting | None:
    """The workshop in whose door somebody stands; the entrance where none is named."""
    return next((one for one in presence.doors(stop) if str(one.pk) == written), None)


def _address(stop: Stop, view: str, at: Meeting | None, **parts: str) -> str:
    key = {"key": parts.pop("key")} if "key" in parts else {}
    query = {**({"porte": str(at.pk)} if at else {}), **{name: word for name, word in parts.items() if word}}
    return reverse(view, kwargs={"slug": stop.slug, **key}) + (f"?{urlencode(query)}" if query else "")


def _sentence(refusal: Exception) -> str:
    if isinstance(refusal, presence.DoorClosed):
        return _("L’émargement ouvre le jour de l’étape.")
    if isinstance(refusal, presence.NotSeated):
        return _("Cette personne n’a pas de place ici : attribuez-lui d’abord une place.")
    return _("Plusieurs accueils travaillent en même temps : réessayez dans quelques secondes.")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 (at_the_door lets nobody else in)
    return request.user
