"""The papers of a stop, for the team: one page that lists them, and each of them as PDF."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.staff_pages import staff_page
from meetings import private_papers
from meetings.models import Meeting, Stop
from professionals.papers import briefing, cards, people, sheets

LANGUAGES = {"fr": "Français", "ar": "العربية"}


@dataclass(frozen=True, slots=True)
class Paper:
    name: str  # as in its address
    label: "str | Promise"
    purpose: "str | Promise"
    words: Callable[[Stop, str], dict[str, Any]]


PAPERS = {
    paper.name: paper
    for paper in (
        Paper(
            "note-de-preparation",
            _("Note de préparation"),
            _("Programme minute par minute, qui vient, chiffres, engagements, contacts, déplacement."),
            briefing.note,
        ),
        Paper(
            "liste-d-acces",
            _("Liste d’accès"),
            _("Pour l’accueil de la Wilaya : nom, fonction, organisation, rien d’autre."),
            sheets.for_the_door,
        ),
        Paper("badges", _("Badges"), _("Dix par feuille, 90 × 55 mm, avec le code à scanner."), cards.badges),
        Paper(
            "chevalets",
            _("Chevalets"),
            _("Ceux qui ont confirmé, dans l’ordre protocolaire ; deux par feuille, à plier."),
            cards.place_cards,
        ),
        Paper(
            "chevalets-tous",
            _("Chevalets, réponses attendues comprises"),
            _("Tous ceux qui n’ont pas décliné."),
            lambda stop, language: cards.place_cards(stop, language, everybody=True),
        ),
    )
}


@staff_page
@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """Every paper of the stop in both languages, and a sheet to sign for each meeting."""
    stop = _stop(slug)
    return render(
        request,
        "professionals/papers.html",
        {
            "stop": stop,
            "papers": PAPERS.values(),
            "meetings": stop.meetings.all(),
            "languages": LANGUAGES.items(),
            "seated": stop.registrations.seated().count(),
            "guests": len(people.guests(stop)),
        },
    )


@staff_page
@require_safe
def paper(request: HttpRequest, slug: str, name: str, language: str) -> HttpResponseBase:
    stop = _stop(slug)
    if name not in PAPERS or language not in LANGUAGES:
        raise Http404
    words = PAPERS[name].words(stop, language)
    return private_papers.answer(request, stop, words, filename=f"{name}-{slug}-{language}")


@staff_page
@require_safe
def to_sign(request: HttpRequest, slug: str, meeting: int, language: str) -> HttpResponseBase:
    """« Feuille d’émargement » of one meeting."""
    stop = _stop(slug)
    if language not in LANGUAGES:
        raise Http404
    found = get_object_or_404(Meeting.objects.filter(stop=stop), pk=meeting)
    words = sheets.to_sign(stop, found, language)
    return private_papers.answer(request, stop, words, filename=f"emargement-{slug}-{meeting}-{language}")


def _stop(slug: str) -> Stop:
    rows = Stop.objects.filter(tour__is_current=True).select_related("tour", "venue", "region__council")
    return get_object_or_404(rows, slug=slug)
