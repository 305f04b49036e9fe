"""The twelve regions are Morocco's on every page and in every file, whatever code other people's data give.

ISO 3166-2 names carry « (EH) » behind three of them, and some open data file their cities under EH.
"""

import io
import re
from collections.abc import Iterator

import openpyxl
import pypdfium2
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from meetings import agenda, downloads, handing_out, releases
from meetings.models import Stop
from regions.models import Region
from tests import addresses
from tests.addresses import LANGUAGES

pytestmark = pytest.mark.django_db

# Another country's code, alone or before a subdivision's; a name that is not that of a region.
ANOTHER = re.compile(
    r"\(EH\)|(?<![\w-])(?:EH|ESH)(?![\w-])|(?<![\w-])(?!MA-)[A-Z]{2}-(?:\d{2}|[A-Z]{3})(?![\w-])"
    r"|MA-[A-Z]{2,3}\b|(?i:western sahara|sahara occidental)|الصحراء الغربية"
)
SOUTH = ("MA-10", "MA-11", "MA-12")


@pytest.fixture
def tour(monkeypatch: pytest.MonkeyPatch) -> None:
    """All twelve regions as they are loaded, each with its stop published."""
    monkeypatch.setattr(handing_out, "PATIENCE", 60.0)
    call_command("load_reference", verbosity=0)
    call_command("load_tour", publish=12, verbosity=0)
    assert len(agenda.stops()) == 12


def paths(languages: tuple[str, ...] = LANGUAGES) -> Iterator[str]:
    """Every page of each region and stop, and every file: of all stops in French, of the south in every
    language and whatever takes long."""
    for language in languages:
        with translation.override(language):
            yield from (reverse(name) for name in ("home", "regions", "meetings:agenda"))
            yield from (reverse("meetings:tour_file", args=[kind]) for kind in (*addresses.DOWNLOADS, "atom"))
            yield from (reverse("region", args=[region.slug]) for region in Region.objects.all())
            for stop in Stop.objects.select_related("region"):
                yield reverse("meetings:stop", args=[stop.slug])
                for kind in addresses.DOWNLOADS:
                    if stop.region.code in SOUTH or (language == "fr" and kind not in downloads.MADE_APART):
                        yield reverse("meetings:stop_file", args=[stop.slug, kind])
    yield from ("/schemas/agenda-1.json", "/sitemap.xml")


def said(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200, path
    if path.endswith(".pdf"):
        with pypdfium2.PdfDocument(io.BytesIO(answer.content)) as pages:
            return "\n".join(page.get_textpage().get_text_bounded() for page in pages)
    if path.endswith(".xlsx"):
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    return str(answer.content.decode())


def strangers(languages: tuple[str, ...] = LANGUAGES) -> list[str]:
    return [f"{path}: {found[0]}" for path in paths(languages) for found in ANOTHER.finditer(said(path))]


def test_no_page_and_no_file_gives_a_region_another_country(tour: None):
    assert strangers() == []


def test_the_walk_above_would_see_it(tour: None):
    """As other people's data have it, released: each kind of page and file tells."""
    name = "Dakhla-Oued Ed-Dahab (EH)"
    Region.objects.filter(code="MA-12").update(name_fr=name, name_ar=name, name_en=name)
    releases.release_changes(Stop.objects.get(region__code="MA-12"), by=None)
    kinds = {line.partition(":")[0].rpartition("/")[2].rpartition(".")[2] for line in strangers(("ar",))}
    assert kinds == {"", "pdf", "ics", "csv", "xlsx", "json", "atom"}


@pytest.mark.parametrize("code", ["EH", "EH-10", "ESH", "MA-REH", "(EH)"])
def test_a_strange_code_is_seen(code: str):
    assert ANOTHER.search(f"région {code}, ville")


@pytest.mark.parametrize("code", ["MA", "MA-12", "UTC+00:00", "UTF-8", "B2B", "2026-12-03"])
def test_what_is_ours_is_not_strange(code: str):
    assert not ANOTHER.search(f"région {code}, ville")
