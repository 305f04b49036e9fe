"""On the oldest telephone that is served, Chrome 80: whole without the rules it does not know."""

import pytest
from playwright.sync_api import Route

from tests import addresses
from tests.browser.conftest import Pages, Visit
from tests.browser.floor import as_chrome_80
from tests.browser.looking import cut_off, violations
from tests.browser.test_access import open_page

OLD_TELEPHONE = {"width": 360, "height": 640}


def aged(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=as_chrome_80(answer.text()))


@pytest.mark.parametrize("language", addresses.LANGUAGES)
def test_every_page_is_whole_with_what_chrome_80_leaves_of_the_stylesheet(
    visit: Visit, pages: Pages, language: str
) -> None:
    page = visit(language=language, viewport=OLD_TELEPHONE)
    page.context.route("**/*.css", aged)
    problems = []
    for path in pages(language):
        open_page(page, path)
        problems += cut_off(page)
        problems += violations(page, rules=("color-contrast", "target-size"))
    assert problems == []


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_page_is_whole_without_script(visit: Visit, pages: Pages, language: str) -> None:
    """Links, forms and words are all there before any script ran: what is hidden stays hidden with it."""
    page = visit(language=language, viewport=OLD_TELEPHONE, java_script_enabled=False)
    scripted = visit(language=language, viewport=OLD_TELEPHONE)
    for path in pages(language):
        open_page(page, path)
        open_page(scripted, path)
        for what in ("a:visible", "form:visible", "h2:visible"):
            assert page.locator(what).count() >= scripted.locator(what).count(), (path, what)


@pytest.mark.parametrize(
    ("css", "left"),
    [
        ("a{b:c}d:has(e){f:g}", "a{b:c}"),
        ("@layer x{a{b:c}}@layer y;d{e:f}", "d{e:f}"),
        ("@container (width>1px){a{b:c}}@media print{d{e:f}g:is(h){i:j}}", "@media print{d{e:f}}"),
        ("a{b:c;&:hover{d:e}}", "a{b:c;}"),
        ("a{inset:0;margin-inline:1px;margin-inline-start:2px}", "a{margin-inline-start:2px}"),
        ("@keyframes k{from{a:b}to{c:d}}", "@keyframes k{from{a:b}to{c:d}}"),
    ],
)
def test_what_chrome_80_drops(css: str, left: str) -> None:
    assert as_chrome_80(css) == left
