"""The professionals as a file that comes back unchanged: CSV, or a workbook made in a process of its own."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from meetings import tables, workbooks
from outbox import clock
from professionals.directory import columns
from professionals.models import Professional
from regions import dates, sheets
from regions.languages import current_language

WIDTHS = {"name": 26, "organisation": 30, "email": 30, "source": 30, "legal_basis": 30}  # characters
WIDTH = 20


def lines(people: QuerySet[Professional]) -> Iterable[list[str]]:
    """The cells of each person, in one query."""
    everybody = people.select_related("organisation__region", "organisation__category", "province")
    return map(columns.line, everybody.order_by("name_key", "pk"))


def csv(people: QuerySet[Professional]) -> bytes:
    return tables.write(
        columns.headings(), ([sheets.quoted(cell) for cell in line] for line in lines(people))
    )


def workbook(people: QuerySet[Professional]) -> dict[str, Any]:
    """The words of the workbook. Every cell is text: zeros and pluses stay, and nothing is computed."""
    language = current_language()
    return {
        "lang": language,
        "rtl": False,  # its headings are French, whoever asks for it
        "title": _("Professionnels du tourisme"),
        "office": _("Office National Marocain du Tourisme"),
        "version": _("Au %(moment)s – données à caractère personnel, à ne pas diffuser")
        % {"moment": dates.moment(clock.now(), language)},
        "formats": workbooks.FORMATS,
        "sheets": [
            {
                "name": _("Professionnels"),
                "columns": [
                    {"name": heading, "width": WIDTHS.get(name, WIDTH), "kind": "verbatim"}
                    for name, heading in zip(columns.WRITTEN, columns.headings(), strict=True)
                ],
                "rows": list(lines(people)),
            }
        ],
    }
