"""Every public page, in every state, three languages and both schemes, without a violation of WCAG 2.2 AA.

axe sees what a machine can see: contrast, names, roles, headings, landmarks, targets. The pages are
fetched with a browser that also reports violations of the content security policy.
"""

import pytest
from playwright.sync_api import Page

from tests import addresses
from tests.browser.conftest import DESK, TELEPHONE, Pages, Visit
from tests.browser.looking import cut_off, violations

COLOURS = ("color-contrast", "link-in-text-block")


@pytest.mark.parametrize("language", addresses.LANGUAGES)
def test_every_page_is_accessible_and_whole_in_both_schemes(
    visit: Visit, pages: Pages, language: str
) -> None:
    """In the light on a telephone, then in the dark on a desk: only colours change with the scheme."""
    page = visit(language=language, viewport=TELEPHONE, reduced_motion="reduce")
    problems = []
    for path in pages(language):
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(TELEPHONE)
        open_page(page, path)
        problems += violations(page)
        problems += cut_off(page)
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size(DESK)
        problems += [f"dark: {found}" for found in violations(page, rules=COLOURS)]
        problems += [f"desk: {found}" for found in cut_off(page)]
    assert problems == []


def open_page(page: Page, path: str) -> None:
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == (404 if path.endswith("nulle-part/") else 200), path


@pytest.mark.parametrize(
    ("break_it", "rule"),
    [
        ("document.querySelector('main').append(document.createElement('button'))", "button-name"),
        ("document.querySelector('main').append(document.createElement('h6'))", "empty-heading"),
        ("document.querySelector('h1').outerHTML = '<p>sans titre</p>'", "page-has-heading-one"),
        ("document.querySelector('main').outerHTML = '<div>sans repère</div>'", "landmark-one-main"),
        ("document.documentElement.lang = ''", "html-has-lang"),
    ],
)
def test_axe_sees_what_is_wrong(visit: Visit, transactional_db: None, break_it: str, rule: str) -> None:
    """Otherwise the tests above prove nothing."""
    page = visit()
    page.goto("/fr/")
    assert violations(page) == []
    page.evaluate(break_it)
    assert any(f" {rule}: " in problem for problem in violations(page))


def test_what_is_cut_off_is_seen(visit: Visit, transactional_db: None) -> None:
    page = visit(viewport=TELEPHONE)
    page.goto("/fr/")
    assert cut_off(page) == []
    page.evaluate("document.querySelector('h1').style.whiteSpace = 'nowrap'")
    page.evaluate("document.querySelector('h1').append(' et encore'.repeat(20))")
    assert cut_off(page) != []
