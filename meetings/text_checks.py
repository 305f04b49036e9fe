"""What keeps the words of a mail from being saved, said so that whoever typed them can mend them."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from meetings.placeholders import INSIDE, MARK, MARKS, REQUIRED, Placed, Sort, allowed, paragraphs, read
from outbox.masking import ADDRESS, links_masked

ARABIC = re.compile(r"[\u0600-\u06ff]")
LATIN = re.compile(r"[A-Za-zÀ-ÿ]")
KEY = re.compile(r"(?=.*\d)(?=.*[A-Z])[\w.=-]{20,}|[\w=-]+\.[\w=-]{20,}")

EMPTY = gettext_noop("Ce champ est vide : une langue sans texte ne peut pas partir.")

Problems = dict[str, list[str]]


def problems(kind: str, language: str, *, subject: str, title: str, body: str) -> Problems:
    """One sentence for each thing that is wrong, by field; {}: the words may be saved."""
    found: Problems = {}
    for field, text in (("subject", subject), ("title", title), ("body", body)):
        told = list(dict.fromkeys(_field(kind, language, text, one_line=field != "body")))
        if not told and field == "body":
            told = list(_body(kind, text))
        if told:
            found[field] = told
    return found


def _field(kind: str, language: str, text: str, *, one_line: bool) -> Iterator[str]:
    if not text.strip():
        yield _(EMPTY)
        return
    for found in MARK.finditer(text):
        if sentence := _mark(kind, found[1], one_line=one_line):
            yield sentence
    if set(MARK.sub("", text)) & {"{", "}"}:
        yield _("Une accolade est de trop : { et } n’entourent qu’un repère, comme {ville}.")
    yield from _addresses(text)
    if sentence := _script(language, MARK.sub("", text)):
        yield sentence


def _mark(kind: str, inside: str, *, one_line: bool) -> str:
    """What is wrong with one mark, "" when it is right."""
    shown = {"mark": "{" + inside.strip() + "}"}
    found = INSIDE.fullmatch(inside)
    name = found[1] if found else ""
    if name not in MARKS:
        names = " ".join(mark.example for mark in allowed(kind))
        return _("Le repère %(mark)s n’existe pas. Ceux de ce texte : %(names)s") % {**shown, "names": names}
    if MARKS[name] not in allowed(kind):
        return _("Le repère %(mark)s ne peut pas servir dans ce texte.") % shown
    placed = read(inside)
    if placed is None and MARKS[name].sort is Sort.LINK:
        return _("Le repère %(mark)s est un lien : écrivez ses mots ainsi, {%(name)s: Voir la page}.") % {
            **shown,
            "name": name,
        }
    if placed is None:
        return _("Le repère %(mark)s s’écrit seul, {%(name)s}.") % {**shown, "name": name}
    if one_line and placed.mark.sort is not Sort.WORD:
        return _("Le repère %(mark)s ne peut servir que dans le texte.") % shown
    return ""


def _addresses(text: str) -> Iterator[str]:
    """An address that opens somebody's page would open it to everybody the mail is written to."""
    own = urlsplit(settings.SITE_URL).netloc
    for found in ADDRESS.finditer(text):
        address = found[0].rstrip(".,;:!?")
        parts = urlsplit(address)
        ours = parts.netloc == own and links_masked(address) != address
        if ours or any(KEY.fullmatch(part) for part in parts.path.split("/")):
            yield _(
                "L’adresse %(address)s est un lien personnel : elle ouvrirait la page d’une seule personne à "
                "tous. Employez un repère de lien."
            ) % {"address": links_masked(address)}


def _script(language: str, text: str) -> str:
    arabic, latin = len(ARABIC.findall(text)), len(LATIN.findall(ADDRESS.sub("", text)))
    if language == "ar" and latin > arabic:
        return _("Ce texte n’est pas en arabe.")
    if language != "ar" and arabic > latin:
        return _("Ce texte est en arabe : sa langue est une autre.")
    return ""


def _body(kind: str, body: str) -> Iterator[str]:
    there: set[str] = set()
    for paragraph in paragraphs(body):
        marks = [bit.mark for bit in paragraph if isinstance(bit, Placed)]
        there |= {mark.name for mark in marks}
        for mark in marks:
            if mark.sort is Sort.BLOCK and len(paragraph) > 1:
                yield _("Le repère %(mark)s forme un bloc : laissez-le seul entre deux lignes vides.") % {
                    "mark": mark.example
                }
    for name in REQUIRED[kind]:
        if name in there:
            continue
        shown = {"mark": MARKS[name].example, "meaning": MARKS[name].meaning}
        if MARKS[name].sort is Sort.LINK:
            yield _("Il manque le lien %(mark)s (%(meaning)s).") % shown
        else:
            yield _("Il manque le repère %(mark)s (%(meaning)s).") % shown
