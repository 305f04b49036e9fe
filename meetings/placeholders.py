"""The marks staff may put into the words of a mail: {ville}, {programme}, {repondre: Répondre}.

Read in one pass by a pattern of our own: there is no template language behind it, no attribute is
looked up, and what stands in the place of a mark is never read for marks again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from meetings.models import TextKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MARK = re.compile(r"\{([^{}]*)\}")
INSIDE = re.compile(r"\s*([a-z_]+)\s*(?::\s*(\S(?:.*\S)?)\s*)?")
EMPTY_LINES = re.compile(r"\n\s*\n")


class Sort(Enum):
    WORD = "word"  # a word or some, within a sentence
    BLOCK = "block"  # rows or a paragraph, alone in its own
    LINK = "link"  # an address of the reader's own, under words of the staff's


@dataclass(frozen=True, slots=True)
class Mark:
    name: str
    sort: Sort
    meaning: "_StrPromise"
    source: str  # the name of what stands in its place, in the context of the mail
    ltr: bool = False  # keeps its order in Arabic

    @property
    def example(self) -> str:
        """As it is typed."""
        return f"{{{self.name}: …}}" if self.sort is Sort.LINK else f"{{{self.name}}}"


@dataclass(frozen=True, slots=True)
class Placed:
    """A mark where it stands; `label` are the words of a link."""

    mark: Mark
    label: str = ""


Bit = str | Placed

MARKS = {
    mark.name: mark
    for mark in (
        Mark("salutation", Sort.WORD, _("« Bonjour » et le nom, ou le titre d’un responsable"), "greeting"),
        Mark("nom", Sort.WORD, _("le nom de la personne"), "name"),
        Mark("appellation", Sort.WORD, _("« Monsieur le Wali », ou « Madame, Monsieur »"), "form_of_address"),
        Mark("tournee", Sort.WORD, _("le nom de la tournée"), "tour"),
        Mark("region", Sort.WORD, _("le nom de la région"), "region"),
        Mark("ville", Sort.WORD, _("la ville de l’étape"), "city"),
        Mark("date", Sort.WORD, _("le jour, en toutes lettres"), "day"),
        Mark("heures", Sort.WORD, _("« de 10h00 à 13h30 »"), "hours"),
        Mark("lieu", Sort.WORD, _("le nom du lieu, ou « lieu à confirmer »"), "place"),
        Mark("telephone", Sort.WORD, _("le téléphone du contact de l’étape"), "contact_phone", ltr=True),
        Mark("courriel", Sort.WORD, _("l’adresse du contact de l’étape"), "contact_email", ltr=True),
        Mark("rendez_vous", Sort.BLOCK, _("la date, l’heure et le lieu, l’un sous l’autre"), "day"),
        Mark("programme", Sort.BLOCK, _("les rencontres que la personne peut connaître"), "programme"),
        Mark("acces", Sort.BLOCK, _("comment venir ; rien si l’accès n’est pas décrit"), "access"),
        Mark("bilan", Sort.BLOCK, _("le bilan en bref, s’il est publié"), "outcome"),
        Mark("documents", Sort.BLOCK, _("les documents de la rencontre, s’il y en a"), "handouts"),
        Mark("repondre", Sort.LINK, _("lien personnel : répondre à l’invitation"), "answer_url"),
        Mark("inscription", Sort.LINK, _("lien personnel : voir son inscription"), "manage_url"),
        Mark("confirmer", Sort.LINK, _("lien personnel : confirmer sa venue"), "confirm_url"),
        Mark("liberer", Sort.LINK, _("lien personnel : libérer sa place"), "withdraw_url"),
        Mark("etape", Sort.LINK, _("la page publique de l’étape"), "stop_url"),
    )
}
_EVERYWHERE = (
    *("salutation", "nom", "tournee", "region", "ville", "date", "heures", "lieu"),
    *("telephone", "courriel", "rendez_vous", "programme", "acces", "etape"),
)
# Paper has no links, and the programme is enclosed.
_ON_PAPER = (
    *("appellation", "tournee", "region", "ville", "date", "heures", "lieu"),
    *("telephone", "courriel"),
)
_ANSWER = ("repondre", "rendez_vous")
_SEAT = ("inscription", "rendez_vous")
# What a text cannot do without, and what it may have beside what all may.
REQUIRED: dict[str, tuple[str, ...]] = {
    TextKind.INVITATION_OFFICIAL: _ANSWER,
    TextKind.INVITATION_LETTER: ("rendez_vous",),
    TextKind.INVITATION_PROFESSIONAL: _ANSWER,
    TextKind.INVITATION_PRESS: _ANSWER,
    TextKind.NO_ANSWER_OFFICIAL: _ANSWER,
    TextKind.NO_ANSWER_PROFESSIONAL: _ANSWER,
    TextKind.NO_ANSWER_PRESS: _ANSWER,
    TextKind.SEATED_WEEK_OFFICIAL: _ANSWER,
    TextKind.SEATED_WEEK_PROFESSIONAL: _SEAT,
    TextKind.SEATED_EVE_OFFICIAL: _ANSWER,
    TextKind.SEATED_EVE_PROFESSIONAL: _SEAT,
    TextKind.THANKS: ("etape",),
    TextKind.MISSED: ("etape",),
    TextKind.EXCUSED: ("etape",),
}
_BESIDE: dict[str, tuple[str, ...]] = {
    TextKind.INVITATION_OFFICIAL: ("appellation",),
    TextKind.INVITATION_LETTER: ("appellation",),
    TextKind.NO_ANSWER_OFFICIAL: ("appellation",),
    TextKind.SEATED_WEEK_OFFICIAL: ("appellation",),
    TextKind.SEATED_EVE_OFFICIAL: ("appellation",),
    TextKind.SEATED_WEEK_PROFESSIONAL: ("confirmer", "liberer"),
    TextKind.SEATED_EVE_PROFESSIONAL: ("confirmer", "liberer"),
    TextKind.THANKS: ("bilan", "documents"),
    TextKind.MISSED: ("bilan", "documents"),
    TextKind.EXCUSED: ("bilan", "documents"),
}


def allowed(kind: str) -> list[Mark]:
    """The marks a text of this kind may have, in the order staff read of them."""
    everywhere = _ON_PAPER if kind == TextKind.INVITATION_LETTER else _EVERYWHERE
    names = {*everywhere, *REQUIRED[kind], *_BESIDE.get(kind, ())}
    return [mark for mark in MARKS.values() if mark.name in names]


def read(inside: str) -> Placed | None:
    """What stands between two braces as a mark; None when it is none, or is written wrongly."""
    found = INSIDE.fullmatch(inside)
    mark = MARKS.get(found[1]) if found else None
    if found is None or mark is None or (mark.sort is Sort.LINK) != bool(found[2]):
        return None
    return Placed(mark, found[2] or "")


@lru_cache(maxsize=512)
def bits(text: str) -> tuple[Bit, ...]:
    """Words and marks in turn, of a text that `text_checks` let pass.

    Raises ValueError for a mark that is none: whatever was not looked at does not leave.
    """
    return tuple(_bits(text))


@lru_cache(maxsize=256)
def paragraphs(body: str) -> tuple[tuple[Bit, ...], ...]:
    """A body by its paragraphs, which an empty line sets apart."""
    plain = body.replace("\r\n", "\n").strip()
    return tuple(bits(part.strip()) for part in EMPTY_LINES.split(plain) if part.strip())


def _bits(text: str) -> Iterator[Bit]:
    at = 0
    for found in MARK.finditer(text):
        placed = read(found[1])
        if placed is None:
            raise ValueError(f"no mark: {found[0]}")
        if before := text[at : found.start()]:
            yield before
        yield placed
        at = found.end()
    if rest := text[at:]:
        yield rest
