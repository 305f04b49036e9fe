"""The agenda as a table, one line per public meeting, for spreadsheets.

`;`, a byte-order mark and CRLF are what a French Excel opens by itself. A cell that a spreadsheet
would run as a formula is made inert; so is a telephone number, which begins with a plus.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from meetings import wording
from meetings.addresses import page_of
from meetings.agenda import PublicStop
from meetings.documents import MeetingDocument
from meetings.models import MeetingKind
from regions import dates
from regions.languages import pick

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def agenda(stops: Iterable[PublicStop], language: str) -> bytes:
    """The file for these stops. A stop without public meetings has a line all the same."""
    with translation.override(language):
        lines = [
            line for stop in stops for line in (_line(stop, meeting, language) for meeting in _meetings(stop))
        ]
        return write(_columns(), lines)


def write(columns: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    """A whole CSV file, every cell inert."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([inert(name) for name in columns])
    writer.writerows([inert(cell) for cell in line] for line in lines)
    return out.getvalue().encode("utf-8-sig")


def inert(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _meetings(stop: PublicStop) -> Sequence[MeetingDocument | None]:
    return stop.document["meetings"] or [None]


def _columns() -> list[str]:
    return [
        _("Étape"),
        _("Région"),
        _("Ville"),
        _("Date"),
        _("Début (heure du Maroc)"),
        _("Fin (heure du Maroc)"),
        _("État"),
        _("Lieu"),
        _("Adresse"),
        _("Rencontre"),
        _("Type"),
        _("Début de la rencontre"),
        _("Fin de la rencontre"),
        _("Salle"),
        _("Contact"),
        _("Téléphone"),
        _("Courriel"),
        _("Page de l’étape"),
        _("Version"),
        _("Publiée le"),
    ]


def _line(stop: PublicStop, meeting: MeetingDocument | None, language: str) -> list[str]:
    document = stop.document
    venue, contact = document["venue"], document["contact"]
    return [
        str(document["rank"]),
        pick(document["region"]["name"], language),
        pick(document["city"], language),
        document["date"],
        document["starts"],
        document["ends"],
        wording.state(stop.status),
        pick(venue["name"], language) if venue else "",
        pick(venue["address"], language) if venue else "",
        *_of_meeting(meeting, language),
        pick(contact["function"], language),
        contact["phone"],
        contact["email"],
        page_of(document, language),
        str(stop.release_number),
        dates.moment(stop.released_at, language),
    ]


def _of_meeting(meeting: MeetingDocument | None, language: str) -> list[str]:
    if meeting is None:
        return [""] * 5
    return [
        pick(meeting["title"], language),
        str(MeetingKind(meeting["kind"]).label),
        meeting["starts"],
        meeting["ends"],
        meeting["room"],
    ]
