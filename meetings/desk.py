"""Working pages around a stop, by name: apps above offer theirs, the stop's own page leads to them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from meetings.models import Stop


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    label: "str | _StrPromise"
    address: "Callable[[Stop], str]"


_registry: dict[str, Page] = {}


def register(page: Page) -> None:
    _registry[page.name] = page


def every() -> list[Page]:
    """In the order they were offered."""
    return list(_registry.values())


def links(stop: "Stop") -> list[tuple[str, str]]:
    """Address and label of each page, in the order they were offered."""
    return [(page.address(stop), str(page.label)) for page in every()]
