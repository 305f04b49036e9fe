"""The team's page of the delegations of a stop: approve, refuse, release, export, write down a call."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.models import User
from meetings import gate
from professionals import assisted, consent, personal_links, programme, seats
from professionals.delegations import asking, keeping, standing
from professionals.delegations.forms import WHOLE
from professionals.models import Delegation
from professionals.team.access import stop_or_404, team_page
from professionals.team.forms import SeveralCallForm
from regions.languages import ALL, current_language

BUSY = gettext_noop("Beaucoup de personnes s’inscrivent en ce moment : réessayez dans quelques secondes.")


@team_page
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    stop = stop_or_404(slug)
    lines = standing.of(stop)
    context = {
        "stop": stop,
        "document": programme.public_document(stop),
        "lines": [(line, personal_links.delegation_url(line.delegation)) for line in lines],
        "granted": sum(line.delegation.granted for line in lines),
        "named": sum(line.named for line in lines),
        "short": sum(line.short for line in lines),
    }
    return render(request, "professionals/team/delegations.html", context)


@team_page
@require_safe
def table(request: HttpRequest, slug: str) -> HttpResponse:
    """As a table, with names and addresses: the journal keeps who took it."""
    stop = stop_or_404(slug)
    audit.record(request.user, "exported", f"stop:{stop.pk}", fields=["delegations"])
    response = HttpResponse(
        standing.csv(stop, current_language()), content_type="text/csv; charset=utf-8; header=present"
    )
    response["Content-Disposition"] = f'attachment; filename="delegations-{slug}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@team_page
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve, refuse, or let go what is not named."""
    delegation = get_object_or_404(Delegation.objects.select_related("stop"), pk=pk)
    said = request.POST.get("act", "")
    try:
        if said == "approve":
            asking.approve(delegation, by=_who(request))
            messages.success(request, _("Demande approuvée : l’établissement est prévenu."))
        elif said == "refuse":
            asking.refuse(delegation, by=_who(request))
            messages.success(request, _("Demande refusée : l’établissement est prévenu."))
        elif said == "release":
            keeping.release(delegation, by=_who(request))
            messages.success(
                request, _("Les places non nommées sont libérées : l’établissement est prévenu.")
            )
    except asking.NotPending:
        messages.error(request, _("Cette demande n’attend pas de réponse."))
    except seats.OrganisationFull:
        messages.error(request, _("Cet établissement a déjà autant de places qu’il peut en avoir."))
    except seats.RegistrationClosed:
        messages.error(request, _("L’étape a commencé, ou n’a plus lieu."))
    except gate.Busy:
        messages.error(request, _(BUSY))
    return redirect("team:delegations", slug=delegation.stop.slug)


@team_page
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """Somebody on the telephone asks for several places: given at once, or their rank."""
    stop = stop_or_404(slug)
    form = SeveralCallForm(request.POST or None, language=current_language())
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                assisted.register_several(
                    stop,
                    form.told(),
                    places=form.cleaned_data["places"],
                    whole=form.cleaned_data["whole"] == WHOLE,
                    by=_who(request),
                )
            except seats.OrganisationFull:
                form.add_error("places", _("Cet établissement ne peut pas avoir autant de places ici."))
            except seats.RegistrationClosed:
                form.add_error(None, _("Cette étape ne prend plus d’inscriptions pour le moment."))
            except gate.Busy:
                form.add_error(None, _(BUSY))
            else:
                messages.success(request, _("Demande enregistrée. Son lien est dans la liste."))
                return redirect("team:delegations", slug=slug)
    context: dict[str, Any] = {
        "stop": stop,
        "document": programme.public_document(stop),
        "form": form,
        "notices": [(code, consent.wording(code, version=consent.READ_ALOUD)) for code in ALL],
    }
    return render(request, "professionals/team/register_delegation.html", context, status=status)


def _who(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 (team_page says so)
    return request.user
