"""What a mail says, in the reader's language: one trio of templates, rendered when it is written."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.template import Context, Engine
from django.utils import translation
from django.utils.html import escape

VOWELS = tuple("AEIOU")  # a city in Y keeps « de »


@dataclass(frozen=True, slots=True)
class Rendered:
    headline: str
    text: str
    html: str


def render(template: str, context: Mapping[str, Any], *, language: str) -> Rendered:
    """templates/emails/<template>.subject.txt, .txt and .html, in `language`; for mails and previews.

    The two parts find the subject as `headline`. Plain text is never escaped, whatever the file says.
    """
    with translation.override(language):
        city = str(context.get("city", "")) if language == "fr" else ""
        headline = _elided(_one_line(_render(f"emails/{template}.subject.txt", context, escape=False)), city)
        context = {**context, "headline": headline}
        return Rendered(
            headline=headline,
            text=_elided(_tidy(_render(f"emails/{template}.txt", context, escape=False)), city),
            html=_elided(_render(f"emails/{template}.html", context, escape=True).strip(), escape(city)),
        )


def _elided(text: str, city: str) -> str:
    """« l’étape d’Agadir »: sentences say « de » before a city, and French drops its vowel before another."""
    first = unicodedata.normalize("NFD", city)[:1].upper()
    return re.sub(rf"\b([Dd])e {re.escape(city)}", rf"\1’{city}", text) if first in VOWELS else text


def _render(name: str, context: Mapping[str, Any], *, escape: bool) -> str:
    template = Engine.get_default().get_template(name)
    return template.render(Context(dict(context), autoescape=escape))


def _one_line(text: str) -> str:
    """Only what an editor types is joined: the narrow space of French stays one."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip()


def _tidy(text: str) -> str:
    """Blocks left out leave no hole: no trailing blanks, one empty line at most."""
    lines = "\n".join(line.strip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
