"""Journalists out of a table that somebody filled in: planned first, then written whole or not at all.

press/file_columns.py says how the columns are called. Nom, média, an address or a telephone, source and
base légale are required; the last two may be given once for the whole file. A row without région is of the
national press. An empty cell changes nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from press import file_columns, press_file
from press.models import Journalist
from professionals.names import normalise
from regions import people_columns, sheets
from regions.people_columns import BadCell, Columns
from regions.people_import import Act, Origin, differs
from regions.sheets import Row, folded

Key = tuple[str, ...]


@dataclass(slots=True)
class PlannedRow:
    """What would become of one row of the file."""

    number: int
    act: Act
    values: dict[str, Any]  # what is said of the person, here or for the whole file
    journalist: Journalist | None = None  # who is there already
    changed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        """What would change, as people call it."""
        return [str(Journalist._meta.get_field(name).verbose_name) for name in self.changed]  # type: ignore[union-attr]


@dataclass(frozen=True, slots=True)
class Plan:
    rows: list[PlannedRow]
    ignored: tuple[str, ...]  # headings nobody knows

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


def run(content: bytes, *, origin: Origin, by: User | None) -> Plan:
    """Write the journalists of a file; the same file twice changes nothing.

    Raises Unreadable, Refused when one row is wrong, ChangedMeanwhile: in each case nothing is written.
    """
    try:
        with transaction.atomic():
            done = plan(content, origin=origin)
            if done.refused:
                raise Refused(done)
            for row in done.rows:
                _write(row, by=by)
    except press_file.AlreadyThere as error:
        raise ChangedMeanwhile from error
    return done


def plan(content: bytes, *, origin: Origin) -> Plan:
    """What `run` would do, row by row, with what is wrong. Raises Unreadable."""
    sheet = sheets.read(content, known=file_columns.NAMES)
    columns = people_columns.columns(
        sheet.header, usual=file_columns.HEADINGS, required=file_columns.REQUIRED
    )
    reader = _Reader(columns)
    read = [reader.read(row) for row in sheet.rows]
    _refuse_repetitions(read)
    found = _match([row.values for row in read], list(Journalist.objects.select_related("region")))
    for row, journalist in zip(read, found, strict=True):
        _decide(row, journalist, columns, origin)
    return Plan(read, columns.ignored)


def _write(row: PlannedRow, *, by: User | None) -> None:
    if row.act is Act.CREATE:
        press_file.add(by=by, **row.values)
    elif row.act is Act.UPDATE and row.journalist:
        press_file.change(row.journalist, by=by, **{name: row.values[name] for name in row.changed})


class _Reader:
    """Reads the cells of a row into what is said of a person."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.readers = file_columns.READERS | {"region": people_columns.Regions().read}

    def read(self, row: Row) -> PlannedRow:
        values: dict[str, Any] = {}
        errors = []
        for name in self.columns.places:
            try:
                if text := self.columns.cell(row, name):
                    values[name] = self.readers.get(name, str)(text)
            except BadCell as bad:
                errors.append(f"{self.columns.heading(name)} : {bad}")
        if first := values.pop("first_name", ""):
            values["name"] = f"{first} {values.get('name', '')}".strip()
        if any(row.cells[len(self.columns.headings) :]):
            errors.append(_("Plus de cellules que d’en-têtes : un texte contient sans doute le séparateur."))
        return PlannedRow(row.number, Act.REFUSED, values, errors=errors)


def _refuse_repetitions(rows: list[PlannedRow]) -> None:
    first: dict[Key, int] = {}
    for row in rows:
        key = (*_name(row.values), *_outlet(row.values), *_email(row.values), *_phone(row.values))
        before = first.setdefault(key, row.number)
        if before != row.number and not row.errors:
            row.errors.append(_("Cette ligne répète la ligne %(number)d.") % {"number": before})


def _decide(row: PlannedRow, found: Journalist | None, columns: Columns, origin: Origin) -> None:
    """New, changed, the same, or refused."""
    row.journalist = found
    if found is None:
        said = {"source": origin.source, "legal_basis": origin.legal_basis}
        row.values = {**{name: text for name, text in said.items() if text}, **row.values}
        row.errors = row.errors or [*_missing(row.values, columns)] or [*_invalid(Journalist(), row, columns)]
        row.act = Act.REFUSED if row.errors else Act.CREATE
        return
    row.changed = [name for name, value in row.values.items() if differs(getattr(found, name), value)]
    row.errors = row.errors or [*_invalid(found, row, columns)]
    row.act = Act.REFUSED if row.errors else Act.UPDATE if row.changed else Act.SAME


def _missing(values: dict[str, Any], columns: Columns) -> Iterator[str]:
    for name in ("name", "outlet", "source", "legal_basis"):
        if not values.get(name):
            yield f"{columns.heading(name)} : {_('à remplir.')}"
    if not (values.get("email") or values.get("phone")):
        yield _("Indiquez une adresse électronique ou un téléphone.")


def _invalid(journalist: Journalist, row: PlannedRow, columns: Columns) -> Iterator[str]:
    """What the model itself refuses: lengths, addresses."""
    changed = {name: value for name, value in row.values.items() if name != "region"}
    looked_at = Journalist(**{name: changed.get(name, getattr(journalist, name)) for name in press_file.KEPT
                              if name != "region"})  # fmt: skip
    looked_at.name_key = normalise(looked_at.name)
    try:
        looked_at.clean_fields(exclude=["created_at"])
    except ValidationError as refused:
        for name, messages in refused.message_dict.items():
            known = name if name in columns.usual else "name"
            yield from (f"{columns.heading(known)} : {message}" for message in messages)


def _name(said: dict[str, Any]) -> Key:
    return (normalise(said.get("name", "")),)


def _outlet(said: dict[str, Any]) -> Key:
    return (folded(said.get("outlet", "")),)


def _email(said: dict[str, Any]) -> Key:
    return (said.get("email", ""),)


def _phone(said: dict[str, Any]) -> Key:
    return (said.get("phone", ""),)


# From the surest to the least sure: the same person in the file and there already. A person who changed
# paper is found by name and address, one whose address changed by name and paper.
RULES: Sequence[tuple[Callable[[dict[str, Any]], Key], ...]] = (
    (_name, _email, _outlet),
    (_name, _email),
    (_name, _phone),
    (_name, _outlet),
)


def _match(rows: list[dict[str, Any]], present: list[Journalist]) -> list[Journalist | None]:
    """For each row whom it speaks of; None for somebody new, or where two would do. Nobody is taken twice."""
    kept = [
        {
            "name": one.name,
            "outlet": one.outlet,
            "email": one.email,
            "phone": getattr(one.phone, "as_e164", ""),
        }
        for one in present
    ]
    found: list[Journalist | None] = [None] * len(rows)
    taken: set[int] = set()
    for rule in RULES:
        by_key: dict[Key, list[int]] = {}
        for place, said in enumerate(kept):
            by_key.setdefault(tuple(part(said)[0] for part in rule), []).append(place)
        for number, said in enumerate(rows):
            key = tuple(part(said)[0] for part in rule)
            if found[number] is not None or not all(key):
                continue
            fitting = [place for place in by_key.get(key, []) if place not in taken]
            if len(fitting) == 1:
                found[number] = present[fitting[0]]
                taken.add(fitting[0])
    return found
