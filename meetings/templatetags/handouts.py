"""The documents that a reader is shown, as a section of their page."""

from collections.abc import Iterable
from typing import Any

from django import template

from meetings.documents import HandoutDocument
from regions.models import Language

register = template.Library()


@register.inclusion_tag("meetings/_handouts.html")
def handouts(shown: Iterable[HandoutDocument] | None) -> dict[str, Any]:
    """« Documents de la rencontre »; nothing where there is none. Its addresses are below the page's."""
    rows = [{**one, "spoken": Language(one["language"]).label} for one in shown or []]
    return {"handouts": rows}
