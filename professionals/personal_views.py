"""A registered person's own page: seat or queue, programme, calendar file, badge, workshops, details."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import square_code
from accounts.links import BadToken
from accounts.personal_pages import personal_page
from meetings import calendar, gate, handouts
from meetings.documents import Document
from meetings.wording import CALLED_OFF
from outbox import clock
from professionals import (
    badges,
    complement,
    contributions,
    handovers,
    offers,
    people,
    personal_links,
    presence,
    programme,
    seats,
    telephone,
    workshops,
)
from professionals.day import access
from professionals.forms import CANNOT_TAKE, ColleagueForm, CorrectionForm
from professionals.models import ENDED, Registration, RegistrationStatus
from professionals.names import first_name
from professionals.views import come_again, dead_link
from regions.languages import current_language

PersonalView = Callable[..., HttpResponseBase]


def opened(
    kind: str = personal_links.REGISTRATION,
) -> Callable[[PersonalView], Callable[..., HttpResponseBase]]:
    """The view of the registration that the token opens; the token is all the permission there is."""

    def decorate(view: PersonalView) -> Callable[..., HttpResponseBase]:
        @personal_page
        @wraps(view)
        def find(request: HttpRequest, token: str, **more: Any) -> HttpResponseBase:
            try:
                found = personal_links.registration_for(token, kind=kind)
            except BadToken:
                return dead_link(request)
            return view(request, found, token, **more)

        return find

    return decorate


@opened()
@require_http_methods(["GET", "HEAD", "POST"])
def registration(request: HttpRequest, mine: Registration, token: str) -> HttpResponse:
    """Seat or place in the queue, and all that follows from it; POST chooses workshops or comes back."""
    if request.method != "POST":
        return _page(request, mine, token)
    if "field" in request.POST:
        return _complete(request, mine, token)
    try:
        _act(mine, request.POST.get("act", ""), request.POST.get("meeting", ""))
    except workshops.WorkshopFull:
        problem = _("Cet atelier est complet : vous pouvez vous mettre sur sa liste d’attente.")
    except workshops.HouseFull:
        problem = _("Votre établissement a déjà autant de places qu’il peut en avoir dans cet atelier.")
    except workshops.Overlaps:
        problem = _(
            "Cet atelier a lieu en même temps qu’un autre de vos ateliers : quittez d’abord celui-là."
        )
    except workshops.NoSuchWorkshop:
        problem = _("Cet atelier n’est plus au programme.")
    except workshops.NotSeated:
        problem = _("Les ateliers se choisissent quand on a une place, jusqu’au début de l’étape.")
    except seats.OrganisationFull:
        problem = _("Votre établissement a déjà autant de places qu’il peut en avoir à cette étape.")
    except seats.RegistrationClosed:
        problem = _("Les inscriptions à cette étape sont closes.")
    except offers.OfferOver:
        problem = _("Cette place n’est plus gardée pour vous : le délai est passé.")
    except gate.Busy:
        return _busy(request, mine, token)
    else:
        return redirect("professionals:registration", token=token)
    return _page(request, mine, token, problem=problem, status=HTTPStatus.CONFLICT)


@opened()
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, mine: Registration, token: str) -> HttpResponse:
    """Give the seat up: GET asks whether it is meant, POST does it."""
    if request.method == "POST":
        try:
            seats.withdraw(mine)
            telephone.told(mine)  # this page says it
        except seats.CannotWithdraw:
            problem = _("Cette inscription ne peut plus être annulée : l’étape a commencé ou n’a plus lieu.")
            return _page(request, mine, token, problem=problem, status=HTTPStatus.CONFLICT)
        except gate.Busy:
            return _busy(request, mine, token)
    elif mine.status not in ENDED:
        return render(request, "professionals/withdraw.html", _context(mine, token))
    return redirect("professionals:registration", token=token)


@opened()
@require_http_methods(["GET", "HEAD", "POST"])
def reconfirm(request: HttpRequest, mine: Registration, token: str) -> HttpResponse:
    """« Je confirme »: mail scanners follow links, so only the button says so."""
    if request.method == "POST":
        try:
            seats.reconfirm(mine)
        except seats.CannotWithdraw:
            problem = _(
                "Il n’y a plus de place à confirmer : l’étape a commencé, ou votre place est libérée."
            )
            return _page(request, mine, token, problem=problem, status=HTTPStatus.CONFLICT)
        except gate.Busy:
            return _busy(request, mine, token)
    elif mine.status == RegistrationStatus.SEATED and not mine.reconfirmed_at:
        return render(request, "professionals/reconfirm.html", _context(mine, token))
    return redirect("professionals:registration", token=token)


@opened()
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, mine: Registration, token: str) -> HttpResponse:
    """Hand one's seat to a colleague: from then on this link opens nothing."""
    form = ColleagueForm(request.POST or None)
    if not _may_hand_over(mine, clock.now()):
        return redirect("professionals:registration", token=token)
    if request.method == "POST" and form.is_valid():
        try:
            handovers.hand_over(mine, **form.cleaned_data)
        except handovers.CannotTake:
            form.add_error(None, CANNOT_TAKE)
        except handovers.NothingToGive:
            return redirect("professionals:registration", token=token)
        except gate.Busy:
            return _busy(request, mine, token)
        else:
            context = {"document": programme.public_document(mine.stop), "stop": mine.stop}
            return render(request, "professionals/handed_over.html", context)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(
        request, "professionals/hand_over.html", {**_context(mine, token), "form": form}, status=status
    )


