"""The way of the tour in templates: its steps in words, on the line and on the map."""

from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onmt_tour import icons
from onmt_tour.course import Step
from onmt_tour.templatetags.portal import STATES
from regions import dates
from regions.languages import current_language, pick
from regions.outlines import Outline
from regions.templatetags.dates import as_date

register = template.Library()

# What a step looks like on the line, in the key and on the map: a class, an icon, its words in the key.
ICONS = {
    "held": "held",
    "next": "khatam",
    "announced": "circle",
    "postponed": "moved",
    "cancelled": "off",
    "undated": "dashed",
}
CSS = {"held": "done", "next": "now", "announced": "set", "postponed": "moved", "cancelled": "off"}
LABEL_GAP = 26  # between a region and the words beside it, in units of the map
APART = (640, 640)  # where words stand for a region that has no room beside it: the map's empty quarter
HIT = 41  # radius of what a finger finds, in units: 24 px across on a telephone of 360 px


@register.simple_tag
def step_icon(step: Step) -> SafeString:
    return icons.icon(ICONS[step.state])


@register.simple_tag
def step_words(step: Step) -> str:
    """« Étape 1 : Dakhla-Oued Ed-Dahab, prochaine étape, jeudi 3 décembre 2026 », for who hears the map."""
    name = pick(step.name, current_language())
    if step.stop is None:
        return _("%(region)s, date à venir") % {"region": name}
    document = step.stop.document
    details = [] if step.state == "announced" else [str(STATES[step.state][2]).lower()]
    if step.state not in {"postponed", "cancelled"}:
        details.append(dates.long_date(as_date(document["date"]), current_language()))
    return _("Étape %(rank)s : %(region)s, %(details)s") % {
        "rank": document["rank"],
        "region": name,
        "details": f"{dates.COMMA[current_language()]} ".join(details),
    }


@register.simple_tag
def step_css(step: Step) -> str:
    return CSS.get(step.state, "")


@register.inclusion_tag("components/key.html")
def key(steps: Iterable[Step]) -> dict[str, list[tuple[str, str, str]]]:
    """What the signs mean and how many there are of each; those that do not occur are left out."""
    numbers = Counter(step.state for step in steps)
    words = {
        "held": ngettext("%(number)s tenue", "%(number)s tenues", numbers["held"]),
        "next": _("prochaine étape"),
        "announced": ngettext("%(number)s annoncée", "%(number)s annoncées", numbers["announced"]),
        "postponed": ngettext("%(number)s reportée", "%(number)s reportées", numbers["postponed"]),
        "cancelled": ngettext("%(number)s annulée", "%(number)s annulées", numbers["cancelled"]),
        "undated": ngettext("%(number)s date à venir", "%(number)s dates à venir", numbers["undated"]),
    }
    return {
        "entries": [
            (CSS.get(state, ""), drawing, words[state] % {"number": numbers[state]})
            for state, drawing in ICONS.items()
            if numbers[state]
        ]
    }


@register.simple_tag
def map_route(steps: Iterable[Step]) -> SafeString:
    """The way through the stops in order: drawn through those held up to the next one, dotted beyond."""
    behind = [step for step in steps if step.state == "held"]
    ahead = [step for step in steps if step.state in {"next", "announced"}]
    done = _way([*behind, *(step for step in ahead[:1] if step.state == "next")])
    coming = _way([*(behind[-1:] if not ahead or ahead[0].state != "next" else []), *ahead])
    return format_html(
        "{}{}{}{}",
        *(format_html('<path class="case" d="{}"/>', way) if way else "" for way in (done, coming)),
        format_html('<path class="way" d="{}"/>', done) if done else "",
        format_html('<path class="way ahead" d="{}"/>', coming) if coming else "",
    )


def _way(steps: list[Step]) -> str:
    """Path data through the hearts of their regions; "" where there is nothing to join."""
    points = [f"{x} {y}" for x, y in (step.outline.heart for step in steps)]
    return "M" + "L".join(points) if len(points) > 1 else ""


@register.simple_tag
def map_shape(step: Step) -> SafeString:
    """A region, and what makes a small one wide enough for a finger; hearts lie far enough apart."""
    return _shape(step.outline)


@cache
def _shape(outline: Outline) -> SafeString:
    x, y = outline.heart
    return format_html('<path d="{}"/><circle class="hit" cx="{}" cy="{}" r="{}"/>', outline.path, x, y, HIT)


@register.simple_tag
def map_pin(step: Step) -> SafeString:
    """The sign of a step on the map: its shape says the state, its number the order."""
    rank = step.stop.document["rank"] if step.stop else None
    pin = _pin(*step.outline.heart, step.state, rank)
    return format_html("{}{}", pin, _label(step)) if step.state == "next" else pin


@lru_cache(maxsize=256)
def _pin(x: int, y: int, state: str, rank: int | None) -> SafeString:
    if rank is None:
        return format_html('<g class="unset"><circle cx="{}" cy="{}" r="13"/></g>', x, y)
    css = CSS[state]
    number = format_html('<text x="{}" y="{}" dy=".35em">{}</text>', x, y, rank)
    if state == "next":
        return format_html('<g class="pin now">{}{}</g>', _star(x, y, 3.6), number)
    if state == "postponed":
        square = format_html(
            '<rect x="{}" y="{}" width="46" height="46" transform="rotate(45 {} {})"/>', x - 23, y - 23, x, y
        )
        return format_html('<g class="pin {}">{}{}</g>', css, square, number)
    disc = format_html('<circle cx="{}" cy="{}" r="27"/>', x, y)
    if state == "cancelled":
        cross = format_html('<path d="M{} {}l22 22m0-22l-22 22"/>', x - 11, y - 11)
        return format_html('<g class="pin {}">{}{}</g>', css, disc, cross)
    return format_html('<g class="pin {}">{}{}</g>', css, disc, number)


def _star(x: int, y: int, size: float) -> SafeString:
    return format_html(
        '<g class="star" transform="translate({} {}) scale({}) translate(-12 -12)">{}</g>',
        x,
        y,
        size,
        mark_safe(icons.KHATAM),  # noqa: S308 - a constant
    )


def _label(step: Step) -> SafeString:
    """City and date of the next stop, beside its region or, where there is no room, with its sign apart."""
    if step.stop is None:
        return mark_safe("")
    (x, y), sign = APART, mark_safe("")
    if step.label_side:
        left, _top, right, _bottom = step.outline.box
        x = right + LABEL_GAP if step.label_side == "after" else left - LABEL_GAP
        y = step.outline.heart[1]
    else:
        sign = format_html('<g class="sign">{}</g>', _star(x - 34, y - 14, 1.9))
    document = step.stop.document
    return format_html(
        '<g class="beside {}">{}<text class="name" x="{x}" y="{}">{}</text>'
        '<text class="name sub" x="{x}" y="{}">{}</text></g>',
        step.label_side or "apart",
        sign,
        y - 4,
        pick(document["city"], current_language()),
        y + 50,
        dates.full_date(as_date(document["date"]), current_language()),
        x=x,
    )
