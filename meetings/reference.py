"""The usual agenda of a stop, from the reference data of the regions."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from meetings.models import AgendaTemplateItem
from regions import reference


@transaction.atomic
def load(*, refresh: bool = False) -> list[reference.Tally]:
    """The points of the usual agenda; those that exist stay as the staff left them unless `refresh`."""
    return [reference.put(AgendaTemplateItem, "code", items(), refresh=refresh)]


def items() -> Iterator[dict[str, Any]]:
    template = reference.read("reference.json")["agenda_template"]
    for position, item in enumerate(template["items"], start=1):
        yield {
            "code": item["code"],
            **{f"title_{language}": item[language] for language in ("fr", "ar", "en")},
            "minutes": item["minutes"],
            "optional": item.get("optional", False),
            "position": position,
        }
