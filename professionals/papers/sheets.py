"""Lists of people on paper: to sign at a meeting, and to look somebody up at the Wilaya's door."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings.models import Meeting, MeetingKind, Stop
from outbox import clock
from professionals.delegations import standing
from professionals.models import Registration
from professionals.papers import people
from professionals.papers.people import Guest, Said
from regions import dates
from regions.languages import language_of, pick, texts

FOR_ALL = (MeetingKind.PLENARY, MeetingKind.B2B)  # whoever has a seat comes to these
BLANK_LINES = 12  # for those nobody expected
Cell = list[dict[str, Any]]


def to_sign(stop: Stop, meeting: Meeting, language: str) -> dict[str, Any]:
    """« Feuille d’émargement »: who is expected at a meeting, room to sign, and blank lines."""
    guests, registrations = people.expected_at(meeting, stop)
    with translation.override(language):
        title = texts(meeting, "title")
        rows = [_line_of_guest(guest, language) for guest in guests]
        others = [_line_of_person(row, language) for row in registrations]
        numbered = _numbered([*rows, *others])
        return {
            **_frame(stop, language),
            "title": _("Feuille d’émargement – %(meeting)s") % {"meeting": pick(title, language)},
            "heading": {"text": pick(title, language), "lang": language_of(title, language)},
            "eyebrow": _("Feuille d’émargement"),
            "facts": [
                *where_and_when(stop, language, meeting=meeting),
                _expected(len(numbered), language),
                *(_unnamed(stop, language) if meeting.kind in FOR_ALL else []),
            ],
            "columns": _columns(_("N°"), _("Nom"), _("Fonction, établissement"), _("Signature")),
            "groups": _groups(numbered[: len(rows)], numbered[len(rows) :]),
            "blank": BLANK_LINES,
            "signature": True,
        }


def for_the_door(stop: Stop, language: str) -> dict[str, Any]:
    """The list for the Wilaya's door: name, function, organisation, and nothing else of anybody."""
    with translation.override(language):
        guests = [
            [_names(people.names_of(guest, language)), *_office_of(guest, language)]
            for guest in people.guests(stop)
        ]
        others = [
            [
                _names(people.names_of_person(row, language)),
                [dict(line) for line in people.functions_of_person(row, language)[:1]],
                [dict(people.house_of(row, language))],
            ]
            for row in people.seated(stop)
        ]
        return {
            **_frame(stop, language),
            "title": _("Liste d’accès – %(stop)s") % {"stop": _city(stop, language)["text"]},
            "heading": _city(stop, language),
            "eyebrow": _("Liste d’accès"),
            "facts": [
                *where_and_when(stop, language),
                _expected(len(guests) + len(others), language),
                *_unnamed(stop, language),
            ],
            "columns": [
                {"name": name, "width": width}
                for name, width in ((_("Nom"), "6fr"), (_("Fonction"), "6fr"), (_("Organisation"), "5fr"))
            ],
            "groups": _groups(guests, others),
            "blank": 0,
            "signature": False,
        }


def where_and_when(stop: Stop, language: str, *, meeting: Meeting | None = None) -> list[dict[str, Any]]:
    """City, day, hours and room in two lines."""
    slot = meeting or stop
    place = pick(texts(stop.venue, "name"), language) if stop.venue else ""
    room = meeting.room if meeting else ""
    day = dates.long_date(stop.date, language)
    when = (
        f"{day[:1].upper()}{day[1:]}{dates.COMMA[language]} {dates.hours(slot.starts, slot.ends, language)}"
    )
    parts = [_city(stop, language), *(people.said(text) for text in (place, room) if text)]
    return [{"text": when, "lang": language}, {"parts": parts}]


def made(at: datetime, language: str) -> str:
    return _("Établi le %(moment)s") % {"moment": dates.moment(at, language)}


def span(starts: str, ends: str) -> dict[str, Any]:
    """Two hours that keep their order in Arabic too."""
    return {"text": f"{starts}–{ends}", "lang": "fr", "upright": True}


def _frame(stop: Stop, language: str) -> dict[str, Any]:
    return {
        "template": "sheet",
        "lang": language,
        "office": _("Office National Marocain du Tourisme"),
        "made": made(clock.now(), language),
        "private": _("Données à caractère personnel : à ne pas diffuser, à détruire après usage."),
    }


def _city(stop: Stop, language: str) -> Said:
    found = texts(stop, "city")
    return {"text": pick(found, language), "lang": language_of(found, language)}


def _columns(number: str, name: str, function: str, signature: str) -> list[dict[str, str]]:
    widths = ("10mm", "6fr", "6fr", "46mm")
    return [
        {"name": one, "width": width}
        for one, width in zip((number, name, function, signature), widths, strict=True)
    ]


def _groups(guests: Sequence[Any], others: Sequence[Any]) -> list[dict[str, Any]]:
    found = [
        (_("Autorités, institutions et responsables"), guests),
        (_("Professionnels du tourisme"), others),
    ]
    return [{"title": title, "rows": list(rows)} for title, rows in found if rows]


def _numbered(rows: Iterable[list[Cell]]) -> list[list[Cell]]:
    return [
        [[{"text": str(number), "lang": "fr", "upright": True, "weak": True}], *row, []]
        for number, row in enumerate(rows, start=1)
    ]


def _line_of_guest(guest: Guest, language: str) -> list[Cell]:
    lines = [dict(line) for line in people.functions_of(guest, language)]
    lines = lines[:1] if not guest.is_replaced else lines
    body: dict[str, Any] = {**people.said(str(guest.official.get_body_display())), "weak": True}
    return [_names(people.names_of(guest, language)), [*lines, body]]


def _line_of_person(registration: Registration, language: str) -> list[Cell]:
    function = people.functions_of_person(registration, language)[:1]
    house: dict[str, Any] = {**people.house_of(registration, language), "weak": bool(function)}
    lines: Cell = [*(dict(line) for line in function), house]
    return [_names(people.names_of_person(registration, language)), lines]


def _office_of(guest: Guest, language: str) -> list[Cell]:
    lines: Cell = [dict(line) for line in people.functions_of(guest, language)]
    return [lines[:1] if not guest.is_replaced else lines, _cell(str(guest.official.get_body_display()))]


def _names(found: list[Said]) -> Cell:
    """The name, and below it the name in the other script."""
    return [
        {**line, "strong": True} if not place else {**line, "weak": True} for place, line in enumerate(found)
    ]


def _cell(text: str) -> Cell:
    return [dict(people.said(text))] if text else []


def _expected(count: int, language: str) -> dict[str, Any]:
    words = ngettext("%(count)d personne attendue", "%(count)d personnes attendues", count) % {"count": count}
    return {"text": words, "lang": language, "strong": True}


def _unnamed(stop: Stop, language: str) -> list[dict[str, Any]]:
    """Chairs kept for delegations that named nobody for them: whoever comes signs on a blank line."""
    return [{"text": one.words(), "lang": language} for one in standing.unnamed(stop)]
