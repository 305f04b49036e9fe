"""onmt_tour/templatetags/sharing.py: what messages and search engines read of a page."""

import re
from datetime import date

import pytest
from django.test import Client
from pytest_django import Settings

from meetings import lifecycle
from tests.factories import make_stop, make_tour

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    settings.SITE_URL = "https://tournee.example"


def graph(html: str) -> dict[str, str]:
    return dict(re.findall(r'<meta property="(og:[a-z:_]+)" content="([^"]*)">', html))


def test_a_link_to_a_stop_shows_its_city_day_and_hour(client: Client) -> None:
    stop = make_stop(date=date(2027, 3, 4))
    found = graph(client.get(f"/fr/etapes/{stop.slug}/").content.decode())
    assert found["og:title"] == "Dakhla – jeudi 4\xa0mars 2027, 10h00 (heure du Maroc)"
    assert found["og:url"] == f"https://tournee.example/fr/etapes/{stop.slug}/"
    assert found["og:image"] == f"https://tournee.example/fr/etapes/{stop.slug}/partage.png"
    assert found["og:locale"] == "fr_MA"
    assert client.get(found["og:image"].removeprefix("https://tournee.example")).status_code == 200


@pytest.mark.parametrize(
    ("verb", "words"), [("cancel", "Dakhla – étape annulée"), ("postpone", "Dakhla – étape reportée")]
)
def test_a_link_to_a_stop_that_is_off_promises_no_hour(client: Client, verb: str, words: str) -> None:
    stop = make_stop()
    getattr(lifecycle, verb)(stop, by=None)
    assert graph(client.get(f"/fr/etapes/{stop.slug}/").content.decode())["og:title"] == words


def test_other_pages_show_the_tour(client: Client) -> None:
    make_tour()
    found = graph(client.get("/ar/agenda/").content.decode())
    assert found["og:image"] == "https://tournee.example/ar/partage.png"
    assert found["og:locale"] == "ar_MA"


def test_a_private_page_has_nothing_to_share(client: Client) -> None:
    assert graph(client.get("/fr/inscription/nulle-part/").content.decode()) == {}
    assert graph(client.get("/fr/nulle-part/").content.decode()) == {}
