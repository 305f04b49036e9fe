"""Staff on the telephone: registering somebody, confirming for them, calling who has no mail address."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit, square_code
from accounts.models import User
from meetings import gate
from meetings.models import Stop
from outbox import clock
from professionals import (
    assisted,
    consent,
    people,
    personal_links,
    programme,
    readdressing,
    seat_requests,
    seats,
    telephone,
)
from professionals.models import Delegation, Professional, Registration, SeatRequest
from professionals.team.access import stop_or_404, team_page
from professionals.team.forms import CallForm, RightAddressForm, SpelledAddressForm
from regions.languages import ALL, current_language

MOST_INVITABLE = 200
BUSY = gettext_noop("Beaucoup de personnes s’inscrivent en ce moment : réessayez dans quelques secondes.")


@team_page
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """Somebody is on the telephone: seated at once, or in the queue."""
    stop = stop_or_404(slug)
    form = CallForm(request.POST or None, language=current_language())
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                registration = assisted.register(stop, form.told(), by=_who(request))
            except seats.OrganisationFull:
                form.add_error(None, _("Cet établissement a déjà autant de places qu’il peut en avoir."))
            except seats.RegistrationClosed:
                form.add_error(None, _("Cette étape ne prend plus d’inscriptions pour le moment."))
            except gate.Busy:
                form.add_error(None, _(BUSY))
            else:
                return redirect("team:link", pk=registration.pk)
    notices = [(code, consent.wording(code, version=consent.READ_ALOUD)) for code in ALL]
    context = {**_of_stop(stop), "form": form, "notices": notices}
    return render(request, "professionals/team/register.html", context, status=status)


@team_page
@require_safe
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """The personal link of somebody, to be copied, sent by WhatsApp or printed."""
    registration = _registration(pk)
    context = {
        **_of_registration(registration),
        "link": personal_links.registration_url(registration),
        "texts": telephone.ready_texts(registration),
    }
    return render(request, "professionals/team/link.html", context)


@team_page
@require_safe
def link_on_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a page to print, in the person's language."""
    registration = _registration(pk)
    with translation.override(registration.professional.language):
        address = personal_links.registration_url(registration)
        context = {
            **_of_registration(registration),
            "link": address,
            "code": square_code.drawn(address, label=_("Code de votre page personnelle")),
        }
        return HttpResponse(render(request, "professionals/team/link_on_paper.html", context).content)


@team_page
@require_safe
def unconfirmed(request: HttpRequest, slug: str) -> HttpResponse:
    """Who asked and has not confirmed: to be called."""
    stop = stop_or_404(slug)
    now = clock.now()
    asked = [(one, one.expires_at <= now) for one in seat_requests.unconfirmed(stop)]
    context = {**_of_stop(stop), "asked": asked, "open": stop.takes_registrations(at=now)}
    return render(request, "professionals/team/unconfirmed.html", context)


@team_page
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """« Confirmer à sa place »: GET shows what they typed, POST confirms it."""
    asked = get_object_or_404(
        SeatRequest.objects.select_related("category", "registration", "delegation"), pk=pk
    )
    stop = _stop_of(asked.stop_id)
    if mine := asked.registration or asked.delegation:
        return _to_what_became(mine, stop)
    form = SpelledAddressForm(request.POST or None, initial={"email": asked.email})
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                found = assisted.confirm(asked, email=form.cleaned_data["email"], by=_who(request))
            except seats.OrganisationFull:
                form.add_error(None, _("Cet établissement a déjà autant de places qu’il peut en avoir."))
            except seats.RegistrationClosed:
                form.add_error(None, _("Cette étape ne prend plus d’inscriptions pour le moment."))
            except gate.Busy:
                form.add_error(None, _(BUSY))
            else:
                return _to_what_became(found, stop)
    context = {**_of_stop(stop), "asked": asked, "form": form}
    return render(request, "professionals/team/confirm.html", context, status=status)


@team_page
@require_safe
def by_telephone(request: HttpRequest, slug: str) -> HttpResponse:
    """Who has no mail address: those to be called first, then those who may be invited."""
    stop = stop_or_404(slug)
    calls = [(call, telephone.ready_texts(call.registration)) for call in telephone.calls(stop)]
    invitable = list(telephone.invitable(stop)[: MOST_INVITABLE + 1])
    context = {
        **_of_stop(stop),
        "calls": calls,
        "due": sum(call.due for call, _texts in calls),
        "invitable": invitable[:MOST_INVITABLE],
        "more": len(invitable) > MOST_INVITABLE,
    }
    return render(request, "professionals/team/by_telephone.html", context)


@team_page
@require_POST
def told(request: HttpRequest, pk: int) -> HttpResponse:
    """They were called, and know."""
    registration = _registration(pk)
    telephone.told(registration)
    audit.record(request.user, "called", f"registration:{registration.pk}")
    return redirect("team:by_telephone", slug=registration.stop.slug)


@team_page
@require_http_methods(["GET", "HEAD", "POST"])
def readdress(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a mistyped mail address: the old link dies, a new one leaves."""
    person = get_object_or_404(Professional.objects.select_related("organisation"), pk=pk)
    form = RightAddressForm(request.POST or None, initial={"email": person.email})
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                readdressing.correct(person, email=form.cleaned_data["email"], by=_who(request))
            except people.SameName:
                form.add_error(
                    "email", _("Cette adresse connaît déjà quelqu’un de ce nom : fusionnez les deux fiches.")
                )
            except readdressing.Unreachable:
                form.add_error("email", _("Cette personne n’a pas de mobile : gardez une adresse."))
            except gate.Busy:
                form.add_error(None, _(BUSY))
            else:
                messages.success(
                    request, _("Adresse corrigée : les anciens liens sont révoqués, le nouveau part.")
                )
                return redirect("admin:professionals_professional_change", person.pk)
    context = {"person": person, "form": form}
    return render(request, "professionals/team/readdress.html", context, status=status)


def _to_what_became(found: Registration | Delegation, stop: Stop) -> HttpResponse:
    if isinstance(found, Delegation):
        return redirect("team:delegations", slug=stop.slug)
    return redirect("team:link", pk=found.pk)


def _who(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 (team_page says so)
    return request.user


def _registration(pk: int) -> Registration:
    rows = Registration.objects.select_related(
        "stop__current_release", "stop__tour", "stop__region", "professional__organisation"
    )
    return get_object_or_404(rows, pk=pk)


def _stop_of(pk: int) -> Stop:
    found = Stop.objects.public().filter(pk=pk).select_related("current_release", "tour", "region").first()
    if found is None:
        raise Http404
    return found


def _of_stop(stop: Stop) -> dict[str, Any]:
    return {"stop": stop, "document": programme.public_document(stop)}


def _of_registration(registration: Registration) -> dict[str, Any]:
    waiting = registration.status == "waiting"
    return {
        **_of_stop(registration.stop),
        "registration": registration,
        "person": registration.professional,
        "position": seats.position(registration) if waiting else None,
    }
