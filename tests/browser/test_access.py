"""Every public page in three languages, on a telephone, without a violation of WCAG 2.2 AA.

axe sees what a machine can see: contrast, names, roles, structure, targets. The pages are fetched
with a browser that also reports violations of the content security policy.
"""

from typing import Any

import pytest

from meetings import releases
from tests import addresses, factories
from tests.browser.conftest import DESK, TELEPHONE, Visit
from tests.browser.looking import cut_off, violations

# What is no page: documents, pictures, feeds, and what leads to a page that is looked at anyway.
FILES = ("_file", "_card", "_schema", "poster", "square", "sitemap", "robots")
ELSEWHERE = ("short_",)


@pytest.fixture
def pages(transactional_db: None) -> list[addresses.Address]:
    world = addresses.make_world()
    releases.publish(world.stop, by=None)
    world.stop.refresh_from_db()
    addresses.make_every_state()
    found = addresses.every_address(world)
    return [
        address
        for address in found
        if not address.route.endswith(FILES) and not address.route.startswith(ELSEWHERE)
    ]


@pytest.mark.parametrize("language", addresses.LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_public_page_is_accessible(
    visit: Visit, pages: list[addresses.Address], language: str, scheme: Any
) -> None:
    page = visit(language=language, viewport=TELEPHONE, color_scheme=scheme)
    problems = []
    for address in pages:
        if address.language == language:
            answer = page.goto(address.path)
            assert answer is not None
            assert answer.status == 200, address
            problems += violations(page)
            problems += cut_off(page)
    assert problems == []


@pytest.mark.parametrize("language", addresses.LANGUAGES)
def test_every_state_of_a_stop_is_accessible(
    visit: Visit, pages: list[addresses.Address], language: str
) -> None:
    page = visit(language=language, viewport=DESK)
    problems = []
    for code in addresses.STATES:
        slug = factories.make_region(code).slug
        answer = page.goto(f"/{language}/etapes/{slug}/")
        assert answer is not None
        assert answer.status == 200, slug
        problems += violations(page)
    assert problems == []


@pytest.mark.parametrize("language", addresses.LANGUAGES)
def test_a_page_that_does_not_exist_is_accessible(
    visit: Visit, transactional_db: None, language: str
) -> None:
    page = visit(language=language)
    page.goto(f"/{language}/nulle-part/")
    assert violations(page) == []


def test_axe_sees_what_is_wrong(visit: Visit, transactional_db: None) -> None:
    """Otherwise the tests above prove nothing."""
    page = visit()
    page.goto("/fr/")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert any("button-name" in problem for problem in violations(page))
