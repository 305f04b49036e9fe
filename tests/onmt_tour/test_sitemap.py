"""onmt_tour/sitemap.py: every public page in its languages, no draft, no private address."""

from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from pytest_django import Settings

from tests.factories import make_region, make_stop
from tests.press.rows import make_press_release

pytestmark = pytest.mark.django_db
SPACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


@pytest.fixture
def entries(client: Client, settings: Settings) -> dict[str, ET.Element]:
    settings.SITE_URL = "https://tournee.example"
    make_stop()
    make_stop(published=False, region="MA-01")
    make_press_release()
    make_press_release(published_at=None)
    answer = client.get("/sitemap.xml")
    assert answer["Content-Type"] == "application/xml"
    root = ET.fromstring(answer.content)  # noqa: S314 - our own words
    return {entry.findtext("s:loc", "", SPACES): entry for entry in root.findall("s:url", SPACES)}


def test_every_released_stop_stands_there_in_three_languages(entries: dict[str, ET.Element]) -> None:
    here = {address for address in entries if "/etapes/" in address and "avis" not in address}
    assert here == {
        f"https://tournee.example/{language}/etapes/dakhla-oued-ed-dahab/" for language in ("fr", "ar", "en")
    }
    entry = entries["https://tournee.example/ar/etapes/dakhla-oued-ed-dahab/"]
    others = {link.get("hreflang"): link.get("href") for link in entry.findall("x:link", SPACES)}
    assert others == {
        "fr": "https://tournee.example/fr/etapes/dakhla-oued-ed-dahab/",
        "ar": "https://tournee.example/ar/etapes/dakhla-oued-ed-dahab/",
        "en": "https://tournee.example/en/etapes/dakhla-oued-ed-dahab/",
    }
    assert entry.findtext("s:lastmod", "", SPACES) != ""


def test_every_page_that_is_named_answers(client: Client, entries: dict[str, ET.Element]) -> None:
    assert len(entries) == 3 * (7 + 2 + 1 + 1 + 1)
    for address in entries:
        assert client.get(address.removeprefix("https://tournee.example")).status_code == 200, address


def test_robots_are_led_to_it_and_away_from_what_is_private(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://tournee.example"
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert "Disallow: /admin/" in lines
    assert "Disallow: /*/invitation/" in lines
    assert lines[-1] == "Sitemap: https://tournee.example/sitemap.xml"


@pytest.mark.parametrize("stops", [1, 3])
def test_four_queries_whatever_the_number(
    client: Client, django_assert_num_queries: object, stops: int
) -> None:
    for code in ("MA-12", "MA-11", "MA-10")[:stops]:
        make_region(code)
        make_stop(region=code)
    with django_assert_num_queries(4):  # type: ignore[operator]
        client.get("/sitemap.xml")
