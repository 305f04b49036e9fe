"""The team's page of duplicates: look at two rows, merge one into the other, undo within a day."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from meetings import gate
from outbox import clock
from professionals.duplicates import apart, finding, merging, undoing
from professionals.duplicates.models import UNDONE_WITHIN, Merge, MergeKind
from professionals.models import Organisation, Professional
from professionals.team.access import team_page

ON_A_PAGE = 25
APART_SHOWN = 50  # the latest


@team_page
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    people = request.GET.get("type") != "etablissements"
    pairs = finding.people() if people else finding.organisations()
    shown = Paginator(pairs, ON_A_PAGE).get_page(request.GET.get("page"))
    model: Any = Professional if people else Organisation
    related = ("organisation__region",) if people else ("region", "category")
    rows = model.objects.select_related(*related).in_bulk(
        [pk for pair in shown for pk in (pair.one, pair.other)]
    )
    context = {
        "people": people,
        "page": shown,
        "pairs": [
            (rows[pair.one], rows[pair.other], pair.reasons)
            for pair in shown
            if pair.one in rows and pair.other in rows
        ],
        "apart": apart.PAIRS[_kind(people)].objects.select_related(*_both(related))[:APART_SHOWN],
        "merges": Merge.objects.filter(undone_at=None, at__gt=clock.now() - UNDONE_WITHIN),
    }
    return render(request, "professionals/team/duplicates.html", context)


@team_page
@require_POST
def merge(request: HttpRequest) -> HttpResponse:
    """`keep` stays, `gone` goes; `type` says of what."""
    assert isinstance(request.user, User)  # noqa: S101 (team_page says so)
    people = request.POST.get("type") != "etablissements"
    kept, gone = (_number(request.POST.get(name, "")) for name in ("keep", "gone"))
    try:
        (merging.people if people else merging.organisations)(kept, gone, by=request.user)
    except merging.ToldApart:
        messages.error(
            request,
            _("L’équipe a dit que ces deux fiches sont distinctes : remettez-les d’abord dans la liste."),
        )
    except merging.TwoDelegations:
        messages.error(
            request,
            _("Les deux ont demandé des places à une même étape : annulez d’abord l’une des délégations."),
        )
    except merging.CannotMerge:
        messages.error(
            request,
            _("Ces fiches ne se fusionnent pas : l’une n’est plus là, ou les deux ont émargé à une étape."),
        )
    except gate.Busy:
        messages.error(request, _("Une étape est en cours de modification : réessayez dans un instant."))
    else:
        messages.success(request, _("Fiches fusionnées. Vous pouvez annuler pendant 24 heures."))
    return redirect(_address(people))


@team_page
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    assert isinstance(request.user, User)  # noqa: S101
    found = get_object_or_404(Merge, pk=pk)
    try:
        undoing.undo(found, by=request.user)
    except undoing.TooLate:
        messages.error(request, _("Cette fusion ne s’annule plus."))
    except gate.Busy:
        messages.error(request, _("Une étape est en cours de modification : réessayez dans un instant."))
    else:
        messages.success(request, _("Fusion annulée : les deux fiches sont de nouveau là."))
    return redirect(_address(found.kind == "professional"))


@team_page
@require_POST
def tell_apart(request: HttpRequest) -> HttpResponse:
    """`one` and `other` are two; `type` says of what."""
    assert isinstance(request.user, User)  # noqa: S101
    people = request.POST.get("type") != "etablissements"
    one, other = (_number(request.POST.get(name, "")) for name in ("one", "other"))
    try:
        apart.tell(_kind(people), one, other, by=request.user)
    except apart.CannotTellApart:
        messages.error(request, _("L’une de ces fiches n’est plus là."))
    else:
        messages.success(request, _("C’est noté : ces deux fiches ne seront plus proposées."))
    return redirect(_address(people))


@team_page
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The pair is offered again."""
    assert isinstance(request.user, User)  # noqa: S101
    people = request.POST.get("type") != "etablissements"
    apart.take_back(_kind(people), pk, by=request.user)
    messages.success(request, _("Ces deux fiches sont de nouveau proposées, si elles se ressemblent encore."))
    return redirect(_address(people))


def _kind(people: bool) -> MergeKind:
    return MergeKind.PROFESSIONAL if people else MergeKind.ORGANISATION


def _both(related: tuple[str, ...]) -> list[str]:
    return [f"{side}__{name}" for side in ("one", "other") for name in related]


def _address(people: bool) -> str:
    return reverse("team:duplicates") + ("" if people else "?type=etablissements")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
