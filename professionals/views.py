"""Asking for a seat: the public form, the mailbox's confirmation, the answer to an invitation."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from accounts.client_address import client_network
from accounts.links import BadToken
from accounts.personal_pages import personal_page
from accounts.public_pages import public_page
from meetings import agenda, gate
from meetings.agenda import PublicStop
from meetings.availability import ASKED_FOR
from meetings.models import Stop
from professionals import (
    channels,
    form_page,
    invited,
    personal_links,
    programme,
    rate_limit,
    seat_requests,
    seats,
)
from professionals.delegations.forms import DelegationForm
from professionals.forms import RegistrationForm
from professionals.models import Delegation, Registration, SeatRequest
from professionals.names import first_name
from regions.languages import current_language

BUSY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Asking:
    """A public form that asks for one place, or for several."""

    form: type[RegistrationForm]
    template: str


ONE = Asking(RegistrationForm, "professionals/register.html")
SEVERAL = Asking(DelegationForm, "professionals/ask_delegation.html")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_cache=True)  # not no-store: going back must find what was typed
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """Public: ask for a seat. The answer goes by mail only, so that nobody can learn from this page
    whether someone else is registered."""
    return _form(request, slug, ONE)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_cache=True)
def ask_delegation(request: HttpRequest, slug: str) -> HttpResponse:
    """Public: ask for several places for one's establishment. Answered as `register` is."""
    return _form(request, slug, SEVERAL)


@public_page()
def requested(request: HttpRequest, slug: str) -> HttpResponse:
    """One step is left. The same page for everybody: it knows nothing of who asked."""
    return render(request, "professionals/requested.html", {"stop": _public_stop(slug)})


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The mailbox's answer. Mail scanners follow links: only the button confirms."""
    try:
        asked = personal_links.request_for(token)
    except BadToken:
        return dead_link(request)
    try:
        if request.method == "POST":
            return _to_own_page(seat_requests.confirm(asked))
        if mine := asked.registration or asked.delegation:  # confirmed before: nothing is left to do
            return _to_own_page(mine)
        seat_requests.check_open(asked)
    except seat_requests.RequestExpired:
        return _confirm_page(request, asked, state="expired", status=HTTPStatus.GONE)
    except seats.OrganisationFull:
        return _confirm_page(request, asked, state="organisation_full", status=HTTPStatus.CONFLICT)
    except seats.RegistrationClosed:
        return _confirm_page(request, asked, state="closed", status=HTTPStatus.CONFLICT)
    except gate.Busy:
        return come_again(_confirm_page(request, asked, state="busy", status=HTTPStatus.SERVICE_UNAVAILABLE))
    return _confirm_page(request, asked, first_name=first_name(asked.name), organisation=asked.organisation)


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """An invited professional comes, at once, or does not. GET shows two buttons."""
    try:
        invitation, professional = invited.by_token(token)
    except BadToken:
        return dead_link(request)
    context = {
        "stop": invitation.stop,
        "document": programme.public_document(invitation.stop),
        "first_name": first_name(professional.name),
        "organisation": professional.organisation.name,
        "invitation": invitation,
    }
    status, state = HTTPStatus.OK, "" if invited.may_answer(invitation) else "closed"
    if request.method == "POST":
        try:
            if request.POST.get("answer") == "yes":
                token = personal_links.registration_token(invited.come(invitation, professional))
                return redirect("professionals:registration", token=token)
            if request.POST.get("answer") == "no":
                invited.decline(invitation, professional)
                return redirect("professionals:answer", token=token)
        except seats.OrganisationFull:
            status, state = HTTPStatus.CONFLICT, "organisation_full"
        except (seats.RegistrationClosed, invited.TooLate):
            status, state = HTTPStatus.CONFLICT, "closed"
        except gate.Busy:
            status, state = HTTPStatus.SERVICE_UNAVAILABLE, "busy"
    page = render(request, "professionals/answer.html", {**context, "state": state}, status=status)
    return come_again(page) if state == "busy" else page


def dead_link(request: HttpRequest) -> HttpResponse:
    """A link that is not one of ours, or was revoked, or whose request was forgotten: all the same.

    Whoever pressed a button meets it after the second of two taps on one that ends the link."""
    context = {"pressed": request.method == "POST"}
    return render(request, "professionals/dead_link.html", context, status=HTTPStatus.NOT_FOUND)


def come_again(page: HttpResponse) -> HttpResponse:
    page["Retry-After"] = str(BUSY_SECONDS)
    return page


def _form(request: HttpRequest, slug: str, asking: Asking) -> HttpResponse:
    if request.method == "POST":
        return _ask(request, slug, asking)
    stop = _public_stop(slug)
    initial = {"channel": channels.read(request.GET.get(channels.PARAMETER))}
    form = (
        asking.form(language=current_language(), initial=initial) if stop.availability in ASKED_FOR else None
    )
    return _form_page(request, stop, form, asking)


def _ask(request: HttpRequest, slug: str, asking: Asking) -> HttpResponse:
    """422 for answers to be corrected, 429 for too many, 409 when registration is closed: a page sent
    again by a machine is not taken for a success, and people see their answers and what to do."""
    row = Stop.objects.public().filter(slug=slug, tour__is_current=True).select_related("current_release")
    stop = row.first()
    if stop is None:
        raise Http404
    form = asking.form(request.POST, language=current_language())
    if seconds := rate_limit.wait(rate_limit.FORM_PER_SENDER, client_network(request)):
        form.refuse(_("Trop d’envois depuis votre connexion. Vos réponses sont gardées : réessayez bientôt."))
        page = _form_page(request, _public_stop(slug), form, asking, status=HTTPStatus.TOO_MANY_REQUESTS)
        page["Retry-After"] = str(seconds)
        return page
    if form.is_a_machine:
        return redirect("professionals:requested", slug=slug)
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        try:
            seat_requests.ask(stop, form.details(), form_id=form.form_id)
            return redirect("professionals:requested", slug=slug)
        except seats.OrganisationFull:
            assert isinstance(form, DelegationForm)  # noqa: S101 (one place is never too many)
            form.allow_at_most(stop.per_organisation or 0)
        except seats.RegistrationClosed:
            return _form_page(request, _public_stop(slug), None, asking, status=HTTPStatus.CONFLICT)
    return _form_page(request, _public_stop(slug), form, asking, status=status)


def _to_own_page(found: Registration | Delegation) -> HttpResponse:
    if isinstance(found, Registration):
        return redirect("professionals:registration", token=personal_links.registration_token(found))
    return redirect("professionals:delegation", token=personal_links.delegation_token(found))


def _public_stop(slug: str) -> PublicStop:
    stop = agenda.stop(slug)
    if stop is None:
        raise Http404
    return stop


def _form_page(
    request: HttpRequest,
    stop: PublicStop,
    form: RegistrationForm | None,
    asking: Asking,
    *,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    named = form_page.named(stop, current_language(), has_form=form is not None, several=asking is SEVERAL)
    context = {"stop": stop, "form": form, "named": named}
    return render(request, asking.template, context, status=status)


def _confirm_page(
    request: HttpRequest, asked: SeatRequest, *, state: str = "", status: int = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    release = asked.stop.current_release
    context = {
        "stop": asked.stop,
        "asked": asked,
        "document": release.document if release else None,
        "state": state,
        **more,
    }
    return render(request, "professionals/confirm.html", context, status=status)
