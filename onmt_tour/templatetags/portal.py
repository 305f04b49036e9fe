"""The portal's face in templates: icons, badges of state, addresses in the other languages."""

import re
from functools import cache
from typing import Any
from urllib.parse import urljoin

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from meetings.agenda import PublicStop
from onmt_tour import icons, zellige
from regions import outlines, typography
from regions.languages import ALL, current_language
from regions.models import Region
from regions.templatetags.languages import text

register = template.Library()

RANGE = re.compile(r"\d+[:h]\d\d\s?[–-]\s?\d+[:h]\d\d")
NAMES = {"fr": "Français", "ar": "العربية", "en": "English"}
EMBLEM_TILES = 11  # across the shape of a region
DIRECTION = {"fr": "ltr", "ar": "rtl", "en": "ltr"}

# What a badge shows: colour (a class), icon, words. Icon and words say it alone; colour comes third.
STATES: dict[str, tuple[str, str, str | Promise]] = {
    # of the seats
    "open": ("open", "circle", _("Places disponibles")),
    "few": ("few", "half", _("Dernières places")),
    "waiting": ("wait", "queue", _("Liste d’attente")),
    "full": ("", "disc", _("Complet")),
    "closed": ("", "lock", _("Inscriptions closes")),
    "paused": ("", "pause", _("Inscriptions suspendues")),
    "not_yet": ("", "clock", _("Inscriptions à venir")),
    "invitation": ("", "lock", _("Sur invitation")),
    # of the stop
    "next": ("few", "khatam", _("Prochaine étape")),
    "announced": ("", "circle", _("Annoncée")),
    "undated": ("", "dashed", _("Date à venir")),
    "held": ("done", "check", _("Tenue")),
    "postponed": ("moved", "moved", _("Reportée")),
    "cancelled": ("off", "off", _("Annulée")),
    # of a person's registration
    "seated": ("done", "check", _("Place attribuée")),
    "pending": ("wait", "clock", _("Demande à l’examen")),
    "offered": ("few", "half", _("Place offerte")),
    "refused": ("off", "off", _("Demande non retenue")),
    "queued": ("wait", "queue", _("Sur liste d’attente")),
    "withdrawn": ("off", "off", _("Inscription annulée")),
    # of a delegation
    "granted": ("done", "check", _("Places attribuées")),
    "gone": ("off", "off", _("Délégation annulée")),
    # of the words of a mail
    "text_validated": ("done", "check", _("Validé")),
    "text_newer": ("wait", "clock", _("Nouvelle version à valider")),
    "text_unvalidated": ("off", "warning", _("À valider : ne part pas")),
    # of a communiqué
    "correction": ("few", "info", _("Rectificatif")),
    "corrected": ("moved", "moved", _("Rectifié")),
}


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    return icons.icon(name, css)


@register.simple_tag
@cache
def locator(code: str) -> SafeString:
    """The Kingdom with one region marked: an ornament, the words beside it say the same."""
    kingdom = outlines.kingdom()
    paths = format_html_join(
        "",
        '<path{} d="{}"/>',
        (
            (mark_safe(' class="here"') if own == code else "", region.path)
            for own, region in kingdom.regions.items()
        ),
    )
    return format_html(
        '<svg class="map locator" viewBox="-8 -8 {} {}" aria-hidden="true" focusable="false">{}</svg>',
        kingdom.width + 16,
        kingdom.height + 16,
        paths,
    )


@register.simple_tag
@cache
def emblem(code: str) -> SafeString:
    """The shape of a region laid out in zellige: an ornament beside its name."""
    outline, name = outlines.kingdom().regions[code], f"zellige-{code}"
    left, top, side, _height = map(int, outline.view_box().split())
    return format_html(
        '<svg class="emblem" viewBox="{} {} {} {}" aria-hidden="true" focusable="false">'
        '<pattern id="{name}" width="{tile}" height="{tile}" patternUnits="userSpaceOnUse" '
        'patternTransform="translate({x} {y}) scale({scale})"><path class="stars" d="{stars}"/>'
        '<path class="hearts" d="{hearts}"/></pattern>'
        '<path class="ground" d="{path}"/><path fill="url(#{name})" d="{path}"/></svg>',
        left,
        top,
        side,
        side,
        name=name,
        tile=zellige.TILE,
        x=outline.heart[0],
        y=outline.heart[1],
        scale=round(side / EMBLEM_TILES / zellige.TILE, 3),
        stars=zellige.tile_stars(),
        hearts=zellige.tile_hearts(),
        path=outline.path,
    )


