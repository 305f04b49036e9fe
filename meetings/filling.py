"""The words of a mail with the facts of a stop and a person in the places of its marks."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models import MailText, TextKind
from meetings.placeholders import Bit, Placed, Sort, bits, paragraphs
from outbox.templatetags.mail import LEFT_TO_RIGHT_MARK
from regions.typography import french

TEMPLATE = "approved"
ARABIC = re.compile(r"[\u0600-\u06ff]")
ADDRESS = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,;:!?)»])")
LINK_STYLE = "color:#3b36a8"
SOFT_STYLE = "color:#54605a"
ROWS = ("rendez_vous", "programme")  # blocks made of rows, which stand in one table

_OFFICE = gettext_lazy("Vous le recevez en raison de vos fonctions.")
_TRADE = gettext_lazy("Vous le recevez en tant que professionnel(le) du tourisme de la région.")
_PRESS = gettext_lazy("Vous le recevez parce que vous figurez au fichier presse de la tournée.")
_ANNOUNCED = gettext_lazy("Vous le recevez parce que votre venue est annoncée à cette étape.")
_REGISTERED = gettext_lazy("Vous le recevez parce que vous êtes inscrit(e) à cette étape.")
_HELD = gettext_lazy("Vous le recevez parce qu’une place vous était réservée à cette étape.")
# Why somebody is written to, in the foot of the mail: not the staff's to change.
REASONS: dict[str, Promise] = {
    TextKind.INVITATION_OFFICIAL: _OFFICE,
    TextKind.INVITATION_PROFESSIONAL: _TRADE,
    TextKind.INVITATION_PRESS: _PRESS,
    TextKind.NO_ANSWER_OFFICIAL: _OFFICE,
    TextKind.NO_ANSWER_PROFESSIONAL: _TRADE,
    TextKind.NO_ANSWER_PRESS: _PRESS,
    TextKind.SEATED_WEEK_OFFICIAL: _ANNOUNCED,
    TextKind.SEATED_WEEK_PROFESSIONAL: _REGISTERED,
    TextKind.SEATED_EVE_OFFICIAL: _ANNOUNCED,
    TextKind.SEATED_EVE_PROFESSIONAL: _REGISTERED,
    TextKind.THANKS: gettext_lazy("Vous le recevez parce que vous avez pris part à cette étape."),
    TextKind.MISSED: _HELD,
    TextKind.EXCUSED: _HELD,
}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a mail, one under the other: a paragraph, a table of rows, the button, the documents."""

    html: str = ""
    text: str = ""
    rows: tuple[str, ...] = ()  # names of blocks
    url: str = ""
    label: str = ""
    documents: bool = False


def context(text: MailText, said: Mapping[str, Any]) -> dict[str, Any]:
    """What the template of approved words is filled with, in the language of the text.

    `said` are the facts of the stop (`letters.about`), `name`, `addressed` and addresses of links.
    """
    with translation.override(text.language):
        said = {**said, **_derived(said)}
        return {
            **said,
            "subject": _line(_own(text.subject, text.language), said, text.language),
            "title": _line(_own(text.title, text.language), said, text.language),
            "parts": list(_parts(text, said)),
            "reason": str(REASONS[text.kind]),
        }


def on_paper(text: MailText, said: Mapping[str, Any]) -> tuple[str, str, list[Part]]:
    """Subject, title and paragraphs of a letter, as plain text; a paragraph with `rows` stands for facts."""
    with translation.override(text.language):
        said = {**said, **_derived(said)}
        subject, title = (
            _line(_own(line, text.language), said, text.language) for line in (text.subject, text.title)
        )
        return subject, title, list(_parts(text, said))


def _derived(said: Mapping[str, Any]) -> dict[str, str]:
    """What is said of a fact in more than its value."""
    name, addressed = said.get("name") or "", said.get("addressed") or ""
    hello = _("Bonjour %(name)s") % {"name": name} if name else _("Bonjour")
    contact = said["contact"]
    return {
        "greeting": addressed or hello,
        "form_of_address": addressed or _("Madame, Monsieur"),
        "place": said["venue"] or _("lieu à confirmer"),
        "contact_phone": contact["phone"],
        "contact_email": contact["email"],
    }


def _line(line: str, said: Mapping[str, Any], language: str) -> str:
    return _plain(bits(line), said, language)


