"""What the printed agenda says: releases in, words out. How it is set stands in `typesetting`.

The words are data for the typesetter, never markup. A text that is missing in the page's language
comes in French and says so, so that it is set, and read aloud, as French.
"""

import io
from collections.abc import Sequence
from datetime import date, time
from typing import Any

import segno
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings import wording
from meetings.addresses import agenda_page, page_of
from meetings.agenda import PublicStop
from meetings.documents import ContactDocument, MeetingDocument, VenueDocument
from regions import dates
from regions.languages import Texts, language_of, pick

Said = dict[str, str]  # "text" and its "lang"


def tour(stops: Sequence[PublicStop], language: str, *, name: Texts) -> dict[str, Any]:
    """The whole agenda: what is planned at a glance, then a section for each stop."""
    with translation.override(language):
        heading = said(name, language)
        latest = max((stop.released_at for stop in stops), default=None)
        version = _("Mis à jour le %(moment)s") % {"moment": dates.moment(latest, language)} if latest else ""
        return {
            **_frame(language, address=agenda_page(language), version=version),
            "single": False,
            "title": _("Agenda – %(subject)s") % {"subject": heading["text"]},
            "eyebrow": _("Agenda"),
            "heading": heading,
            "lead": _lead(stops, language),
            "stops": [_stop(stop, language) for stop in stops],
        }


def one_stop(stop: PublicStop, language: str) -> dict[str, Any]:
    """The agenda of one stop, on a sheet of its own."""
    with translation.override(language):
        document = stop.document
        region = said(document["region"]["name"], language)
        words = _stop(stop, language)
        return {
            **_frame(language, address=page_of(document, language), version=words["version"]),
            "single": True,
            "title": _("Agenda – %(subject)s") % {"subject": region["text"]},
            "eyebrow": f"{pick(document['tour']['name'], language)} · {words['eyebrow']}",
            "heading": region,
            "lead": "",
            "stops": [words],
        }


def said(texts: Texts, language: str) -> Said:
    """A text with the language it is written in."""
    return {"text": pick(texts, language), "lang": language_of(texts, language)}


def said_if_any(texts: Texts, language: str) -> Said | None:
    return said(texts, language) if pick(texts, language) else None


def _frame(language: str, *, address: str, version: str) -> dict[str, Any]:
    return {
        "template": "agenda",
        "lang": language,
        "office": _("Office National Marocain du Tourisme"),
        "version": version,
        "address": address,
        "code": _code(address),
        "words": {
            "code": _("Code à scanner : la version à jour de cet agenda"),
            "contact": _("Contact"),
            "unconfirmed": _("(à confirmer)"),
            "venue_to_come": _("Le lieu sera annoncé dès sa confirmation."),
            "hours_note": _("Les heures sont celles du Maroc."),
            "none": _("Aucune étape n’est encore annoncée."),
            "columns": [_("N°"), _("Date"), _("Étape"), _("Horaires"), _("État")],
        },
    }


def _code(address: str) -> str:
    """A QR code that leads from paper to the version of the day, as SVG."""
    drawing = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawing, kind="svg", border=0, dark="#1c2723", xmldecl=False
    )
    return drawing.getvalue().decode()


def _lead(stops: Sequence[PublicStop], language: str) -> str:
    days = sorted(
        date.fromisoformat(stop.document["date"]) for stop in stops if stop.status not in wording.CALLED_OFF
    )
    if not days:
        return ""
    if days[0] == days[-1]:
        return ngettext(
            "%(count)s étape annoncée, le %(day)s.", "%(count)s étapes annoncées, le %(day)s.", len(days)
        ) % {"count": len(days), "day": dates.full_date(days[0], language)}
    return _("%(count)s étapes annoncées, du %(first)s au %(last)s.") % {
        "count": len(days),
        "first": dates.full_date(days[0], language),
        "last": dates.full_date(days[-1], language),
    }


def _stop(stop: PublicStop, language: str) -> dict[str, Any]:
    document = stop.document
    day = date.fromisoformat(document["date"])
    off = stop.status in wording.CALLED_OFF
    return {
        "slug": stop.slug,
        "rank": document["rank"],
        "eyebrow": _("Étape %(rank)s sur %(of)s") % {"rank": document["rank"], "of": document["of"]},
        "region": said(document["region"]["name"], language),
        "city": said(document["city"], language),
        "day": _capital(dates.long_date(day, language)),
        "weekday": _capital(dates.DAYS[language][day.weekday()]),
        "date": dates.full_date(day, language),
        "starts": document["starts"],
        "ends": document["ends"],
        "zone": dates.MOROCCAN_TIME[language],
        "offset": dates.offset(day, time.fromisoformat(document["starts"])),
        "status": {"code": stop.status.value, "label": wording.state(stop.status), "off": off},
        "reason": said_if_any(document["reason"], language),
        "venue": _venue(document["venue"], language),
        "intro": said_if_any(document["intro"], language),
        "meetings": [] if off else [_meeting(meeting, language) for meeting in document["meetings"]],
        "contact": _contact(document["contact"], language),
        "version": _version(stop, language),
    }


def _version(stop: PublicStop, language: str) -> str:
    return _("Version %(number)s du %(moment)s") % {
        "number": stop.release_number,
        "moment": dates.moment(stop.released_at, language),
    }


def _venue(venue: VenueDocument | None, language: str) -> dict[str, Any] | None:
    if venue is None:
        return None
    return {
        "name": said(venue["name"], language),
        "address": said_if_any(venue["address"], language),
        "access": said_if_any(venue["access"], language),
        "confirmed": venue["confirmed"],
    }


def _meeting(meeting: MeetingDocument, language: str) -> dict[str, Any]:
    return {
        "title": said(meeting["title"], language),
        "starts": meeting["starts"],
        "ends": meeting["ends"],
        "room": meeting["room"],
        "items": [
            {
                "hour": item["starts"],
                "title": said(item["title"], language),
                "note": said_if_any(item["note"], language),
            }
            for item in meeting["items"]
        ],
    }


def _contact(contact: ContactDocument, language: str) -> list[Said]:
    """What is known of the contact, in order, each with its kind."""
    parts = [
        {"kind": "text", **said(contact["function"], language)},
        {"kind": "phone", "text": contact["phone"]},
        {"kind": "email", "text": contact["email"]},
        {"kind": "text", **said(contact["hours"], language)},
    ]
    return [part for part in parts if part["text"]]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
