"""Rows as plain values, to be written again as they were; and what hangs on a row."""

from collections.abc import Iterator
from datetime import date, time
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction


def values(row: models.Model) -> dict[str, Any]:
    """Every column, as JSON keeps it."""
    found = {}
    for field in row._meta.concrete_fields:
        if not field.generated:
            value = field.value_from_object(row)
            if isinstance(value, date | time):  # to the microsecond, which Django's encoder drops
                value = value.isoformat()
            found[field.attname] = str(value) if hasattr(value, "as_e164") else value
    return {"model": row._meta.label, "values": found}


def write_again(kept: dict[str, Any], **changes: Any) -> models.Model:
    """The row as `values` saw it, under its own number."""
    model = apps.get_model(kept["model"])
    columns = {field.attname: field for field in model._meta.concrete_fields}
    said = {name: columns[name].to_python(value) for name, value in kept["values"].items()}
    row = model(**said | changes)
    row.save(force_insert=True)
    return row


def hanging_on(row: models.Model) -> Iterator[tuple[str, str, models.Model]]:
    """Every row that refers to this one: its model, the column, the row."""
    for relation in row._meta.related_objects:
        field = relation.field
        model = relation.related_model
        for other in model._default_manager.filter(**{field.name: row.pk}).order_by("pk"):
            yield model._meta.label, field.attname, other


def repoint(label: str, column: str, pk: int, *, to: int, only_from: int | None = None) -> bool:
    """Let the row refer to another; False where a rule of its table forbids that."""
    rows = apps.get_model(label)._default_manager.filter(pk=pk)
    if only_from is not None:
        rows = rows.filter(**{column: only_from})
    try:
        with transaction.atomic():
            rows.update(**{column: to})
    except IntegrityError:
        return False
    return True
