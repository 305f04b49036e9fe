"""`/pilotage/style`: every component in every state, both directions and both schemes side by side.

Rendered from the very templates the pages use: what looks right here is right there.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts import square_code
from meetings import weeks
from onmt_tour import style_samples
from onmt_tour.templatetags.portal import STATES
from professionals.forms import RegistrationForm
from regions.languages import ALL

SCHEMES = ("light", "dark")
FRAMES = [(language, scheme) for scheme in SCHEMES for language in ("fr", "ar")]
COLOURS = [
    ("page", "panel", "raised", "line", "edge", "ink", "soft"),
    ("green", "on-green", "green-line", "action", "on-action", "leaf-wash"),
    ("brick", "brick-wash", "here", "blue", "blue-wash", "error", "error-wash"),
    ("land", "land-set", "land-done", "land-moved", "land-edge", "pin", "on-pin", "route"),
    ("tile", "tile-heart", "emblem-heart", "on-card", "paper", "print"),
]
# Template in onmt_tour/style/, its title, whether it needs the whole width of a page.
SECTIONS = [
    ("tokens", _("Couleurs, corps, espaces"), False),
    ("header", _("En-tête, navigation d’une ligne, langues"), True),
    ("next", _("Prochaine étape"), False),
    ("map", _("Carte et légende"), False),
    ("line", _("Ligne des 12 étapes"), True),
    ("cards", _("Carte d’une étape"), False),
    ("agenda", _("Agenda en liste"), True),
    ("month", _("Agenda par mois"), True),
    ("states", _("Badges d’état"), False),
    ("buttons", _("Boutons"), False),
    ("notices", _("Messages, vide"), False),
    ("form", _("Formulaire, champs"), False),
    ("errors", _("Résumé des erreurs, champs fautifs"), False),
    ("tables", _("Tableaux, pages"), False),
    ("lists", _("Repères, nouvelles, téléchargements, étiquettes"), False),
    ("outcome", _("Bilan et documents"), False),
    ("ticket", _("Badge et code"), True),
    ("emblems", _("Région en zellige"), False),
    ("missing", _("Page introuvable"), True),
    ("footer", _("Pied de page"), True),
]


@dataclass(frozen=True, slots=True)
class Frame:
    language: str
    direction: str
    scheme: str
    html: str


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Everything side by side; `?seul=cards` one section, `?langue=en&teinte=dark` one frame of each."""
    if not request.user.is_staff:
        raise PermissionDenied
    frames = _frames(request)
    only = request.GET.get("seul")
    sections = [
        {
            "name": name,
            "title": title,
            "wide": wide,
            "alone": len(frames) == 1,
            "frames": [_frame(request, name, language, scheme) for language, scheme in frames],
        }
        for name, title, wide in SECTIONS
        if only in (None, name)
    ]
    return render(request, "onmt_tour/style.html", {"sections": sections, "all": SECTIONS})


def _frames(request: HttpRequest) -> list[tuple[str, str]]:
    language, scheme = request.GET.get("langue"), request.GET.get("teinte")
    if language in ALL:
        return [(language, scheme if scheme in SCHEMES else "light")]
    return FRAMES


def _frame(request: HttpRequest, name: str, language: str, scheme: str) -> Frame:
    with translation.override(language):
        html = render_to_string(f"onmt_tour/style/{name}.html", _samples(name, language), request=request)
    return Frame(language, "rtl" if language == "ar" else "ltr", scheme, html)


def _samples(name: str, language: str) -> dict[str, Any]:
    """What the templates of the guide show; only what the section asks for is made."""
    stops = style_samples.every_stop()
    common: dict[str, Any] = {"section": "home", "stops": stops, "first": stops[0]}
    made: dict[str, Any] = {
        "tokens": lambda: {"colours": COLOURS},
        "map": lambda: {"standings": style_samples.standings()},
        "line": lambda: {"standings": style_samples.standings()},
        "agenda": lambda: {"month": style_samples.december()},
        "month": lambda: {"month": style_samples.december(), "week_days": weeks.week_days()},
        "states": lambda: {"states": STATES},
        "form": lambda: {"form": RegistrationForm(language=language)},
        "errors": lambda: {"form": _refused(language)},
        "tables": lambda: {"page": Paginator(range(120), 24).page(3), "rows": stops[:4]},
        "lists": lambda: {"news": style_samples.news(), "undated": style_samples.kingdom()[:3]},
        "outcome": lambda: {"outcome": style_samples.outcome(), "shown": style_samples.handouts()},
        "ticket": lambda: {"code": square_code.drawn("EXEMPLE", label="EXEMPLE")},
        "footer": lambda: {"press_contacts": style_samples.press_contacts()},
        "emblems": lambda: {"codes": ["MA-12", "MA-05", "MA-02"]},
    }
    return common | made.get(name, dict)()


def _refused(language: str) -> RegistrationForm:
    form = RegistrationForm({"name": "Hôtel du Port (exemple)", "email": "direction@"}, language=language)
    form.is_valid()
    return form
