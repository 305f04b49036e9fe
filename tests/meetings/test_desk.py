"""The working pages around a stop: from its own page to each, and from each to the others."""

import html5lib
import pytest
from django.test import Client
from django.urls import reverse

from meetings import desk
from tests.factories import make_staff, make_stop

pytestmark = pytest.mark.django_db


def led_to(client: Client, address: str) -> list[tuple[str, bool]]:
    """Where the line of working pages on a page leads, and whether one stands there."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    tree = html5lib.parse(answer.content.decode(), namespaceHTMLElements=False)
    links = tree.findall(".//div[@class='wrap desk']//a")
    return [(str(link.get("href")), link.get("aria-current") == "page") for link in links]


def test_each_working_page_of_a_stop_leads_to_the_others(client: Client) -> None:
    client.force_login(make_staff())
    stop = make_stop()
    own = reverse("admin:meetings_stop_change", args=[stop.pk])
    pages = {page.name: page.address(stop) for page in desk.every()}
    assert set(pages) >= {"urgent", "team", "papers", "day", "roll", "duplicates"}
    for name in ("urgent", "team", "papers", "roll"):
        everything = [(own, False), *((address, one == name) for one, address in pages.items())]
        assert led_to(client, pages[name]) == everything


def test_the_pages_under_them_lead_there_too(client: Client) -> None:
    client.force_login(make_staff())
    stop = make_stop()
    expected = led_to(client, reverse("team:register", args=[stop.slug]))
    for route in ("team:unconfirmed", "team:by_telephone"):
        assert led_to(client, reverse(route, args=[stop.slug])) == expected


def test_the_stop_in_the_administration_leads_to_each(client: Client) -> None:
    client.force_login(make_staff())
    stop = make_stop()
    page = client.get(reverse("admin:meetings_stop_change", args=[stop.pk]))
    found = {address for address, _label in page.context["stop_pages"]}
    assert found >= {page.address(stop) for page in desk.every()}
