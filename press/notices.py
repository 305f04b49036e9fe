"""« Avis de presse »: what the press must know of a stop, on a page and on a sheet of paper.

Made from the current release of the stop and nothing else; whom to ask is read live. What is not known
yet is said to be so.
"""

from datetime import date, time
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from meetings import pdf, press_contacts, wording
from meetings.addresses import short_address
from meetings.agenda import PublicStop
from meetings.documents import NO_TEXT, Document, MeetingDocument
from regions import dates
from regions.languages import Texts, language_of, pick

PRESS_POINT = "press"  # meetings.models.MeetingKind


def press_point(document: Document) -> MeetingDocument | None:
    """The first press point that everybody may know of."""
    return next((one for one in document["meetings"] if one["kind"] == PRESS_POINT), None)


def speakers(document: Document) -> dict[str, list[str]]:
    """Who takes the floor, by function: in each language a list, empty where it is not said."""
    said: Texts = document.get("speakers", NO_TEXT)
    return {
        language: [line.strip() for line in pick(said, language).splitlines() if line.strip()]
        for language in ("fr", "ar", "en")
    }


def sheet(stop: PublicStop, language: str) -> dict[str, Any]:
    """The notice as words for the typesetter, in the language of the sheet."""
    document = stop.document
    day = date.fromisoformat(document["date"])
    off = stop.status in wording.CALLED_OFF
    with translation.override(language):
        point = press_point(document)
        region = pdf.said(document["region"]["name"], language)
        return {
            "template": "notice",
            "lang": language,
            "office": _("Office National Marocain du Tourisme"),
            "title": _("Avis de presse – %(subject)s") % {"subject": region["text"]},
            "eyebrow": _("Avis de presse"),
            "heading": region,
            "tour": pdf.said(document["tour"]["name"], language),
            "off": wording.state(stop.status) if off else "",
            "reason": pdf.said_if_any(document["reason"], language),
            "day": _capital(dates.long_date(day, language)),
            "facts": _facts(document, point, language, off=off),
            "speakers": _speakers(document, language),
            "contacts": [_on_the_day(document, language), *_contacts(stop, language)],
            "address": short_address(stop.slug),
            "code": pdf.code(short_address(stop.slug)),
            "version": pdf.version(stop.release_number, stop.released_at, language),
            "words": {
                "code": _("À scanner : l’étape, à jour"),
                "speakers": _("Prises de parole"),
                "contacts": _("Vos contacts"),
            },
        }


def _facts(
    document: Document, point: MeetingDocument | None, language: str, *, off: bool
) -> list[dict[str, Any]]:
    venue = document["venue"]
    found = [
        _fact(_("Quoi"), _what(document, language)),
        _fact(_("Quand"), *_when(document, language), struck=off),
    ]
    if off:
        return found
    place = [pdf.said(venue["name"], language)] if venue else []
    if venue and pick(venue["address"], language):
        place.append(pdf.said(venue["address"], language))
    if venue and not venue["confirmed"]:
        place.append(_plain(_("(à confirmer)"), language))
    if venue is None:
        place.append(_plain(_("Le lieu sera annoncé dès sa confirmation."), language))
    place.append(pdf.said(document["city"], language))
    found.append(_fact(_("Où"), *place))
    found.append(_fact(_("Point presse"), *_press_point(point, language)))
    found.append(_fact(_("Accréditation"), _plain(accreditation(), language), strong=False))
    return found


def accreditation() -> str:
    return _(
        "Gratuite, sur demande au contact presse, ou par le lien personnel de votre invitation. "
        "À l’accueil : votre nom et votre carte de presse."
    )


def _what(document: Document, language: str) -> dict[str, str]:
    words = _(
        "Étape %(rank)s sur %(of)s de la tournée régionale de l’ONMT : rencontre avec les responsables et "
        "les professionnels du tourisme de la région."
    ) % {"rank": document["rank"], "of": document["of"]}
    return _plain(words, language)


def _when(document: Document, language: str) -> list[dict[str, str]]:
    day = date.fromisoformat(document["date"])
    starts, ends = time.fromisoformat(document["starts"]), time.fromisoformat(document["ends"])
    zone = f"{dates.MOROCCAN_TIME[language]} ({dates.offset(day, starts)})"
    hours = dates.hours(starts, ends, language)
    return [
        _plain(_capital(dates.long_date(day, language)), language),
        _plain(f"{hours}{dates.COMMA[language]} {zone}", language),
    ]


def _press_point(point: MeetingDocument | None, language: str) -> list[dict[str, str]]:
    if point is None:
        return [_plain(_("L’heure du point presse n’est pas encore connue."), language)]
    starts, ends = time.fromisoformat(point["starts"]), time.fromisoformat(point["ends"])
    found = [_plain(dates.hours(starts, ends, language), language)]
    return [*found, pdf.room(point["room"])] if point["room"] else found  # type: ignore[list-item]


def _speakers(document: Document, language: str) -> dict[str, Any]:
    lines = speakers(document)[language]
    if not lines:
        return {
            "lang": language,
            "lines": [],
            "none": _("Les intervenants seront précisés."),
        }
    return {"lang": language_of(document["speakers"], language), "lines": lines, "none": ""}


def _on_the_day(document: Document, language: str) -> dict[str, Any]:
    contact = document["contact"]
    parts = pdf.known(contact["function"], contact["phone"], contact["email"], contact["hours"], language)
    return {
        "title": _("Le jour même"),
        "parts": parts or [{"kind": "text", "text": _("Pas encore connu."), "lang": language}],
    }


def _contacts(stop: PublicStop, language: str) -> list[dict[str, Any]]:
    return [pdf.press_contact(one, language) for one in press_contacts.public(stop.press_rows)]


def _fact(label: str, *lines: dict[str, str], struck: bool = False, strong: bool = True) -> dict[str, Any]:
    return {"label": label, "lines": list(lines), "struck": struck, "strong": strong}


def _plain(text: str, language: str) -> dict[str, str]:
    return {"text": text, "lang": language}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
