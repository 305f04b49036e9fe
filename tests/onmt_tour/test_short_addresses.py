"""`/i/<slug>` and `/i/agenda`: for posters and messages, in the language of whoever opens them."""

import pytest
from django.test import Client

from meetings import sharing
from tests.factories import make_stop, make_tour

pytestmark = pytest.mark.django_db

SLUG = "dakhla-oued-ed-dahab"


@pytest.mark.parametrize(("wanted", "language"), [("ar-MA,fr;q=0.8", "ar"), ("en-GB", "en"), ("", "fr")])
@pytest.mark.parametrize(
    ("short", "page"),
    [
        (f"/i/{SLUG}", f"etapes/{SLUG}/"),
        (f"/i/{SLUG}/", f"etapes/{SLUG}/"),
        (f"/i/{SLUG.upper()}", f"etapes/{SLUG}/"),
        (f"/i/{SLUG}?par=affiche", f"etapes/{SLUG}/?par=affiche"),
        ("/i/agenda", "agenda/"),
        ("/i/agenda?type=presse", "agenda/?type=presse"),
    ],
)
def test_a_short_address_leads_to_the_page_in_the_reader_s_language(
    client: Client, wanted: str, language: str, short: str, page: str
) -> None:
    make_stop()
    response = client.get(short, headers={"accept-language": wanted} if wanted else {})
    assert (response.status_code, response.headers["Location"]) == (302, f"/{language}/{page}")
    assert "Accept-Language" in response.headers["Vary"]
    assert not response.cookies


@pytest.mark.parametrize("wanted", ["fr", "ar", "en"])
def test_drafts_other_tours_and_unknown_stops_are_not_found_in_the_reader_s_language(
    client: Client, wanted: str
) -> None:
    make_stop(published=False)
    make_stop(region="MA-11", tour=make_tour(slug="autre", is_current=False))
    pages = []
    for slug in (SLUG, "laayoune-sakia-el-hamra", "atlantide"):
        response = client.get(f"/i/{slug}", headers={"accept-language": wanted})
        assert response.status_code == 404
        pages.append(response.content.decode().replace(slug, ""))
    assert f'<html lang="{wanted}"' in pages[0]
    assert pages == pages[:1] * 3


def test_what_is_shared_is_the_address_that_leads_there(client: Client) -> None:
    make_stop()
    short = sharing.short_address(SLUG)
    assert client.get("/i/" + short.rpartition("/i/")[2]).headers["Location"] == f"/fr/etapes/{SLUG}/"


def test_asking_costs_one_question(client: Client, django_assert_num_queries) -> None:
    make_stop()
    with django_assert_num_queries(1):
        client.get(f"/i/{SLUG}")
    with django_assert_num_queries(0):
        client.get("/i/agenda")