def _parts(text: MailText, said: Mapping[str, Any]) -> Iterable[Part]:
    """A paragraph whose link or block does not exist for this reader is left out."""
    rows: list[str] = []
    button = False
    for paragraph in paragraphs(_own(text.body, text.language)):
        placed = [bit for bit in paragraph if isinstance(bit, Placed)]
        alone = placed[0] if len(paragraph) == 1 and placed else None
        kept_back = alone if alone and alone.mark.source in said.get("kept_back", ()) else None
        if not kept_back and any(
            bit.mark.sort is not Sort.WORD and not said.get(bit.mark.source) for bit in placed
        ):
            continue
        if alone and alone.mark.name in ROWS:
            rows.append(alone.mark.name)
            continue
        if rows:
            yield Part(rows=tuple(rows))
            rows = []
        if kept_back:
            yield _kept_back(kept_back)
        elif alone and alone.mark.sort is Sort.LINK and not button:
            button = True
            yield Part(url=said[alone.mark.source], label=alone.label)
        elif alone and alone.mark.sort is Sort.BLOCK:
            yield _block(alone, said)
        else:
            yield Part(
                html=_html(paragraph, said, text.language), text=_plain(paragraph, said, text.language)
            )
    if rows:
        yield Part(rows=tuple(rows))


def _kept_back(placed: Placed) -> Part:
    """Where a copy leaves out the link of whom the mail is for: the words around it may speak of it."""
    words = _("%(label)s : lien personnel, qui ne figure que dans le message du destinataire.")
    words = words % {"label": placed.label}
    return Part(html=format_html('<span class="soft" style="{}">{}</span>', SOFT_STYLE, words), text=words)


def _block(placed: Placed, said: Mapping[str, Any]) -> Part:
    value = said[placed.mark.source]
    if placed.mark.name == "documents":
        return Part(documents=True)
    if placed.mark.name == "bilan":
        brief = _("En bref :")
        html = format_html(
            '<strong>{}</strong> <span lang="{}" dir="{}">{}</span>',
            brief, value["lang"], value["dir"], value["words"],
        )  # fmt: skip
        return Part(html=html, text=f"{brief} {value['words']}")
    return Part(html=_broken(conditional_escape(value)), text=str(value))


def _plain(piece: Iterable[Bit], said: Mapping[str, Any], language: str) -> str:
    """The words as plain text. An empty value takes the space before it along."""
    out = ""
    for bit in piece:
        if not isinstance(bit, Placed):
            out += bit
            continue
        value = str(said[bit.mark.source])
        if bit.mark.sort is Sort.LINK:
            out += f"{_('%(label)s :') % {'label': bit.label}} {value}"
        elif not value:
            out = out.rstrip(" ")
        elif bit.mark.ltr and language == "ar":
            out += f"{LEFT_TO_RIGHT_MARK}{value}{LEFT_TO_RIGHT_MARK}"
        else:
            out += value
    return out


def _html(piece: Iterable[Bit], said: Mapping[str, Any], language: str) -> SafeString:
    out = SafeString("")
    for bit in piece:
        if not isinstance(bit, Placed):
            out += _linked(bit)
            continue
        value = str(said[bit.mark.source])
        if bit.mark.sort is Sort.LINK:
            out += _anchor(value, bit.label)
        elif not value:
            out = mark_safe(out.rstrip(" "))  # noqa: S308 (shorter, otherwise as it was)
        elif bit.mark.ltr or (language == "ar" and not ARABIC.search(value)):
            out += format_html("<bdi{}>{}</bdi>", mark_safe(' dir="ltr"') if bit.mark.ltr else "", value)
        else:
            out += conditional_escape(value)
    return _broken(out)


def _own(words: str, language: str) -> str:
    """What staff typed, with the narrow spaces of French."""
    return french(words) if language == "fr" else words


def _linked(words: str) -> SafeString:
    """Addresses that staff typed can be followed."""
    pieces = ADDRESS.split(words)
    return format_html_join(
        "", "{}", ((_anchor(piece, piece) if at % 2 else piece,) for at, piece in enumerate(pieces))
    )


def _anchor(url: str, label: str) -> SafeString:
    return format_html('<a href="{}" class="link" style="{}">{}</a>', url, LINK_STYLE, label)


def _broken(html: SafeString) -> SafeString:
    return mark_safe(html.replace("\n", "<br>"))  # noqa: S308 (escaped before)
