"""Officials out of a table that somebody filled in: planned first, then written whole or not at all.

regions/people_columns.py says how the columns are called. Institution, fonction, source and base
légale are required; the last two may be given once for the whole file. A row without région is of
the whole country. An empty cell changes nothing.

regions/people_matching.py says when a row speaks of somebody who is there already.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from regions import people_columns, people_matching, sheets, table_import, waiting_mails
from regions.models import Official
from regions.people_columns import READERS, Columns
from regions.people_matching import ByPlace, Person
from regions.sheets import folded
from regions.table_import import Act, Changes, Origin


@dataclass(slots=True, kw_only=True)
class PlannedRow(table_import.PlannedRow):
    official: Official  # as the row would leave them

    @property
    def found(self) -> Official | None:
        return self.official if self.official.pk else None


Plan = table_import.Plan[PlannedRow]


def run(content: bytes, *, origin: Origin, by: User | None, seen: str | None = None) -> Plan:
    """Write the officials of a file; the same file twice changes nothing.

    Raises Unreadable and what table_import.run raises: in each case nothing is written.
    """

    def written(rows: list[PlannedRow]) -> None:
        for row in rows:
            write(row, by=by)

    return table_import.run(lambda: plan(content, origin=origin, lock=True), written, seen=seen)


def write(row: PlannedRow, *, by: User | None) -> None:
    if row.act is Act.CREATE:
        row.official.save()
        audit.record(by, "imported", f"official:{row.official.pk}")
    elif row.act is Act.UPDATE:
        row.official.save(update_fields=row.changed)
        waiting_mails.changed(row.official, row.changed)
        audit.record(by, "imported", f"official:{row.official.pk}", fields=row.changed)


def plan(content: bytes, *, origin: Origin, lock: bool = False) -> Plan:
    """What `run` would do, row by row, with what is wrong. Raises Unreadable."""
    sheet = sheets.read(content, known=people_columns.NAMES)
    columns = people_columns.columns(sheet.header)
    readers = READERS | {"region": people_columns.Regions().read}
    said = [Said(row.number, *table_import.cells(row, columns, readers)) for row in sheet.rows]
    table_import.refuse_repetitions(said, Said.person)
    present = people_matching.officials_by_place(lock=lock)
    found = people_matching.match([row.person() for row in said], present)
    return Plan(
        [planned(row, official, columns, origin, present) for row, official in zip(said, found, strict=True)],
        columns.ignored,
        table_import.file_seal(content, origin),
        for_all="region" not in columns.places,
    )


@dataclass(slots=True)
class Said:
    """What a row says, and what is wrong with it; silent cells are left out of `values`."""

    number: int
    values: dict[str, Any]
    errors: list[str]

    def person(self) -> Person:
        region = self.values.get("region")
        return Person(
            place=(region.pk if region else None, self.values.get("body", "")),
            function=folded(self.values.get("function_fr", "")),
            email=self.values.get("email", ""),
            name=folded(self.values.get("name", "")),
            name_ar=folded(self.values.get("name_ar", "")),
        )


def planned(
    row: Said, found: Official | None, columns: Columns, origin: Origin, present: ByPlace
) -> PlannedRow:
    """The official as the row would leave them, and what that is: new, changed, the same, refused."""
    official = found or Official(source=origin.source, legal_basis=origin.legal_basis)
    changes = Changes.between(official, row.values)
    for name in changes:
        setattr(official, name, row.values[name])
    errors = row.errors or [*required(official, columns)] or [*invalid(official, columns)]
    plan = PlannedRow(number=row.number, official=official, errors=errors)
    plan.changes = changes if found else Changes()
    plan.decide()
    if plan.act is Act.CREATE:
        plan.warnings = list(people_matching.doubts(row.person(), present))
    return plan


def required(official: Official, columns: Columns) -> Iterator[str]:
    """What must be said of everybody, here or once for the whole file."""
    for name in ("body", "function_fr", "source", "legal_basis"):
        if not getattr(official, name):
            yield columns.about(name, _("à remplir."))


def invalid(official: Official, columns: Columns) -> Iterator[str]:
    """What the model itself refuses: lengths, addresses."""
    try:
        official.clean_fields()
    except ValidationError as refused:
        for name, messages in refused.message_dict.items():
            for message in messages:
                yield columns.about(name, message)
