"""« Note de préparation »: what the delegation reads before a stop, from the rows of the moment."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from meetings import attendance, commitments, documents, press_contacts
from meetings.attendance import Taken
from meetings.models import Answer, Meeting, Stop
from meetings.press_contacts import PublicContact
from outbox import clock
from professionals.papers import people, sheets, travel
from professionals.papers.people import Guest
from regions import dates, reference
from regions.languages import pick, texts

Cell = list[dict[str, Any]]
Section = dict[str, Any]


def note(stop: Stop, language: str) -> dict[str, Any]:
    """Programme, who comes, figures, commitments, contacts, travel."""
    with translation.override(language):
        city = texts(stop, "city")
        return {
            "template": "briefing",
            "lang": language,
            "title": _("Note de préparation – %(stop)s") % {"stop": pick(city, language)},
            "office": _("Office National Marocain du Tourisme"),
            "eyebrow": _("Note de préparation"),
            "heading": {"text": pick(texts(stop.region, "name"), language), "lang": language},
            "facts": sheets.where_and_when(stop, language),
            "made": sheets.made(clock.now(), language),
            "private": _("Document interne, nominatif : à ne pas diffuser."),
            "sections": [
                _essentials(stop, language),
                _programme(stop, language),
                _confirmed(stop, language),
                _figures(stop, language),
                _before(stop, language),
                _contacts(stop, language),
                _travel(stop, language),
            ],
        }


def _section(title: str, rows: list[Any], *, kind: str, **more: Any) -> Section:
    return {
        "title": title,
        "kind": kind,
        "intro": "",
        "note": "",
        "empty": "",
        "columns": [],
        **more,
        "rows": rows,
    }


def _columns(*columns: tuple[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "width": width} for name, width in columns]


def _essentials(stop: Stop, language: str) -> Section:
    taken = attendance.current().taken([stop.pk]).get(stop.pk, Taken())
    rows: list[tuple[str, Iterable[str | dict[str, Any]]]] = [
        (_("Lieu"), _place(stop, language)),
        (
            _("Places"),
            [
                _("capacité : %(seats)d, attribuées : %(seated)d, en attente : %(waiting)d")
                % {"seats": stop.seats, "seated": taken.seated, "waiting": taken.waiting}
            ],
        ),
        (_("Notes internes"), stop.notes.splitlines()),
    ]
    return _section(_("L’essentiel"), _facts(rows), kind="facts")


def _place(stop: Stop, language: str) -> list[str]:
    venue = stop.venue
    if venue is None:
        return [_("Lieu à confirmer")]
    name = pick(texts(venue, "name"), language)
    lines = [name if venue.confirmed else f"{name} {_('(à confirmer)')}"]
    lines += [pick(texts(venue, field), language) for field in ("address", "access")]
    return list(filter(None, lines))


def _facts(rows: Iterable[tuple[str, Iterable[str | dict[str, Any]]]]) -> list[dict[str, Any]]:
    found = (
        (label, [people.said(line) if isinstance(line, str) else line for line in lines if line])
        for label, lines in rows
    )
    return [{"label": label, "lines": lines} for label, lines in found if lines]


def _programme(stop: Stop, language: str) -> Section:
    """Minute by minute, whoever may read of it: the note is the team's own."""
    rows: list[dict[str, Any]] = []
    for meeting in stop.meetings.prefetch_related("items"):
        rows.append({"title": [_meeting_line(meeting, language)]})
        starts = documents.hour(meeting.starts)
        for item in meeting.items.all():
            ends = documents.later(starts, timedelta(minutes=item.minutes))
            responsible = item.responsible_ar if language == "ar" else item.responsible_fr
            responsible = responsible or item.responsible_fr or item.responsible_ar
            title, remark = pick(texts(item, "title"), language), pick(texts(item, "note"), language)
            rows.append(
                {
                    "cells": [
                        [sheets.span(starts, ends)],
                        [people.said(title), *([{**people.said(remark), "weak": True}] if remark else [])],
                        [people.said(responsible)] if responsible else [{**people.said("–"), "weak": True}],
                    ]
                }
            )
            starts = ends
    return _section(
        _("Programme, minute par minute"),
        rows,
        kind="table",
        empty=_("Le programme n’est pas encore saisi."),
        columns=_columns((_("Horaires"), "26mm"), (_("Point"), "3fr"), (_("Assuré par"), "2fr")),
    )


def _meeting_line(meeting: Meeting, language: str) -> dict[str, Any]:
    words = [pick(texts(meeting, "title"), language), meeting.room]
    hours = sheets.span(documents.hour(meeting.starts), documents.hour(meeting.ends))
    return {"parts": [hours, *(people.said(text) for text in words if text)], "strong": True}


def _confirmed(stop: Stop, language: str) -> Section:
    rows = [
        {
            "cells": [
                [_upright(str(place))],
                [
                    {**line, "strong": number == 0, "weak": number > 0}
                    for number, line in enumerate(_office(guest, language))
                ],
                [people.said(str(guest.official.get_body_display()))],
                [people.said(line) for line in _answer(guest)],
            ]
        }
        for place, guest in enumerate(people.guests(stop, answers=list(Answer.values)), start=1)
    ]
    return _section(
        _("Qui vient, dans l’ordre protocolaire"),
        rows,
        kind="table",
        empty=_("Aucun responsable n’est attendu à cette étape."),
        columns=_columns(
            (_("N°"), "9mm"), (_("Fonction et nom"), "5fr"), (_("Institution"), "4fr"), (_("Réponse"), "4fr")
        ),
    )


def _office(guest: Guest, language: str) -> list[people.Said]:
    official = guest.official
    name = official.name_ar if language == "ar" and official.name_ar else official.name or official.name_ar
    function = people.said(guest.function(language))
    return [function, people.said(name)] if name else [function]


