"""What the workbook of the agenda says: a sheet of stops, one of their programme, one about the file.

Each column has its kind, so that dates and hours are dates and hours; `typesetting.workbook` writes them.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from meetings import wording
from meetings.addresses import agenda_page, page_of
from meetings.agenda import PublicStop
from meetings.documents import ItemDocument, MeetingDocument
from meetings.models import MeetingKind, StopStatus
from regions import dates, legal_time
from regions.languages import pick

# Day before month in all three languages; the spreadsheet's own names of months are not Morocco's.
FORMATS = {"date": "dd/mm/yyyy", "time": "hh:mm", "moment": "dd/mm/yyyy hh:mm"}

Column = dict[str, Any]
Row = list[str | int | None]


def agenda(stops: Sequence[PublicStop], language: str, *, title: str) -> dict[str, Any]:
    """The workbook of these stops, in words."""
    with translation.override(language):
        return {
            "lang": language,
            "rtl": language == "ar",
            "title": _("Agenda – %(subject)s") % {"subject": title},
            "office": _("Office National Marocain du Tourisme"),
            "version": _version(stops, language),
            "formats": FORMATS,
            "sheets": [
                {
                    "name": _("Étapes"),
                    "columns": _stop_columns(),
                    "rows": [_stop(s, language) for s in stops],
                },
                {
                    "name": _("Programme"),
                    "columns": _programme_columns(),
                    "rows": [row for stop in stops for row in _programme(stop, language)],
                },
                {
                    "name": _("À propos"),
                    "columns": [_column(_("Rubrique"), 24), _column(_("Contenu"), 80)],
                    "rows": list(_about(stops, language, title)),
                },
            ],
        }


def _version(stops: Iterable[PublicStop], language: str) -> str:
    """As on paper: each release of a stop makes a version of the whole."""
    number = sum(stop.release_number for stop in stops)
    at = max((stop.released_at for stop in stops), default=None)
    words = {"number": number, "moment": dates.moment(at, language) if at else ""}
    return _("Version %(number)s du %(moment)s") % words if at else ""


def _column(name: str, width: int, kind: str = "text") -> Column:
    """`width` in characters."""
    return {"name": name, "width": width, "kind": kind}


def _stop_columns() -> list[Column]:
    return [
        _column(_("Étape"), 8, "number"),
        _column(_("Région"), 28),
        _column(_("Ville"), 18),
        _column(_("Date"), 12, "date"),
        _column(_("Début (heure du Maroc)"), 13, "time"),
        _column(_("Fin (heure du Maroc)"), 13, "time"),
        _column(_("État"), 12),
        _column(_("Motif"), 28),
        _column(_("Lieu"), 28),
        _column(_("Adresse"), 32),
        _column(_("Contact"), 30),
        _column(_("Téléphone"), 20),
        _column(_("Courriel"), 28),
        _column(_("Page de l’étape"), 44, "link"),
        _column(_("Version"), 9, "number"),
        _column(_("Publiée le"), 18, "moment"),
    ]


def _stop(stop: PublicStop, language: str) -> Row:
    document = stop.document
    venue, contact = document["venue"], document["contact"]
    name = pick(venue["name"], language) if venue else _("à confirmer")
    if venue and not venue["confirmed"]:
        name = f"{name} {_('(à confirmer)')}"
    if not venue and stop.status in (StopStatus.CANCELLED, StopStatus.HELD):
        name = ""  # nothing is going to be confirmed any more
    return [
        document["rank"],
        pick(document["region"]["name"], language),
        pick(document["city"], language),
        document["date"],
        document["starts"],
        document["ends"],
        wording.state(stop.status),
        pick(document["reason"], language),
        name,
        pick(venue["address"], language) if venue else "",
        pick(contact["function"], language),
        contact["phone"],
        contact["email"],
        page_of(document, language),
        stop.release_number,
        _wall_clock(stop.released_at),
    ]


def _programme_columns() -> list[Column]:
    return [
        _column(_("Étape"), 8, "number"),
        _column(_("Région"), 28),
        _column(_("Date"), 12, "date"),
        _column(_("Début de la rencontre"), 13, "time"),
        _column(_("Fin de la rencontre"), 13, "time"),
        _column(_("Rencontre"), 36),
        _column(_("Type"), 24),
        _column(_("Salle"), 20),
        _column(_("Début du point"), 13, "time"),
        _column(_("Durée (minutes)"), 10, "number"),
        _column(_("Point de l’ordre du jour"), 48),
        _column(_("Précision"), 48),
    ]


def _programme(stop: PublicStop, language: str) -> Iterator[Row]:
    """A line for each point; a meeting without any has a line all the same."""
    for meeting in stop.document["meetings"]:
        items: Sequence[ItemDocument | None] = meeting["items"] or [None]
        for item in items:
            yield _line(stop, meeting, item, language)


def _line(stop: PublicStop, meeting: MeetingDocument, item: ItemDocument | None, language: str) -> Row:
    document = stop.document
    return [
        document["rank"],
        pick(document["region"]["name"], language),
        document["date"],
        meeting["starts"],
        meeting["ends"],
        pick(meeting["title"], language),
        str(MeetingKind(meeting["kind"]).label),
        meeting["room"],
        item["starts"] if item else None,
        item["minutes"] if item else None,
        pick(item["title"], language) if item else None,
        pick(item["note"], language) if item else None,
    ]


def _about(stops: Sequence[PublicStop], language: str, title: str) -> Iterator[Row]:
    yield [_("Agenda"), title]
    if version := _version(stops, language):
        yield [_("Version"), version]
    yield [_("Horaires"), _("Les heures sont celles du Maroc.")]
    yield [_("Version du jour"), agenda_page(language)]


def _wall_clock(at: datetime) -> str:
    """As Moroccan clocks show it, to the minute: a cell knows no zone."""
    return legal_time.wall_clock(at).replace(tzinfo=None, second=0, microsecond=0).isoformat()
