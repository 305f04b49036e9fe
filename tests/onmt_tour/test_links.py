"""Every link of the public pages leads somewhere."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve
from django.utils import translation

from tests.factories import make_region, make_stop, next_thursday

MADE_APART = (".pdf", ".png", ".xlsx")
ELSEWHERE = ("mailto:", "tel:", "#", "https://wa.me/", "https://www.openstreetmap.org/")


def links(html: str, here: str) -> set[str]:
    """The addresses a page leads to, relative ones resolved."""
    found = set(re.findall(r'<a\b[^>]*?href="([^"]*)"', html))
    # What calendars subscribe to is fetched over http.
    webcal = settings.SITE_URL.replace("http://", "webcal://")
    found = {unescape(address).removeprefix(settings.SITE_URL).removeprefix(webcal) for address in found}
    ours = {address for address in found if not address.startswith(ELSEWHERE)}
    return {address if address.startswith("/") else f"{here}{address}" for address in ours}


@pytest.mark.django_db
def test_every_link_of_the_public_pages_leads_somewhere(client: Client) -> None:
    make_region("MA-10")
    make_stop(region="MA-12")
    make_stop(region="MA-11", date=next_thursday() + timedelta(weeks=1))
    waiting, seen = {"/fr/"}, {}
    while waiting:
        address = waiting.pop()
        if address.startswith(("/ar/", "/en/")) and address.endswith(MADE_APART):
            # Making each takes a second: that the address is one, and what it leads to in French, is enough.
            with translation.override(address[1:3]):
                seen[address] = 200 if resolve(address) else 404
            continue
        response = client.get(address)
        if response.status_code == 302:  # a short address leads on
            response = client.get(seen_at := response.headers["Location"])
            seen[address], address = 200, seen_at
        seen[address] = response.status_code
        if "text/html" in response.headers["Content-Type"]:
            waiting |= links(response.content.decode(), address) - set(seen)
    assert {address: status for address, status in seen.items() if status != 200} == {}
    # Home, agenda, regions with three pages, two stops with their kits and notices to the press, the press
    # room, three pages about the site, in three languages; the files of the tour and of each stop.
    assert len([address for address in seen if address.endswith("/") and "inscription" not in address]) == 48
    assert len([address for address in seen if "/agenda." in address]) == 3 * (6 + 2 * 5)
    assert {address for address in seen if not re.match(r"/(fr|ar|en)/", address)} == {
        "/i/dakhla-oued-ed-dahab",
        "/i/laayoune-sakia-el-hamra",
    }
