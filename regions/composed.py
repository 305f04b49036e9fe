"""Queries composed once: public pages ask the same few questions all day, only the values differ.

Django composes the SQL of a queryset each time it is asked, which was nearly half of what a page cost that
is not answered from memory. Here it does so once a connection; rows, related rows and annotations come out
of Django's own compiler as ever.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models import QuerySet
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=models.Model)
Value = int | str | date | time | datetime | list[int]


class NotAValue(ValueError):
    """What was given to `build` is not in its SQL as it was given, so it cannot be exchanged later."""


class Composed(Generic[M]):
    """A queryset by the values that differ: `Composed(lambda slug: Region.objects.filter(slug=slug))`.

    `build` is called with stand-ins, once for each connection and number of values in its lists; it may
    pass them to `filter` and the like, and may not look at them.
    """

    def __init__(self, build: Callable[..., QuerySet[M, Any]]) -> None:
        self.build = build

    def rows(self, **values: Value) -> list[Any]:
        """What the queryset yields with these values. One query; none where it can have no rows.

        Raises NotAValue where one of them does not come through to the database as it is.
        """
        composed = self._composed(values)
        return composed.rows(values) if composed else []

    def first(self, **values: Value) -> Any | None:
        """The first of `rows`, which `build` limits."""
        return next(iter(self.rows(**values)), None)

    def _composed(self, values: Mapping[str, Value]) -> "_Prepared | None":
        known: dict[Any, _Prepared | None]
        # Kept with the connection: a compiler belongs to one, and a connection to one thread.
        known = connections["default"].__dict__.setdefault("composed_queries", {})
        shape = (self, *(len(value) if isinstance(value, list) else None for value in values.values()))
        if shape not in known:
            known[shape] = _compose(self.build, values)
        return known[shape]


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a value goes: parameter `index` is value `name`, or item `item` of it."""

    index: int
    name: str
    item: int | None
    wrapped: Callable[[Any], Any]

    def filled(self, values: Mapping[str, Any]) -> Any:
        value = values[self.name]
        return self.wrapped(value if self.item is None else value[self.item])


@dataclass(frozen=True, slots=True)
class _Prepared:
    queryset: QuerySet[Any, Any]
    compiler: SQLCompiler
    sql: str
    parameters: tuple[Any, ...]
    slots: tuple[_Slot, ...]

    def rows(self, values: Mapping[str, Value]) -> list[Any]:
        parameters = list(self.parameters)
        for slot in self.slots:
            parameters[slot.index] = slot.filled(values)
        self.compiler.as_sql = lambda *args, **kwargs: (self.sql, tuple(parameters))  # type: ignore[method-assign]
        return list(self.queryset.all())


class _ComposedQuery(Query):
    """A query that is not composed again, and so neither copied nor changed."""

    remembered: SQLCompiler

    def chain(self, klass: Any = None) -> Query:
        return self

    def get_compiler(self, *args: Any, **kwargs: Any) -> SQLCompiler:
        return self.remembered


def _compose(build: Callable[..., QuerySet[Any, Any]], values: Mapping[str, Value]) -> _Prepared | None:
    stand_ins = {name: _stand_in(number, value) for number, (name, value) in enumerate(values.items())}
    queryset = build(**stand_ins)
    compiler = queryset.query.get_compiler(using=queryset.db)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return None
    query = queryset.query.chain(klass=_ComposedQuery)
    assert isinstance(query, _ComposedQuery)  # noqa: S101 - as asked for
    query.remembered = compiler
    queryset.query = query
    return _Prepared(queryset, compiler, sql, tuple(parameters), _slots(parameters, stand_ins))


def _stand_in(number: int, value: Value) -> Value:
    """A value of the same kind that nobody uses."""
    if isinstance(value, list):
        return [-(1000 * number + item) - 2**40 for item in range(len(value))]
    if isinstance(value, bool):
        raise NotAValue
    if isinstance(value, int):
        return -(1000 * number) - 2**50
    if isinstance(value, str):
        return f"\0{number}"
    if isinstance(value, datetime):
        return datetime(1, 1, 1, microsecond=number + 1, tzinfo=UTC)
    return date(1, 1, number + 1) if isinstance(value, date) else time(microsecond=number + 1)


def _slots(parameters: Any, stand_ins: Mapping[str, Value]) -> tuple[_Slot, ...]:
    found = []
    for name, stand_in in stand_ins.items():
        singles = list(enumerate(stand_in)) if isinstance(stand_in, list) else [(None, stand_in)]
        for item, single in singles:
            places = [index for index, value in enumerate(parameters) if _same(value, single)]
            if not places:
                raise NotAValue(name)
            # Django gives integers a kind of their own (psycopg's Int8 …), by which they are sent.
            kind = type(parameters[places[0]]) if isinstance(single, int) else _as_it_is
            found += [_Slot(index, name, item, kind) for index in places]
    return tuple(found)


def _same(parameter: Any, stand_in: Any) -> bool:
    return isinstance(parameter, type(stand_in)) and parameter == stand_in


def _as_it_is(value: Any) -> Any:
    return value
