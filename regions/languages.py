"""Texts kept in three languages: columns `<field>_fr`, `<field>_ar`, `<field>_en`.

French is the language of reference: a missing text is shown in French and marked as such.
"""

from collections.abc import Mapping
from typing import Any, TypedDict

from django.utils.translation import get_language

from regions.typography import french

REFERENCE = "fr"
ALL = ("fr", "ar", "en")
DIRECTION = {"fr": "ltr", "ar": "rtl", "en": "ltr"}


class Texts(TypedDict):
    fr: str
    ar: str
    en: str


def current_language() -> str:
    """The language of the page being answered, of the mail being written: "fr", "ar" or "en"; that of
    reference where none is."""
    return (get_language() or REFERENCE)[:2]


def texts(thing: Any, field: str) -> Texts:
    """The three texts of `thing.<field>_*`, "" where there is none."""
    return Texts(
        fr=getattr(thing, f"{field}_fr"),
        ar=getattr(thing, f"{field}_ar"),
        en=getattr(thing, f"{field}_en"),
    )


def pick(found: Texts | dict[str, str], language: str) -> str:
    """The text in `language`, in French where it is missing, and then with the spaces of French."""
    if language != REFERENCE and (words := found.get(language)):
        return str(words)
    return french(str(found.get(REFERENCE) or ""))


def shown(thing: Any, field: str) -> str:
    """What `pick` finds in `thing.<field>_*` for the language of the page."""
    return pick(texts(thing, field), current_language())


def points(found: Texts | Mapping[str, Any], language: str) -> list[str]:
    """The points of a list, or of a text that has one on each line, in `language` or in French; empty
    ones are none."""
    spoken = language_of(found, language)
    said = found.get(spoken) or ""
    lines = said if isinstance(said, list) else str(said).splitlines()
    kept = [line.strip() for line in lines if line.strip()]
    return [french(line) for line in kept] if spoken == REFERENCE else kept


def language_of(found: Texts | Mapping[str, Any], language: str) -> str:
    """The language in which `pick` answers."""
    return language if found.get(language) else REFERENCE
