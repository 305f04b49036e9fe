"""What every import of a table has in common: planned row by row and shown, then written whole or not at all.

Each kind of person has its own module, which says how its columns are called, of whom a row speaks and how
a row is written: regions/people_import.py, press/file_import.py, professionals/directory/importing.py.
"""

import hashlib
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from regions.people_columns import BadCell, Columns
from regions.sheets import Row, tidy


class Act(Enum):
    CREATE = "create"
    UPDATE = "update"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the data come from and by what right we keep them, for rows that do not say it."""

    source: str = ""
    legal_basis: str = ""


class Changes(dict[str, tuple[Any, Any]]):
    """Column → what it holds, and what the file says."""

    @classmethod
    def between(cls, row: models.Model, said: Mapping[str, Any]) -> "Changes":
        found = {name: (getattr(row, name), value) for name, value in said.items()}
        return cls({name: pair for name, pair in found.items() if differs(*pair)})


@dataclass(slots=True, kw_only=True)
class PlannedRow:
    """What would become of one row of the file."""

    number: int
    act: Act = Act.REFUSED
    changes: Changes = field(default_factory=Changes)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def found(self) -> models.Model | None:
        """Who is there already."""
        raise NotImplementedError

    @property
    def changed(self) -> list[str]:
        return list(self.changes)

    @property
    def words(self) -> list[str]:
        """What would change, as people call it."""
        columns = self.found._meta if self.found else None
        return [str(columns.get_field(name).verbose_name) for name in self.changes] if columns else []  # type: ignore[union-attr]

    def decide(self) -> None:
        """New, changed, the same, or refused: from who was found, what differs and what is wrong."""
        if self.errors:
            self.act = Act.REFUSED
        elif self.found is None:
            self.act = Act.CREATE
        else:
            self.act = Act.UPDATE if self.changes else Act.SAME


R = TypeVar("R", bound=PlannedRow)


@dataclass(frozen=True)
class Plan(Generic[R]):
    rows: list[R]
    ignored: tuple[str, ...]  # headings nobody knows
    of_file: str  # file and origin it was made from, as a digest
    for_all: bool = False  # no column says of which region they are

    def of(self, act: Act) -> list[R]:
        return [row for row in self.rows if row.act is act]

    @property
    def refused(self) -> list[R]:
        return self.of(Act.REFUSED)

    @property
    def seal(self) -> str:
        """The same as long as the file, its origin and all rows it speaks of are the same."""
        found = hashlib.sha256(self.of_file.encode())
        for row in self.rows:
            changes = [(name, str(before), str(after)) for name, (before, after) in row.changes.items()]
            found.update(repr((row.number, row.act.value, row.found and row.found.pk, changes)).encode())
        return found.hexdigest()


class Refused(Exception):
    """Rows are wrong: nothing was written."""

    def __init__(self, plan: Plan[Any]) -> None:
        super().__init__(len(plan.refused))
        self.plan = plan


class ChangedMeanwhile(Exception):
    """Somebody else wrote the same people at this moment: nothing was written."""


class NotAsSeen(Exception):
    """What would happen is no longer what was shown: nothing was written."""

    def __init__(self, plan: Plan[Any]) -> None:
        super().__init__()
        self.plan = plan


def run(make: Callable[[], Plan[R]], write: Callable[[list[R]], None], *, seen: str | None) -> Plan[R]:
    """Make the plan and write its rows, in one transaction; `seen` is the seal of what was shown, if any.

    Raises Unreadable, Refused when one row is wrong, NotAsSeen, ChangedMeanwhile: nothing is written then.
    """
    try:
        with transaction.atomic():
            done = make()
            if done.refused:
                raise Refused(done)
            if seen is not None and seen != done.seal:
                raise NotAsSeen(done)
            write(done.rows)
    except IntegrityError as error:
        raise ChangedMeanwhile from error
    return done


def file_seal(content: bytes, origin: Origin) -> str:
    return hashlib.sha256(content + repr((origin.source, origin.legal_basis)).encode()).hexdigest()


def cells(
    row: Row, columns: Columns, readers: Mapping[str, Callable[[str], Any]]
) -> tuple[dict[str, Any], list[str]]:
    """What a row says, silent cells left out, and what is wrong with it."""
    values: dict[str, Any] = {}
    errors = []
    for name in columns.places:
        try:
            if text := columns.cell(row, name):
                values[name] = readers.get(name, str)(text)
        except BadCell as bad:
            errors.append(columns.about(name, str(bad)))
    if first := values.pop("first_name", ""):
        values["name"] = f"{first} {values.get('name', '')}".strip()
    if any(row.cells[len(columns.headings) :]):
        errors.append(_("Plus de cellules que d’en-têtes : un texte contient sans doute le séparateur."))
    return values, errors


class Numbered(Protocol):
    @property
    def number(self) -> int: ...

    @property
    def errors(self) -> list[str]: ...


N = TypeVar("N", bound=Numbered)


def refuse_repetitions(rows: Iterable[N], key: Callable[[N], Hashable]) -> None:
    """Of two rows that say the same person the second is refused."""
    first: dict[Hashable, int] = {}
    for row in rows:
        before = first.setdefault(key(row), row.number)
        if before != row.number and not row.errors:
            row.errors.append(_("Cette ligne répète la ligne %(number)d.") % {"number": before})


def differs(present: Any, said: Any) -> bool:
    """Text is compared as tables are read; addresses whatever their case; telephones as they are kept."""
    present = getattr(present, "as_e164", present)
    if isinstance(present, str):
        present = tidy(present)
        if "@" in present and said == said.lower():
            present = present.lower()
    return bool(present != said)