@opened()
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, mine: Registration, token: str) -> HttpResponse:
    """Correct one's details; the mail address stays, since it is what proves who this is."""
    form = CorrectionForm(request.POST or None, person=mine.professional, language=current_language())
    if request.method == "POST" and form.is_valid():
        try:
            people.correct(mine.professional, **form.corrections())
        except people.SameName:
            form.add_error("name", _("Une autre personne de cette adresse porte déjà ce nom."))
        else:
            return redirect("professionals:registration", token=token)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(
        request, "professionals/correct.html", {**_context(mine, token), "form": form}, status=status
    )


def _complete(request: HttpRequest, mine: Registration, token: str) -> HttpResponse:
    """One answer of the page, saved by itself, or taken back."""
    sent, language = request.POST.get("field", ""), current_language()
    parts = complement.parts(mine, language, sent=sent, data=request.POST)
    part, problem, saved = parts.get(sent), "", True
    if part is None or mine.status == RegistrationStatus.CANCELLED:
        raise Http404
    if request.POST.get("act") == "take_back":
        contributions.take_back(mine, _number(request.POST.get("said", "")))
    elif request.POST.get("act") == "clear":
        complement.clear(mine, part)
    else:
        try:
            saved = complement.save(mine, part, language=language)
        except contributions.TooMany:
            problem = _("Vous avez déjà dit beaucoup : retirez d’abord une de vos contributions.")
    if saved and not problem:
        return redirect(resolve_url("professionals:registration", token=token) + f"#{sent}")
    status = HTTPStatus.CONFLICT if problem else HTTPStatus.UNPROCESSABLE_ENTITY
    return _page(request, mine, token, problem=problem, status=status, parts=parts)


@opened()
@require_safe
def calendar_file(request: HttpRequest, mine: Registration, token: str) -> HttpResponse:
    """The stop for one's calendar, for who has a seat."""
    if mine.status != RegistrationStatus.SEATED:
        raise Http404
    release = programme.release_of(mine.stop)
    entry = _Entry(programme.for_person(mine), mine.stop.status, release.at)
    answer = HttpResponse(
        calendar.publish([entry], current_language(), organizer_email=mine.stop.tour.sender_email),
        content_type="text/calendar; charset=utf-8",
    )
    answer["Content-Disposition"] = f'attachment; filename="rencontre-onmt-{mine.stop.slug}.ics"'
    return answer


@opened()
@require_safe
def handout(request: HttpRequest, mine: Registration, token: str, pk: int) -> HttpResponseBase:
    """A document of the stop that this person may read."""
    shown = programme.handouts(mine)
    return handouts.answer(request, shown, pk, slug=mine.stop.slug, language=current_language())