def _answer(guest: Guest) -> Iterator[str]:
    if guest.is_replaced and guest.invitation:
        yield _("Représenté(e) par :")
        yield from filter(None, [guest.invitation.replacement_name, guest.invitation.replacement_function])
        return
    yield {
        Answer.ACCEPTED: _("Confirmé"),
        Answer.DECLINED: _("Excusé(e)"),
        Answer.NONE: _("Sans réponse") if guest.invitation else _("Pas encore invité(e)"),
    }[guest.answer]


def _figures(stop: Stop, language: str) -> Section:
    doubtful = {**people.said(_("à vérifier")), "weak": True}
    rows = [
        {
            "cells": [
                [people.said(figure.label_ar if language == "ar" and figure.label_ar else figure.label_fr)],
                [_upright(figure.value) | {"strong": True}],
                [_upright(figure.period)] if figure.period else [],
                [people.said(figure.source), *([] if figure.verified else [doubtful])],
            ]
        }
        for figure in stop.region.figures.all()
    ]
    return _section(
        _("La région en chiffres"),
        rows,
        kind="table",
        empty=_("Aucun chiffre n’est saisi pour cette région."),
        columns=_columns(
            (_("Indicateur"), "4fr"), (_("Valeur"), "30mm"), (_("Période"), "20mm"), (_("Source"), "5fr")
        ),
    )


def _before(stop: Stop, language: str) -> Section:
    """What was promised here, and what is known of earlier visits."""
    rows = [
        {
            "cells": [
                [people.said(found.text)],
                [people.said(found.owner)] if found.owner else [],
                [people.said(" · ".join(filter(None, [found.due, found.state])))],
            ]
        }
        for found in commitments.towards(stop.region, language, before=stop.date)
    ]
    return _section(
        _("Engagements précédents"),
        rows,
        kind="table",
        intro=" ".join(_earlier_visits(stop, language)),
        empty=_("Aucun engagement envers cette région n’est consigné dans le portail."),
        columns=_columns((_("Engagement"), "5fr"), (_("Porteur"), "3fr"), (_("Échéance, avancement"), "3fr")),
    )


def _earlier_visits(stop: Stop, language: str) -> Iterator[str]:
    """From the reference data, what a source confirms of the tours of 2020-2021 and 2025."""
    found = next(
        (row for row in reference.read("regions.json")["regions"] if row["code"] == stop.region.code), None
    )
    if found is None:
        return
    first, second = found.get("tour_2020_2021") or {}, found.get("tour_2025") or {}
    if first.get("city") and str(first.get("status", "")).startswith(reference.VERIFIED):
        yield _("Tournée 2020-2021 : %(when)s.") % {"when": _visit(first, language)}
    if second.get("city") and str(second.get("status", "")).startswith(reference.VERIFIED):
        yield _("Tournée 2025 : %(when)s.") % {"when": second["city"]}
    if markets := found.get("priority_markets_reported_2020"):
        yield _("Marchés cités en 2020-2021 : %(markets)s.") % {
            "markets": f"{dates.COMMA[language]} ".join(markets)
        }


def _visit(visit: dict[str, Any], language: str) -> str:
    try:
        day = date.fromisoformat(visit.get("date") or "")
    except ValueError:
        return str(visit["city"])
    return f"{visit['city']}{dates.COMMA[language]} {dates.full_date(day, language)}"


def _contacts(stop: Stop, language: str) -> Section:
    known = [
        (
            pick(texts(stop, "contact_function"), language),
            stop.contact_phone,
            stop.contact_email,
            pick(texts(stop, "contact_hours"), language),
        ),
        *(_press(contact, language) for contact in press_contacts.of(stop.tour) if contact.known),
    ]
    if council := getattr(stop.region, "council", None):
        known.append((pick(texts(council, "name"), language), "", "", council.seat))
    return _section(
        _("Contacts"),
        [_contact(*contact) for contact in known if contact[0]],
        kind="table",
        empty=_("Aucun contact n’est saisi."),
        columns=_columns((_("Fonction"), "5fr"), (_("Téléphone"), "38mm"), (_("Courriel"), "4fr")),
    )


def _press(contact: PublicContact, language: str) -> tuple[str, str, str, str]:
    words = pick(contact.function, language) or str(press_contacts.TITLES[contact.house])
    return words, contact.phone, contact.email, pick(contact.hours, language)


def _contact(function: str, phone: str, email: str, hours: str) -> dict[str, Any]:
    below = [{**people.said(hours), "weak": True}] if hours else []
    return {
        "cells": [
            [people.said(function), *below],
            [_upright(phone)] if phone else [],
            [_upright(email)] if email else [],
        ]
    }


def _travel(stop: Stop, language: str) -> Section:
    rows: list[tuple[str, Iterable[str | dict[str, Any]]]] = []
    for one, other in travel.legs(stop):
        ends = [pick(texts(end, "capital"), language) for end in (one, other)]
        lines: list[str | dict[str, Any]] = [*travel.road(one, other), *travel.flights(one, other, language)]
        rows.append((_("De %(one)s à %(other)s") % {"one": ends[0], "other": ends[1]}, lines))
    rows.append((_("Aéroports de la région"), travel.airports(stop.region)))
    return _section(
        _("Déplacement"),
        _facts(rows),
        kind="facts",
        note=_(
            "Distances entre chefs-lieux et liaisons aériennes de la base de référence : à vérifier auprès "
            "des compagnies, les horaires changent à chaque saison."
        ),
    )


def _upright(text: str) -> dict[str, Any]:
    return {"text": text, "lang": "fr", "upright": True}
