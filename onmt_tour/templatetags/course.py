"""The way of the tour in templates: its steps in words, on the line and on the map."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmt_tour import icons
from onmt_tour.course import Step
from onmt_tour.templatetags.portal import STATES
from regions import dates
from regions.languages import pick
from regions.templatetags.dates import as_date

register = template.Library()

ICONS = {
    "held": "held",
    "next": "khatam",
    "postponed": "moved",
    "cancelled": "off",
    "announced": "circle",
    "undated": "dashed",
}
LABEL_GAP = 26  # between a region and the words beside it, in units of the map


def _language() -> str:
    return (get_language() or "fr")[:2]


@register.simple_tag
def step_icon(step: Step) -> SafeString:
    return icons.icon(ICONS[step.state])


@register.simple_tag
def step_words(step: Step) -> str:
    """« Étape 1 : Dakhla-Oued Ed-Dahab, prochaine étape, jeudi 3 décembre 2026 », for who hears the map."""
    name = pick(step.name, _language())
    if step.stop is None:
        return _("%(region)s, date à venir") % {"region": name}
    document = step.stop.document
    details = [] if step.state == "announced" else [str(STATES[step.state][2]).lower()]
    if step.state not in {"postponed", "cancelled"}:
        details.append(dates.long_date(as_date(document["date"]), _language()))
    return _("Étape %(rank)s : %(region)s, %(details)s") % {
        "rank": document["rank"],
        "region": name,
        "details": f"{dates.COMMA[_language()]} ".join(details),
    }


@register.simple_tag
def map_route(steps: Iterable[Step]) -> SafeString:
    """The dotted way through the announced stops, in order; nothing before there are two."""
    hearts = [step.outline.heart for step in steps if step.state in {"held", "next", "announced"}]
    if len(hearts) < 2:
        return mark_safe("")
    return format_html('<path class="route" d="M{}"/>', "L".join(f"{x} {y}" for x, y in hearts))


@register.simple_tag
def map_pin(step: Step) -> SafeString:
    """The number of a step on the map, in a star for the next one, with its city and date beside it."""
    x, y = step.outline.heart
    if step.stop is None:
        return format_html('<circle class="unset" cx="{}" cy="{}" r="9"/>', x, y)
    number = format_html('<text x="{}" y="{}" dy=".35em">{}</text>', x, y, step.stop.document["rank"])
    if step.state != "next":
        css = "pin done" if step.state == "held" else "pin"
        return format_html('<g class="{}"><circle cx="{}" cy="{}" r="27"/>{}</g>', css, x, y, number)
    star = format_html(
        '<g class="star" transform="translate({} {}) scale(4.2) translate(-12 -12)">{}</g>',
        x,
        y,
        mark_safe(icons.KHATAM),  # noqa: S308 - a constant
    )
    return format_html('<g class="pin now">{}{}</g>{}', star, number, _label(step))


def _label(step: Step) -> SafeString:
    if step.stop is None or not step.label_side:
        return mark_safe("")
    left, _top, right, _bottom = step.outline.box
    document = step.stop.document
    return format_html(
        '<g class="beside {}"><text class="name" x="{x}" y="{}">{}</text>'
        '<text class="name sub" x="{x}" y="{}">{}</text></g>',
        step.label_side,
        step.outline.heart[1] - 4,
        pick(document["city"], _language()),
        step.outline.heart[1] + 50,
        dates.full_date(as_date(document["date"]), _language()),
        x=right + LABEL_GAP if step.label_side == "after" else left - LABEL_GAP,
    )
