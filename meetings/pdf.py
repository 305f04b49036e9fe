"""What the printed agenda says: releases in, words out. How it is set stands in `typesetting`.

The words are data for the typesetter, never markup. A text that is missing in the page's language
comes in French and says so, so that it is set, and read aloud, as French.
"""

import io
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import segno
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings import history, press_contacts, wording
from meetings.addresses import AGENDA, short_address
from meetings.agenda import PublicStop
from meetings.documents import (
    ContactDocument,
    ItemDocument,
    MeetingDocument,
    OutcomeDocument,
    VenueDocument,
)
from meetings.models import Tour
from meetings.press_contacts import PublicContact
from regions import dates, typography
from regions.languages import REFERENCE, Texts, language_of, pick, points, texts

Said = dict[str, str]  # "text" and its "lang"


def tour(stops: Sequence[PublicStop], language: str, *, tour: Tour) -> dict[str, Any]:
    """The whole agenda: what is planned at a glance, then a section for each stop."""
    with translation.override(language):
        heading = said(texts(tour, "name"), language)
        newest = max(stops, key=lambda stop: (stop.released_at, stop.release_pk), default=None)
        # Each release of a stop makes a version of the whole.
        number = sum(stop.release_number for stop in stops)
        return {
            **_frame(tour, language, address=short_address(AGENDA)),
            "single": False,
            "title": _("Agenda – %(subject)s") % {"subject": heading["text"]},
            "eyebrow": _("Agenda"),
            "heading": heading,
            "running": heading,
            "version": version(number, newest.released_at, language) if newest else "",
            "changes": _changes(stops, language, of_tour=True),
            "lead": _lead(stops, language),
            "stops": [_stop(stop, language) for stop in stops],
        }


def one_stop(stop: PublicStop, language: str, *, tour: Tour) -> dict[str, Any]:
    """The agenda of one stop, on a sheet of its own."""
    with translation.override(language):
        document = stop.document
        region = said(document["region"]["name"], language)
        words = _stop(stop, language)
        return {
            **_frame(tour, language, address=short_address(stop.slug)),
            "single": True,
            "title": _("Agenda – %(subject)s") % {"subject": region["text"]},
            "eyebrow": f"{pick(document['tour']['name'], language)} · {words['eyebrow']}",
            "heading": region,
            "running": region,
            "version": words["version"],
            "changes": _changes([stop], language),
            "lead": "",
            "stops": [words],
        }


def said(texts: Texts, language: str) -> Said:
    """A text with the language it is written in."""
    return {"text": pick(texts, language), "lang": language_of(texts, language)}


def said_if_any(texts: Texts, language: str) -> Said | None:
    return said(texts, language) if pick(texts, language) else None


def _frame(tour: Tour, language: str, *, address: str) -> dict[str, Any]:
    return {
        "template": "agenda",
        "lang": language,
        "office": _("Office National Marocain du Tourisme"),
        "address": address,
        "code": code(address),
        "press": [press_contact(contact, language) for contact in press_contacts.of(tour)],
        "words": {
            "code": _("À scanner : la version du jour de cet agenda"),
            "contact": _("Contact"),
            "unconfirmed": _("(à confirmer)"),
            "venue_to_come": _("Le lieu sera annoncé dès sa confirmation."),
            "hours_note": _("Les heures sont celles du Maroc."),
            "none": _("Aucune étape n’est encore annoncée."),
            "programme_title": _("Programme"),
            "programme": [_("Horaires"), _("Rencontre"), _("Salle")],
            "columns": [_("N°"), _("Date"), _("Étape"), _("Horaires"), _("État")],
        },
    }


def code(address: str) -> str:
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
        "outcome": _outcome(document.get("outcome"), language),
        "meetings": [] if off else [_meeting(meeting, language) for meeting in document["meetings"]],
        "contact": _contact(document["contact"], language),
        "version": version(stop.release_number, stop.released_at, language),
    }


def version(number: int, at: datetime, language: str) -> str:
    return _("Version %(number)s du %(moment)s") % {"number": number, "moment": dates.moment(at, language)}


def _changes(stops: Sequence[PublicStop], language: str, *, of_tour: bool = False) -> dict[str, Any] | None:
    """What changed last, since the version before that. Nothing for a first version, nor where no version
    since told anything: how many seats there are is no news."""
    if sum(stop.release_number for stop in stops) < 2:
        return None
    if (found := history.latest([stop.pk for stop in stops], language)) is None or found[1] < 1:
        return None
    version, since = found
    return {
        "title": _("Ce qui change depuis la version %(number)s") % {"number": since},
        "about": said(version.document["region"]["name"], language) if of_tour else None,
        "lines": version.changes or [_("Nouvelle étape dans l’agenda.")],
    }


def _outcome(outcome: OutcomeDocument | None, language: str) -> dict[str, Any] | None:
    """What came of a stop that was held; a part without points is left out."""
    if outcome is None:
        return None
    parts = [
        (_("Ce que nous avons entendu"), outcome["heard"]),
        (_("Ce qui a été décidé"), outcome["decided"]),
    ]
    return {
        "title": _("Ce qui en est sorti"),
        "summary": said(outcome["summary"], language),
        "parts": [
            {"title": title, "lang": language_of(found, language), "lines": lines}
            for title, found in parts
            if (lines := points(found, language))
        ],
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
        "room": room(meeting["room"]),
        "points": [
            {
                "hour": item["starts"],
                "title": said(item["title"], language),
                "note": said_if_any(item["note"], language),
            }
            for item in _points(meeting)
        ],
    }


def _points(meeting: MeetingDocument) -> list[ItemDocument]:
    """None where the only point would say the meeting again."""
    items = meeting["items"]
    alone = len(items) == 1 and not any(items[0]["note"].values())
    return [] if alone else items


def room(name: str) -> Said | None:
    """Rooms have one name, in the script of whoever typed it."""
    if not name:
        return None
    arabic = any("\u0600" <= character <= "\u06ff" for character in name)
    return {"text": name, "lang": "ar" if arabic else REFERENCE}


def _contact(contact: ContactDocument, language: str) -> list[Said]:
    """What is known of the contact, in order, each with its kind."""
    return known(contact["function"], contact["phone"], contact["email"], contact["hours"], language)


def press_contact(contact: PublicContact, language: str) -> dict[str, Any]:
    """A heading and what is known of one press contact; that nothing is known is said."""
    parts = known(contact.function, contact.phone, contact.email, contact.hours, language)
    if parts and pick(contact.organisation, language):
        parts.insert(0, {"kind": "text", **said(contact.organisation, language)})
    return {
        "title": str(press_contacts.TITLES[contact.house]),
        "parts": parts or [{"kind": "text", "text": _("Pas encore connu."), "lang": language}],
    }


def known(function: Texts, phone: str, email: str, hours: Texts, language: str) -> list[Said]:
    parts = [
        {"kind": "text", **said(function, language)},
        {"kind": "phone", "text": typography.telephone(phone)},
        {"kind": "email", "text": email},
        {"kind": "text", **said(hours, language)},
    ]
    # A function alone reaches nobody.
    return [part for part in parts if part["text"]] if phone or email else []


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