@register.simple_tag
@cache
def missing_tile() -> SafeString:
    """A panel of zellige where one tile has come off: an ornament of the pages that say so."""
    tiles = zellige.panel(4, 3, missing=(2, 1))
    lying = zellige.fallen(zellige.TILE * 4.55, zellige.TILE * 2.75, 0.24)
    return format_html(
        '<svg class="tiles" viewBox="-4 -4 {} {}" aria-hidden="true" focusable="false">'
        '<path class="gap" d="{}"/><path class="stars" d="{}"/><path class="hearts" d="{}"/>'
        '<path class="loose" d="{}"/></svg>',
        zellige.TILE * 5 + 12,
        round(zellige.TILE * 3.35),
        tiles["gap"],
        tiles["stars"],
        tiles["hearts"],
        lying,
    )


@register.simple_tag
def tifinagh(of: str | Region) -> SafeString:
    """A name in Tifinagh, once the house has it validated (TIFINAGH_SHELL); until then nothing.

    « institution » and « tour » come from the settings, a region's from the reference data and only
    where an official text attests it.
    """
    if not settings.TIFINAGH_SHELL:
        return mark_safe("")
    if isinstance(of, Region):
        name = of.name_zgh if of.name_zgh_status == "attested" else ""
    else:
        name = {"institution": settings.TIFINAGH_INSTITUTION, "tour": settings.TIFINAGH_TOUR}[of]
    return format_html('<span class="zgh" lang="zgh" dir="ltr">{}</span>', name) if name else mark_safe("")


@register.simple_tag
def state(name: str) -> SafeString:
    """`{% state "open" %}`: one badge. Raises KeyError for an unknown state."""
    return _state(name, current_language())


@cache
def _state(name: str, language: str | None) -> SafeString:
    css, drawing, words = STATES[name]
    shown = {"css": css, "drawing": drawing, "words": words}
    return mark_safe(render_to_string("components/state.html", shown))  # noqa: S308 - a template's


@register.simple_tag
def state_words(name: str) -> str | Promise:
    """The words of a badge without the badge."""
    return STATES[name][2]


def state_of(stop: PublicStop) -> str:
    """What a reader must know first of a public stop: what became of it, else what seats there are."""
    return stop.availability.value if stop.status == "published" else stop.status.value


@register.simple_tag
def stop_state(stop: PublicStop) -> SafeString:
    return state(state_of(stop))


@register.simple_tag
def stop_state_words(stop: PublicStop) -> str | Promise:
    return STATES[state_of(stop)][2]


@register.filter
def grouped(number: int) -> str:
    """Thousands apart: 219 965 in French and Arabic, 219,965 in English."""
    written = f"{number:,}"
    return written if current_language() == "en" else written.replace(",", "\N{NO-BREAK SPACE}")


@register.filter
def telephone(phone: str) -> SafeString:
    """A link that dials."""
    shown = typography.telephone(phone)
    return format_html('<a href="tel:{}"><bdi dir="ltr">{}</bdi></a>', dial(phone), shown)


@register.simple_tag
def opening_hours(found: dict[str, str]) -> SafeString:
    """`{% text %}` of when somebody answers: 9:00–16:00 is read from left to right inside Arabic as well."""
    return mark_safe(RANGE.sub(r'<bdi dir="ltr">\g<0></bdi>', conditional_escape(text(found))))  # noqa: S308 - escaped


def dial(phone: str) -> str:
    """A telephone number as `tel:` addresses want it: digits and the leading plus."""
    return "".join(sign for sign in phone if sign.isdigit() or sign == "+")


@register.simple_tag
def cndp_reference() -> str:
    """The state of the declaration of law 09-08, as the ONMT gave it."""
    return settings.CNDP_REFERENCE


@register.simple_tag(takes_context=True)
def webcal(context: template.Context, folder: str) -> str:
    """The address at which calendars subscribe to the `agenda.ics` of this folder, or of this page."""
    request: HttpRequest | None = context.get("request")
    path = urljoin(request.path if request else "/", f"{folder}agenda.ics")
    return re.sub("^https?:", "webcal:", settings.SITE_URL.rstrip("/")) + path


@register.simple_tag
def direction() -> str:
    return DIRECTION[current_language()]


def in_other_language(path: str, language: str) -> str:
    """The same address under another language; the home page for what stands under none."""
    head, _slash, rest = path.lstrip("/").partition("/")
    return f"/{language}/{rest}" if head in ALL else f"/{language}/"


@register.simple_tag(takes_context=True)
def languages(context: template.Context) -> list[dict[str, Any]]:
    """Every language of the portal with the present page's address in it."""
    request: HttpRequest | None = context.get("request")
    path = request.path if request else "/"
    query = str(context.get("query") or "")  # of a page that reads its parameters, as it writes them
    current = current_language()
    return [
        {
            "code": code,
            "name": NAMES[code],
            "direction": DIRECTION[code],
            "path": in_other_language(path, code) + query,
            "address": settings.SITE_URL.rstrip("/") + in_other_language(path, code) + query,
            "current": code == current,
        }
        for code in ALL
    ]