@opened()
@require_safe
def badge(request: HttpRequest, mine: Registration, token: str) -> HttpResponse:
    """The badge, to print or to show."""
    if not _opens_the_door(mine):
        raise Http404
    return render(
        request,
        "professionals/badge.html",
        {**_context(mine, token), "name": mine.professional.name},
    )


@personal_page
@require_safe
def badge_check(request: HttpRequest, token: str) -> HttpResponseBase:
    """Where the square code leads: whoever works at this door to the button, anybody else to the stop.

    Everybody who meets its bearer can read the code, so it says nothing of them to strangers.
    """
    try:
        theirs = personal_links.badge_for(token)
    except BadToken:
        return dead_link(request)
    if access.may_open(request.user, theirs.stop):
        return redirect("day:person", slug=theirs.stop.slug, key=presence.key_of(theirs))
    return redirect("meetings:stop", slug=theirs.stop.slug)


@dataclass(frozen=True, slots=True)
class _Entry:
    """meetings.calendar.Published: the stop as this person may read it."""

    document: Document
    status: str
    released_at: datetime


def _act(mine: Registration, act: str, meeting: str) -> None:
    if act == "come_back":
        seats.come_back(mine)
        telephone.told(mine)
        return
    if act == "take":
        offers.take(mine)
        telephone.told(mine)
        return
    number = _number(meeting)
    if act == "leave":
        workshops.leave(mine, number)
    elif act == "choose":
        workshops.choose(mine, number)
    elif act == "wait":
        workshops.wait(mine, number)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _page(
    request: HttpRequest,
    mine: Registration,
    token: str,
    *,
    problem: str = "",
    status: int = HTTPStatus.OK,
    parts: dict[str, complement.Part] | None = None,
) -> HttpResponse:
    context = _context(mine, token)
    now = clock.now()
    context |= {
        "problem": problem,
        "parts": list((parts or complement.parts(mine, current_language())).values()),
        "said": contributions.of(mine),
        "handouts": programme.handouts(mine),
        "offers": workshops.offers(mine, context["document"]),
        "position": seats.position(mine) if mine.status == RegistrationStatus.WAITING else None,
        "may_withdraw": seats.may_withdraw(mine.stop, at=now) and not mine.checked_in_at,
        "may_return": seats.may_return(mine, at=now),
        "may_hand_over": _may_hand_over(mine, now),
        "may_choose": workshops.may_choose(mine, at=now),
    }
    return render(request, "professionals/registration.html", context, status=status)


def _context(mine: Registration, token: str) -> dict[str, Any]:
    label = _("Code à présenter à l’accueil")
    return {
        "registration": mine,
        "stop": mine.stop,
        # A link may be passed on: pages show what tells people their own registration, and no more.
        "first_name": first_name(mine.professional.name),
        "organisation": mine.professional.organisation.name,
        "masked_email": people.masked_email(mine.professional),
        "masked_phone": people.masked_phone(mine.professional),
        "token": token,
        "document": programme.for_person(mine),
        "code": square_code.drawn(personal_links.badge_url(mine), label=label)
        if _opens_the_door(mine)
        else "",
        "short_code": badges.in_groups(badges.code(mine)),
    }


def _may_hand_over(mine: Registration, now: datetime) -> bool:
    return (
        mine.status == RegistrationStatus.SEATED
        and not mine.checked_in_at
        and seats.may_withdraw(mine.stop, at=now)
    )


def _opens_the_door(mine: Registration) -> bool:
    """Whether there is a badge: no door is opened where nothing takes place."""
    return mine.status == RegistrationStatus.SEATED and mine.stop.status not in CALLED_OFF


def _busy(request: HttpRequest, mine: Registration, token: str) -> HttpResponse:
    problem = _("Beaucoup de personnes s’inscrivent en ce moment : réessayez dans quelques secondes.")
    page = _page(request, mine, token, problem=problem, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return come_again(page)
