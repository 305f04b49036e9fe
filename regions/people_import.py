"""Officials out of a table that somebody filled in: planned first, then written whole or not at all.

regions/people_columns.py says how the columns are called. Institution, fonction, source and base
légale are required; the last two may be given once for the whole file. A row without région is of
the whole country. An empty cell changes nothing.

regions/people_matching.py says when a row speaks of somebody who is there already.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from regions import people_columns, people_matching, sheets
from regions.models import Official
from regions.people_columns import READERS, BadCell, Columns
from regions.people_matching import ByPlace, Person
from regions.sheets import Row, folded


class Act(Enum):
    CREATE = "create"
    UPDATE = "update"
    SAME = "same"
    REFUSED = "refused"


@dataclass(slots=True)
class PlannedRow:
    """What would become of one row of the file."""

    number: int
    act: Act
    official: Official
    changed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        """What would change, as the administration calls it."""
        return [str(Official._meta.get_field(name).verbose_name) for name in self.changed]  # type: ignore[union-attr]


@dataclass(frozen=True, slots=True)
class Plan:
    rows: list[PlannedRow]
    ignored: tuple[str, ...]  # headings nobody knows
    for_all: bool = False  # no column says of which region they are

    def of(self, act: Act) -> list[PlannedRow]:
        return [row for row in self.rows if row.act is act]

    @property
    def refused(self) -> list[PlannedRow]:
        return self.of(Act.REFUSED)


class Refused(Exception):
    """Rows are wrong: nothing was written."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(len(plan.refused))
        self.plan = plan


class ChangedMeanwhile(Exception):
    """Somebody else wrote the same people at this moment: nothing was written."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the data come from and by what right we keep them, for rows that do not say it."""

    source: str = ""
    legal_basis: str = ""


def run(content: bytes, *, origin: Origin, by: User | None) -> Plan:
    """Write the officials of a file; the same file twice changes nothing.

    Raises Unreadable, Refused when one row is wrong, ChangedMeanwhile: in each case nothing is written.
    """
    try:
        with transaction.atomic():
            done = plan(content, origin=origin)
            if done.refused:
                raise Refused(done)
            for row in done.rows:
                write(row, by=by)
    except IntegrityError as error:
        raise ChangedMeanwhile from error
    return done


def write(row: PlannedRow, *, by: User | None) -> None:
    if row.act is Act.CREATE:
        row.official.save()
        audit.record(by, "imported", f"official:{row.official.pk}")
    elif row.act is Act.UPDATE:
        row.official.save(update_fields=row.changed)
        audit.record(by, "imported", f"official:{row.official.pk}", fields=row.changed)


def plan(content: bytes, *, origin: Origin) -> Plan:
    """What `run` would do, row by row, with what is wrong. Raises Unreadable."""
    sheet = sheets.read(content, known=people_columns.NAMES)
    columns = people_columns.columns(sheet.header)
    reader = Reader(columns, origin)
    said = [reader.read(row) for row in sheet.rows]
    refuse_repetitions(said)
    present = people_matching.officials_by_place()
    found = people_matching.match([row.person() for row in said], present)
    return Plan(
        [planned(row, official, reader, present) for row, official in zip(said, found, strict=True)],
        columns.ignored,
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


class Reader:
    """Reads the cells of a row into the fields of an official."""

    def __init__(self, columns: Columns, origin: Origin) -> None:
        self.columns, self.origin = columns, origin
        self.readers = READERS | {"region": people_columns.Regions().read}

    def read(self, row: Row) -> Said:
        values: dict[str, Any] = {}
        errors = []
        for name in self.columns.places:
            try:
                if text := self.columns.cell(row, name):
                    values[name] = self.readers.get(name, str)(text)
            except BadCell as bad:
                errors.append(self.about(name, str(bad)))
        if first := values.pop("first_name", ""):
            values["name"] = f"{first} {values.get('name', '')}".strip()
        if any(row.cells[len(self.columns.headings) :]):
            errors.append(_("Plus de cellules que d’en-têtes : un texte contient sans doute le séparateur."))
        return Said(row.number, values, errors)

    def about(self, name: str, words: str) -> str:
        return f"{self.columns.heading(name)} : {words}"

    def required(self, official: Official) -> Iterator[str]:
        """What must be said of everybody, here or once for the whole file."""
        for name in ("body", "function_fr", "source", "legal_basis"):
            if not getattr(official, name):
                yield self.about(name, _("à remplir."))

    def invalid(self, official: Official) -> Iterator[str]:
        """What the model itself refuses: lengths, addresses."""
        try:
            official.clean_fields()
        except ValidationError as refused:
            for name, messages in refused.message_dict.items():
                for message in messages:
                    yield self.about(name, message)


def refuse_repetitions(said: list[Said]) -> None:
    first: dict[Person, int] = {}
    for row in said:
        before = first.setdefault(row.person(), row.number)
        if before != row.number and not row.errors:
            row.errors.append(_("Cette ligne répète la ligne %(number)d.") % {"number": before})


def planned(row: Said, found: Official | None, reader: Reader, present: ByPlace) -> PlannedRow:
    """The official as the row would leave them, and what that is: new, changed, the same, refused."""
    official = found or Official(source=reader.origin.source, legal_basis=reader.origin.legal_basis)
    changed = [name for name, value in row.values.items() if differs(getattr(official, name), value)]
    for name in changed:
        setattr(official, name, row.values[name])
    errors = row.errors or [*reader.required(official)] or [*reader.invalid(official)]
    if errors:
        return PlannedRow(row.number, Act.REFUSED, official, errors=errors)
    if found is None:
        doubts = list(people_matching.doubts(row.person(), present))
        return PlannedRow(row.number, Act.CREATE, official, warnings=doubts)
    return PlannedRow(row.number, Act.UPDATE if changed else Act.SAME, official, changed)


def differs(present: Any, value: Any) -> bool:
    """Mail addresses that differ by case are the same; telephones are compared as they are kept."""
    present = getattr(present, "as_e164", present)
    if isinstance(present, str) and "@" in present:
        present = present.lower()
    return bool(present != value)
