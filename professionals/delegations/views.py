"""A delegation's own page, for who asked for it: its places, who comes, and what may still be changed."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.links import BadToken
from accounts.personal_pages import personal_page
from meetings import gate
from outbox import clock
from professionals import handovers, personal_links, programme, promotion, seats
from professionals.delegations import asking, keeping, naming
from professionals.delegations.forms import FewerForm, NamedForm
from professionals.forms import CANNOT_TAKE
from professionals.models import Delegation, DelegationStatus
from professionals.names import first_name
from professionals.views import come_again, dead_link

# What may be in the way, and what is said of it.
SENTENCES = {
    naming.CannotChange: _(
        "Cette demande ne peut plus être changée : l’étape a commencé ou n’a plus lieu, la demande est "
        "close, ou la personne est déjà sur place."
    ),
    naming.NothingFree: _("Toutes vos places sont nommées : retirez d’abord quelqu’un."),
    naming.NotOfTheDelegation: _("Cette personne n’est plus de votre délégation."),
    keeping.TooFew: _("Plus de personnes sont déjà nommées : retirez-en d’abord."),
    handovers.CannotTake: CANNOT_TAKE,
}
REFUSALS = tuple(SENTENCES)

DelegationView = Callable[[HttpRequest, Delegation, str], HttpResponse]


def opened(view: DelegationView) -> Callable[..., HttpResponseBase]:
    """The view of the delegation that the token opens; the token is all the permission there is."""

    @personal_page
    @wraps(view)
    def find(request: HttpRequest, token: str) -> HttpResponse:
        try:
            return view(request, personal_links.delegation_for(token), token)
        except BadToken:
            return dead_link(request)

    return find


@opened
@require_http_methods(["GET", "HEAD", "POST"])
def delegation(request: HttpRequest, mine: Delegation, token: str) -> HttpResponse:
    """Who comes and how many places are left; POST names, replaces, takes back, asks for fewer."""
    if request.method != "POST":
        return _page(request, mine, token, replaced=_number(request.GET.get("remplacer", "")))
    act, who = request.POST.get("act", ""), _number(request.POST.get("who", ""))
    person, fewer = NamedForm(request.POST), FewerForm(request.POST)
    shown: dict[str, Any] = {}
    try:
        if act == "fewer":
            shown = {"fewer": fewer}
            if not fewer.is_valid():
                return _page(request, mine, token, **shown, status=HTTPStatus.UNPROCESSABLE_ENTITY)
            keeping.reduce(mine, **fewer.cleaned_data)
        elif act in ("name", "replace"):
            shown = {"person": person, "replaced": who if act == "replace" else 0}
            if not person.is_valid():
                return _page(request, mine, token, **shown, status=HTTPStatus.UNPROCESSABLE_ENTITY)
            if act == "name":
                naming.name(mine, **person.cleaned_data)
            else:
                naming.replace(mine, who, **person.cleaned_data)
        else:
            _act(mine, act, who)
    except gate.Busy:
        problem = gettext(
            "Beaucoup de personnes s’inscrivent en ce moment : réessayez dans quelques secondes."
        )
        page = _page(request, mine, token, **shown, problem=problem, status=HTTPStatus.SERVICE_UNAVAILABLE)
        return come_again(page)
    except REFUSALS as refusal:
        problem = str(SENTENCES[type(refusal)])
        return _page(request, mine, token, **shown, problem=problem, status=HTTPStatus.CONFLICT)
    return redirect(resolve_url("professionals:delegation", token=token) + "#personnes")


@opened
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, mine: Delegation, token: str) -> HttpResponse:
    """Give everything up: GET asks whether it is meant, POST does it."""
    if request.method == "POST":
        try:
            keeping.cancel(mine)
        except naming.CannotChange:
            problem = str(SENTENCES[naming.CannotChange])
            return _page(request, mine, token, problem=problem, status=HTTPStatus.CONFLICT)
        except gate.Busy:
            return redirect("professionals:cancel_delegation", token=token)
    elif _may_change(mine) or mine.status == DelegationStatus.PENDING:
        return render(request, "professionals/cancel_delegation.html", _context(mine, token))
    return redirect("professionals:delegation", token=token)


def _act(mine: Delegation, act: str, who: int) -> None:
    if act == "me":
        contact = mine.contact
        naming.name(mine, name=contact.name, email=contact.email, phone=str(contact.phone))
    elif act == "remove":
        naming.remove(mine, who)
    elif act == "part":
        keeping.take_part(mine)


def _page(
    request: HttpRequest,
    mine: Delegation,
    token: str,
    *,
    person: NamedForm | None = None,
    fewer: FewerForm | None = None,
    replaced: int = 0,
    problem: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = _context(mine, token)
    context |= {
        "problem": problem,
        "form": person or NamedForm(),
        "fewer": fewer or FewerForm(initial={"places": mine.places}),
        "replaced": next((one for one in context["members"] if one.pk == replaced), None),
        "may_change": _may_change(mine),
        "position": asking.position(mine) if context["short"] else None,
    }
    return render(request, "professionals/delegation.html", context, status=status)


def _context(mine: Delegation, token: str) -> dict[str, Any]:
    members = list(mine.members.select_related("professional").order_by("professional__name_key", "pk"))
    active = mine.status == DelegationStatus.ACTIVE
    return {
        "delegation": mine,
        "stop": mine.stop,
        "first_name": first_name(mine.contact.name),
        "organisation": mine.organisation.name,
        "token": token,
        "document": programme.public_document(mine.stop),
        "members": members,
        "free": mine.granted - len(members),
        "short": mine.places - mine.granted if active else 0,
        "name_by": promotion.name_by(mine),
        "contact_comes": any(one.professional_id == mine.contact_id for one in members),
    }


def _may_change(mine: Delegation) -> bool:
    return mine.status == DelegationStatus.ACTIVE and seats.may_withdraw(mine.stop, at=clock.now())


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
