"""Professionals out of a table: planned row by row and shown, then written whole or not at all.

professionals/directory/columns.py says how the columns are called. A person is known by mail and name, or
without a mail by mobile and name; what their row says of them replaces what was known, an empty cell
changes nothing. Who registered themselves is known by their own words: a row only fills in what they left
empty. Who is new needs an establishment with its region and category, a source and a legal basis.
Their establishment is found by name, region and category, or made, not approved. Who wants no campaigns
still wants none: an import neither sends anything nor looks at what people agreed to.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from professionals import names
from professionals.directory import columns, writing
from professionals.directory.columns import OF_THE_HOUSE, OF_THE_PERSON
from professionals.directory.known import Known, Place, identity
from professionals.models import Organisation, Professional
from regions import people_columns, sheets, table_import
from regions.models import Language
from regions.people_columns import Columns
from regions.table_import import Act, Changes, Origin

MOST_ROWS = 6_000


@dataclass(slots=True, kw_only=True)
class PlannedRow(table_import.PlannedRow):
    values: dict[str, Any]  # what the row says
    person: Professional | None = None  # who is there already
    house: Organisation | None = None  # the establishment the row speaks of, where it is there already
    place: Place | None = None  # what that establishment is known by
    notes: list[str] = field(default_factory=list)  # what somebody may want to know before they import

    @property
    def found(self) -> Professional | None:
        return self.person

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """What would change: column, before, after."""
        return [
            (columns.label(name), str(before or ""), str(after))
            for name, (before, after) in self.changes.items()
        ]


Plan = table_import.Plan[PlannedRow]


def run(content: bytes, *, origin: Origin, by: User | None, seen: str | None = None) -> Plan:
    """Write the professionals of a file; the same file twice changes nothing.

    Raises Unreadable and what table_import.run raises: in each case nothing is written.
    """
    return table_import.run(
        lambda: plan(content, origin=origin, lock=True), lambda rows: writing.write(rows, by=by), seen=seen
    )


def plan(content: bytes, *, origin: Origin, lock: bool = False) -> Plan:
    """What `run` would do, row by row, with what is wrong; as many queries for one row as for thousands.

    Raises Unreadable.
    """
    sheet = sheets.read(content, known=columns.NAMES, most_rows=MOST_ROWS)
    found = people_columns.columns(sheet.header, usual=columns.HEADINGS, required=())
    readers = columns.readers()
    rows = []
    for row in sheet.rows:
        values, errors = table_import.cells(row, found, readers)
        values.setdefault("name", values.get("name_ar", ""))
        rows.append(PlannedRow(number=row.number, values=values, errors=errors))
    table_import.refuse_repetitions(rows, lambda row: identity(row.values) or row.number)
    known = Known([row.values for row in rows], lock=lock)
    for planned in rows:
        _decide(planned, known, found, origin)
    _refuse_twice(rows)
    return Plan(rows, found.ignored, table_import.file_seal(content, origin))


def _refuse_twice(rows: list[PlannedRow]) -> None:
    """A person found by address in one row, and by mobile in another."""
    taken: dict[int, int] = {}
    for row in rows:
        before = taken.setdefault(row.person.pk, row.number) if row.person else row.number
        if before != row.number and not row.errors:
            row.errors = [
                _("Cette ligne parle de la même personne que la ligne %(number)d.") % {"number": before}
            ]
            row.decide()


def _decide(row: PlannedRow, known: Known, columns: Columns, origin: Origin) -> None:
    row.person = known.person(row.values)
    row.place = _place(row)
    row.house = known.house(row.place) if row.place else None
    if row.person is None:
        said = {"source": origin.source, "legal_basis": origin.legal_basis, "language": Language.FR.value}
        row.values = {**{name: text for name, text in said.items() if text}, **row.values}
        row.errors = row.errors or [*_missing(row, columns)]
    else:
        row.changes = _changes(row, row.person)
        if row.person in known.in_their_own_words:
            _leave_their_words(row, row.person)
    if row.person is None or row.changes:
        row.errors = row.errors or [*_invalid(row, columns)]
    row.decide()
    if row.act is not Act.REFUSED:
        row.notes = [*known.notes(row.values, row.person), *_of_the_house(row)]


def _leave_their_words(row: PlannedRow, person: Professional) -> None:
    """What somebody wrote of themselves stays, and what the row says instead is shown."""
    left = {name: after for name, (before, after) in row.changes.items() if before}
    if not left:
        return
    row.changes = Changes({name: pair for name, pair in row.changes.items() if name not in left})
    if "organisation" in left:
        row.place, row.house = Place.of(person.organisation), person.organisation
        row.changes.pop("organisation_ar", None)
    fields = " · ".join(f"{columns.label(name)} ({after})" for name, after in left.items())
    row.warnings = [
        _("Cette personne s’est inscrite elle-même : ce qu’elle a écrit reste. Non repris : %(fields)s.")
        % {"fields": fields}
    ]


def _place(row: PlannedRow) -> Place | None:
    """What the establishment of the row is known by; region and category may be those that are known."""
    house = row.person.organisation if row.person else None
    said = row.values
    if house is None and not {"organisation", "region", "category"} <= said.keys():
        return None
    name = said.get("organisation") or (house.name if house else "")
    region = said["region"].pk if "region" in said else house.region_id if house else 0
    category = said["category"].pk if "category" in said else house.category_id if house else 0
    return Place(names.normalise(name)[:160], region, category)


def _changes(row: PlannedRow, person: Professional) -> Changes:
    said = {name: row.values[name] for name in OF_THE_PERSON if name in row.values}
    changes = Changes.between(person, said)
    if row.place != Place.of(person.organisation):
        changes["organisation"] = _houses(row, person.organisation)
    arabic = row.values.get("organisation_ar", "")
    if arabic and row.house and not row.house.name_ar:
        changes["organisation_ar"] = ("", arabic)
    return changes


def _houses(row: PlannedRow, before: Organisation) -> tuple[str, str]:
    """The establishment before and after, with region and category where these make the difference."""
    said = row.values
    name = said.get("organisation", before.name)
    if row.place and row.place.name_key != before.name_key:
        return before.name, name
    region, category = said.get("region", before.region), said.get("category", before.category)
    return f"{before.name} ({before.region}, {before.category})", f"{name} ({region}, {category})"


def _of_the_house(row: PlannedRow) -> Iterator[str]:
    if row.place and row.house is None:
        yield _("Établissement à créer : %(name)s.") % {"name": row.values.get("organisation", "")}
    arabic = row.values.get("organisation_ar", "")
    if arabic and row.house and row.house.name_ar and table_import.differs(row.house.name_ar, arabic):
        yield _("L’établissement garde son nom arabe : %(name)s.") % {"name": row.house.name_ar}


def _missing(row: PlannedRow, columns: Columns) -> Iterator[str]:
    for name in ("name", "organisation", "region", "category", "source", "legal_basis"):
        if not row.values.get(name):
            yield columns.about(name, _("à remplir."))
    if not (row.values.get("email") or row.values.get("phone")):
        yield _("Indiquez une adresse électronique ou un téléphone.")


def _invalid(row: PlannedRow, columns: Columns) -> Iterator[str]:
    """What the model itself refuses: lengths, addresses."""
    said = {name: row.values[name] for name in OF_THE_PERSON if name in row.values and name != "province"}
    house = {name: row.values[heading] for name, heading in OF_THE_HOUSE.items() if heading in row.values}
    for made, fields in ((Professional(**said), said), (Organisation(**house), house)):
        try:
            made.clean_fields(exclude={one.name for one in made._meta.fields} - fields.keys())
        except ValidationError as refused:
            for name, messages in refused.message_dict.items():
                heading = OF_THE_HOUSE[name] if fields is house else name
                yield from (columns.about(heading, message) for message in messages)
