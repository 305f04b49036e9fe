"""Every page is valid HTML: public pages and our own pages of the administration, in three languages.

html5lib reports what the standard calls a parse error. Beside it: no id stands twice, and whatever
points at an id finds it.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from meetings import releases
from tests import addresses, admin_addresses, factories, team_addresses
from tests.admin_addresses import Kind

REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "form", "list", "headers")
# Django puts a list into a paragraph there.
DJANGOS = re.compile(r"/admin/accounts/user/\d+/password/$")

pytestmark = pytest.mark.django_db


def errors(html: str) -> list[str]:
    """What is wrong with a page, in the order of the page."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(html)
    found = [f"line {at[0]}: {code} {data}" for at, code, data in parser.errors]
    return [*found, *_broken_references(list(tree.iter()))]


def _broken_references(elements: list[Element]) -> Iterator[str]:
    ids = [element.get("id", "") for element in elements if element.get("id") is not None]
    yield from sorted({f"id twice: {one}" for one in ids if ids.count(one) > 1})
    known = set(ids)
    for element in elements:
        wanted = [one for name in REFERENCES for one in element.get(name, "").split()]
        href = element.get("href", "")
        wanted += [href[1:]] if href.startswith("#") and href != "#" else []
        yield from (
            f"nothing has the id {one}: {element.tag} {element.attrib}" for one in wanted if one not in known
        )


def wrong(client: Client, paths: list[str]) -> Iterator[str]:
    for path in paths:
        answer = client.get(path)
        assert answer.status_code in (200, 404), path
        yield from (f"{path} {error}" for error in errors(answer.content.decode()))


@pytest.mark.parametrize("language", addresses.LANGUAGES)
def test_every_public_page_is_valid(client: Client, language: str) -> None:
    world = addresses.make_world()
    releases.publish(world.stop, by=None)
    world.stop.refresh_from_db()
    addresses.make_every_state()
    paths = addresses.every_page(world, language)
    assert list(wrong(client, paths)) == []


@pytest.mark.parametrize("language", addresses.LANGUAGES)
def test_a_form_sent_back_is_valid(client: Client, language: str) -> None:
    stop = factories.make_stop()
    answer = client.post(f"/{language}/etapes/{stop.slug}/inscription/", {"phone": "12"})
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert errors(answer.content.decode()) == []


@pytest.mark.parametrize("language", addresses.LANGUAGES)
def test_our_own_pages_of_the_administration_are_valid(client: Client, language: str) -> None:
    request = RequestFactory().get("/admin/")
    request.user = admin_addresses.make_rows()
    client.force_login(request.user)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    pages = [one for one in admin_addresses.every_page(request, Kind.OWN) if not DJANGOS.match(one)]
    assert len(pages) >= 9
    assert list(wrong(client, pages)) == []


@pytest.mark.parametrize("language", addresses.LANGUAGES)
def test_every_page_of_the_team_is_valid(client: Client, language: str) -> None:
    staff = factories.make_staff()
    stop = team_addresses.make_rows(staff)
    client.force_login(staff)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    pages = [*team_addresses.every_page(stop), *team_addresses.desk_pages(stop)]
    assert len(pages) >= 40
    assert list(wrong(client, pages)) == []


@pytest.mark.parametrize("language", addresses.LANGUAGES)
def test_a_form_of_the_team_sent_back_is_valid(client: Client, language: str) -> None:
    staff = factories.make_staff()
    stop = factories.make_stop()
    client.force_login(staff)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    for path in team_addresses.forms(stop):
        answer = client.post(path, {"form": "f"})
        assert answer.context["form"].errors, path
        assert errors(answer.content.decode()) == [], path


@pytest.mark.parametrize("broken", ["<p>a<td>b", "<i id='a'></i><i id='a'></i>", "<label for='b'>x</label>"])
def test_what_is_broken_is_seen(broken: str) -> None:
    whole = f"<!doctype html><html lang='fr'><head><title>t</title></head><body>{broken}</body></html>"
    assert len(errors(whole)) == 1
