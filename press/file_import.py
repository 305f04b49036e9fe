"""Journalists out of a table that somebody filled in: planned first, then written whole or not at all.

press/file_columns.py says how the columns are called. Nom, média, an address or a telephone, source and
base légale are required; the last two may be given once for the whole file. A row without région is of the
national press. An empty cell changes nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from press import file_columns, press_file
from press.models import Journalist
from professionals.names import normalise
from regions import people_columns, sheets, table_import
from regions.people_columns import Columns
from regions.sheets import folded
from regions.table_import import Act, Changes, Origin

Key = tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class PlannedRow(table_import.PlannedRow):
    values: dict[str, Any]  # what is said of the person, here or for the whole file
    journalist: Journalist | None = None

    @property
    def found(self) -> Journalist | None:
        return self.journalist


Plan = table_import.Plan[PlannedRow]


def run(content: bytes, *, origin: Origin, by: User | None, seen: str | None = None) -> Plan:
    """Write the journalists of a file; the same file twice changes nothing.

    Raises Unreadable and what table_import.run raises: in each case nothing is written.
    """

    def written(rows: list[PlannedRow]) -> None:
        for row in rows:
            _write(row, by=by)

    try:
        return table_import.run(lambda: plan(content, origin=origin, lock=True), written, seen=seen)
    except press_file.AlreadyThere as error:
        raise table_import.ChangedMeanwhile from error


def plan(content: bytes, *, origin: Origin, lock: bool = False) -> Plan:
    """What `run` would do, row by row, with what is wrong. Raises Unreadable."""
    sheet = sheets.read(content, known=file_columns.NAMES)
    columns = people_columns.columns(
        sheet.header, usual=file_columns.HEADINGS, required=file_columns.REQUIRED
    )
    readers = file_columns.READERS | {"region": people_columns.Regions().read}
    read = []
    for row in sheet.rows:
        values, errors = table_import.cells(row, columns, readers)
        read.append(PlannedRow(number=row.number, values=values, errors=errors))
    table_import.refuse_repetitions(read, _all_of_it)
    present = Journalist.objects.select_related("region").order_by("pk")
    if lock:
        present = present.select_for_update(of=("self",), no_key=True)
    found = _match([row.values for row in read], list(present))
    for planned, journalist in zip(read, found, strict=True):
        _decide(planned, journalist, columns, origin)
    return Plan(read, columns.ignored, table_import.file_seal(content, origin))


def _write(row: PlannedRow, *, by: User | None) -> None:
    if row.act is Act.CREATE:
        press_file.add(by=by, **row.values)
    elif row.act is Act.UPDATE and row.journalist:
        press_file.change(row.journalist, by=by, **{name: row.values[name] for name in row.changed})


def _all_of_it(row: PlannedRow) -> Key:
    return (*_name(row.values), *_outlet(row.values), *_email(row.values), *_phone(row.values))


def _decide(row: PlannedRow, found: Journalist | None, columns: Columns, origin: Origin) -> None:
    """New, changed, the same, or refused."""
    row.journalist = found
    if found is None:
        said = {"source": origin.source, "legal_basis": origin.legal_basis}
        row.values = {**{name: text for name, text in said.items() if text}, **row.values}
        row.errors = row.errors or [*_missing(row.values, columns)]
    else:
        row.changes = Changes.between(found, row.values)
    row.errors = row.errors or [*_invalid(found or Journalist(), row, columns)]
    row.decide()


def _missing(values: dict[str, Any], columns: Columns) -> Iterator[str]:
    for name in ("name", "outlet", "source", "legal_basis"):
        if not values.get(name):
            yield columns.about(name, _("à remplir."))
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
            yield from (columns.about(known, message) for message in messages)


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
