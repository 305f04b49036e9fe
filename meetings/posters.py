"""What spreads the word of a stop: a sheet for the wall, a square for messages, a card beside links.

Made from the current release, as everything public. Who has people come to a stop (registration, above
this app) says where the code to scan leads and what it is called.
"""

import io
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Literal

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from meetings import handing_out, printing, wording
from meetings.agenda import PublicStop
from meetings.models import StopStatus
from regions import dates
from regions.languages import Texts, language_of, pick

Shape = Literal["poster", "square", "card"]
FORMS: dict[Shape, printing.Form] = {"poster": "pdf", "square": "png", "card": "png"}


@dataclass(frozen=True, slots=True)
class Call:
    """What the reader of a poster is asked to do, and where the code to scan leads; or, without an
    address, why there is nothing to do: the stop is full, by invitation, closed."""

    words: str
    explained: str
    address: str = ""


def of_stop(stop: PublicStop, language: str, *, shape: Shape, call: Call | None = None) -> dict[str, Any]:
    """The words of one stop. `call` is left out where nothing can be done about the stop any more."""
    document = stop.document
    day = date.fromisoformat(document["date"])
    off = stop.status in wording.CALLED_OFF
    venue = document["venue"]
    with translation.override(language):
        zone = dates.MOROCCAN_TIME[language]
        offset = dates.offset(day, time.fromisoformat(document["starts"]))
        return {
            **_frame(language, shape),
            "title": pick(document["region"]["name"], language),
            "eyebrow": pick(document["tour"]["name"], language),
            "heading": _said(document["region"]["name"], language),
            "city": _said(document["city"], language),
            "day": _capital(dates.long_date(day, language)),
            "starts": document["starts"],
            "zone": f"{zone} (\u2066{offset}\u2069)" if language == "ar" else f"{zone} ({offset})",
            "venue": _said(venue["name"], language) if venue and not off else None,
            "unconfirmed": "" if venue is None or venue["confirmed"] else _("(à confirmer)"),
            "status": wording.state(stop.status) if off or stop.status == StopStatus.HELD else None,
            "called_off": off,  # what was planned is struck; what took place stands
            "address": short_address(f"i/{document['slug']}"),
            **_call(call),
        }


def of_site(language: str, *, name: Texts | None, address: str) -> dict[str, Any]:
    """The card beside a link to a page that is about no stop."""
    with translation.override(language):
        title = _("La tournée des 12 régions")
        return {
            **_frame(language, "card"),
            "title": title,
            "eyebrow": _("Office National Marocain du Tourisme"),
            "heading": _said(name, language) if name else {"text": title, "lang": language},
            "city": None,
            "day": "",
            "starts": "",
            "zone": "",
            "venue": None,
            "unconfirmed": "",
            "status": None,
            "called_off": False,
            "address": address,
            **_call(None),
            "call": _("Le programme, région par région"),
        }


def answer(request: HttpRequest, words: dict[str, Any], *, filename: str = "") -> HttpResponse:
    """The picture or sheet, shown in its place, or saved where it has a name."""
    return handing_out.sheet(request, words, form=FORMS[words["shape"]], filename=filename)


def short_address(path: str) -> str:
    """An address as people read it aloud: without its scheme."""
    return f"{settings.SITE_URL.rstrip('/')}/{path}".partition("://")[2].rstrip("/")


def _frame(language: str, shape: Shape) -> dict[str, Any]:
    return {
        "template": "poster",
        "shape": shape,
        "lang": language,
        "office": _("Office National Marocain du Tourisme"),
        "support": _(
            "Une initiative de l’Office National Marocain du Tourisme, avec l’appui de la Confédération "
            "Nationale du Tourisme et des conseils régionaux du tourisme."
        ),
    }


def _call(call: Call | None) -> dict[str, str]:
    if call is None:
        return {"call": "", "explained": "", "code": "", "code_alt": ""}
    if not call.address:
        return {"call": call.words, "explained": call.explained, "code": "", "code_alt": ""}
    drawing = io.BytesIO()
    segno.make(call.address, error="m", micro=False).save(
        drawing, kind="svg", border=0, dark="#1c2723", xmldecl=False
    )
    return {
        "call": call.words,
        "explained": call.explained,
        "code": drawing.getvalue().decode(),
        "code_alt": _("Code à scanner pour s’inscrire"),
    }


def _said(texts: Texts, language: str) -> dict[str, str]:
    return {"text": pick(texts, language), "lang": language_of(texts, language)}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
