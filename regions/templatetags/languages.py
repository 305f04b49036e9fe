"""Texts kept in three languages, in the page's language or, where it is missing, in French and marked so."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from regions.dates import COMMA
from regions.languages import DIRECTION, Texts, current_language, language_of, pick, points, texts
from regions.models import Official

register = template.Library()


def _marks(spoken: str) -> SafeString:
    """The attributes that say a text is not in the page's language; nothing when it is."""
    if spoken == current_language():
        return mark_safe("")
    return format_html(' lang="{}" dir="{}"', spoken, DIRECTION[spoken])


@register.simple_tag
def foreign(spoken: str) -> SafeString:
    """For words kept in one language only: `<p{% foreign "fr" %}>` marks them on the other pages."""
    return _marks(spoken)


@register.simple_tag
def text(found: Texts | dict[str, str] | None) -> SafeString | str:
    """A short text of a released document: `{% text document.city %}`."""
    if not found:
        return ""
    language = current_language()
    words, spoken = pick(found, language), language_of(found, language)
    return (
        words if spoken == language or not words else format_html("<span{}>{}</span>", _marks(spoken), words)
    )


@register.simple_tag
def paragraphs(found: Texts | dict[str, str] | None, css: str = "") -> SafeString:
    """A longer text, a paragraph for each line that is not empty."""
    if not found:
        return mark_safe("")
    marks = _marks(language_of(found, current_language()))
    lines = points(found, current_language())
    return format_html_join("", "<p{}{}>{}</p>", ((_class(css), marks, line) for line in lines))


@register.simple_tag
def listed(found: Mapping[str, Any] | None, css: str = "list") -> SafeString:
    """A text that has a point on each line, or a list of points, as a list; nothing where there is none."""
    lines = points(found or {}, current_language())
    if not lines:
        return mark_safe("")
    marks = _marks(language_of(found or {}, current_language()))
    items = format_html_join("", "<li>{}</li>", ((line,) for line in lines))
    return format_html("<ul{}{}>{}</ul>", _class(css), marks, items)


@register.simple_tag
def listed_of(thing: object, field: str, css: str = "list") -> SafeString:
    """Points kept in columns `<field>_fr`, `_ar`, `_en` of a row."""
    return listed(texts(thing, field), css)


def _class(css: str) -> SafeString:
    return format_html(' class="{}"', css) if css else mark_safe("")


@register.simple_tag
def comma() -> str:
    """The comma of the page's language: « ، » in Arabic."""
    return COMMA[current_language()]


@register.filter
def in_language(found: dict[str, str] | None) -> str:
    """The bare words, for titles and attributes, which cannot be marked."""
    return pick(found or {}, current_language())


@register.simple_tag
def name_of(thing: object, field: str = "name") -> SafeString | str:
    """A text kept in columns `<field>_fr`, `_ar`, `_en` of a row: `{% name_of region %}`."""
    return text(texts(thing, field))


@register.simple_tag
def function_of(official: Official) -> SafeString | str:
    """What an official is, in the page's language; an official has no English function."""
    return text({"fr": official.function_fr, "ar": official.function_ar})


@register.simple_tag
def known_as(official: Official) -> SafeString | str:
    """The name of an official in the page's script, or else in the one it is known in; "" for none."""
    arabic = official.name_ar if current_language() == "ar" or not official.name else ""
    marks = _marks("ar" if arabic else "fr")
    words = arabic or official.name
    return format_html("<bdi{}>{}</bdi>", marks, words) if words else ""


@register.simple_tag
def paragraphs_of(thing: object, field: str, css: str = "") -> SafeString:
    """A longer text kept in columns `<field>_fr`, `_ar`, `_en` of a row."""
    return paragraphs(texts(thing, field), css)
