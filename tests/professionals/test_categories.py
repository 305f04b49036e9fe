"""professionals.categories: the list of categories is Django's, drawn faster."""

from html.parser import HTMLParser

import pytest
from django import forms

from professionals.categories import GroupedSelect

CHOICES = [("", "Choisir"), ("Hébergement & plus", [("1", "Hôtel"), ("2", "Riad <d'hôtes>")]), ("3", "Autre")]


class Told(HTMLParser):
    """What a browser reads: marks with their attributes, and words."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.read: list[object] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.read.append((tag, sorted((name, value or "") for name, value in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.read.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.read += filter(None, [data.strip()])


@pytest.mark.parametrize("value", [None, "", "2", "3", 2, "<&>"])
def test_a_browser_reads_what_it_would_read_of_django(value: object) -> None:
    attributes = {"id": "id_category", "required": True, "aria-describedby": "id_category_error"}
    ours, theirs = (
        kind(choices=CHOICES).render("category", value, attributes) for kind in (GroupedSelect, forms.Select)
    )
    assert Told(ours).read == Told(theirs).read
