"""Every public page without mouse, on the smallest window, with text twice as large; other media.

320 by 256 is a window of 1280 by 1024 at 400 %.
"""

import pytest
from playwright.sync_api import expect

from tests import addresses, factories
from tests.browser.conftest import DESK, TELEPHONE, Pages, Visit
from tests.browser.looking import cut_off, violations
from tests.browser.test_access import open_page
from tests.browser.walking import order, unseen

ZOOMED = {"width": 320, "height": 256}
LARGER = """
() => {
  const root = document.documentElement;
  root.style.fontSize = `${2 * parseFloat(getComputedStyle(root).fontSize)}px`;
}
"""


@pytest.mark.parametrize("language", addresses.LANGUAGES)
def test_every_page_is_whole_at_400_percent_and_focus_is_always_seen(
    visit: Visit, pages: Pages, language: str
) -> None:
    page = visit(language=language, viewport=ZOOMED, reduced_motion="reduce")
    problems = []
    for path in pages(language):
        open_page(page, path)
        problems += cut_off(page)
        problems += unseen(page)
    assert problems == []


@pytest.mark.parametrize("language", addresses.LANGUAGES)
def test_every_page_is_whole_with_text_twice_as_large(visit: Visit, pages: Pages, language: str) -> None:
    """On a desk, and on a telephone, where half as much stands on a line."""
    page = visit(language=language, viewport=DESK)
    problems = []
    for path in pages(language):
        open_page(page, path)
        page.evaluate(LARGER)
        for viewport in (DESK, TELEPHONE):
            page.set_viewport_size(viewport)
            problems += [f"{viewport['width']} px: {found}" for found in cut_off(page)]
    assert problems == []


@pytest.mark.parametrize(("language", "viewport"), [("fr", TELEPHONE), ("ar", DESK)])
def test_tab_goes_through_the_main_pages_in_the_order_of_reading(
    visit: Visit, pages: Pages, language: str, viewport: dict[str, int]
) -> None:
    """Map, filters and form with them; nothing is left out and nothing holds it."""
    pages(language)
    stop = f"/{language}/etapes/{factories.make_region('MA-12').slug}/"
    page = visit(language=language, viewport=viewport, reduced_motion="reduce")
    for path in (f"/{language}/", f"/{language}/agenda/", stop, f"{stop}inscription/"):
        page.goto(path)
        places = order(page)
        assert places == list(range(len(places))), path
        assert len(places) == page.locator("[data-place]").count(), path


@pytest.mark.parametrize("language", addresses.LANGUAGES)
def test_the_first_stop_skips_to_the_content(visit: Visit, pages: Pages, language: str) -> None:
    page = visit(language=language, viewport=TELEPHONE)
    page.goto(f"/{language}/")
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("language", addresses.LANGUAGES)
def test_the_errors_of_a_form_are_announced_and_lead_to_their_fields(
    visit: Visit, pages: Pages, language: str
) -> None:
    pages(language)
    page = visit(language=language, viewport=TELEPHONE)
    page.goto(f"/{language}/etapes/{factories.make_region('MA-12').slug}/inscription/")
    title = page.title()
    page.locator("[name=phone]").fill("12")
    page.locator("main form button").last.click()
    summary = page.locator("main [role=alert]")
    expect(summary).to_be_visible()
    assert page.title() != title  # the first thing that is read out says so
    links = summary.locator("a")
    assert links.count() >= 5
    for link in links.all():
        name = link.get_attribute("href").removeprefix("#")
        field = page.locator(f"[id='{name}']")
        link.click()
        expect(field).to_be_focused()
        assert field.get_attribute("aria-invalid") == "true", name
        described = (field.get_attribute("aria-describedby") or "").split()
        assert any(
            page.locator(f"[id='{one}']").inner_text().strip() == link.inner_text() for one in described
        ), name


MOVING = """
() => [...document.querySelectorAll("*")].filter(one => {
  const style = getComputedStyle(one);
  const lasts = value => value.split(",").some(part => parseFloat(part) > 0.01);
  return lasts(style.transitionDuration) || style.animationName !== "none" && lasts(style.animationDuration)
    || style.scrollBehavior === "smooth";
}).map(one => one.outerHTML.slice(0, 80))
"""


@pytest.mark.parametrize("name", ["", "agenda/", "etapes/dakhla-oued-ed-dahab/"])
def test_nothing_moves_for_who_asked_for_less_motion(visit: Visit, pages: Pages, name: str) -> None:
    pages("fr")
    page = visit(reduced_motion="reduce")
    page.goto(f"/fr/{name}")
    assert page.evaluate(MOVING) == []


FAINT = """
() => [...document.querySelectorAll("a.btn, button, input:not([type=hidden]), select, .state")]
.filter(one => {
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  if (!box.width || one.matches("[type=checkbox], [type=radio]")) return false;
  const edged = parseFloat(style.borderTopWidth) > 0 && style.borderTopStyle !== "none";
  // Words in the colour of what they stand on: legible only for the strip that browsers lay under them.
  const drowned = style.forcedColorAdjust !== "none" && style.color === style.backgroundColor;
  return drowned || !edged && !style.textDecorationLine.includes("underline");
}).map(one => one.outerHTML.slice(0, 120))
"""


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_in_forced_colours_every_control_keeps_an_edge_and_the_map_its_regions(
    visit: Visit, pages: Pages, language: str
) -> None:
    pages(language)
    page = visit(language=language, viewport=TELEPHONE, forced_colors="active")
    stop = f"/{language}/etapes/{factories.make_region('MA-12').slug}/"
    problems = []
    for path in (f"/{language}/", f"/{language}/agenda/", stop, f"{stop}inscription/"):
        page.goto(path)
        problems += [f"{path} {found}" for found in page.evaluate(FAINT)]
    page.goto(f"/{language}/")
    paths = "[...document.querySelectorAll('.map a path')].map(one => getComputedStyle(one))"
    canvas = page.evaluate("getComputedStyle(document.body).backgroundColor")
    strokes = set(page.evaluate(f"{paths}.map(style => style.stroke)"))
    assert strokes
    assert canvas not in strokes
    assert problems == []


CONTRAST = """
() => {
  const style = (selector, part) => getComputedStyle(document.querySelector(selector), part);
  const tokens = getComputedStyle(document.documentElement), body = getComputedStyle(document.body);
  return {
    soft: style(".lead").color === body.color,
    line: tokens.getPropertyValue("--line").trim() === tokens.getPropertyValue("--edge").trim(),
    plain: style(".frieze", "::before").display === "none",
    edged: parseFloat(style(".state").borderTopWidth) >= 2,
    underlined: style("main a:not(.btn)").textDecorationThickness === "2px",
  };
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_who_asks_for_more_contrast_gets_it(visit: Visit, pages: Pages, scheme: str) -> None:
    """Grey text becomes ink, faint lines strong ones; patterns go."""
    pages("fr")
    stop = f"/fr/etapes/{factories.make_region('MA-12').slug}/"
    plain, more = visit(color_scheme=scheme), visit(color_scheme=scheme, contrast="more")
    for page, wanted in ((plain, False), (more, True)):
        page.goto(stop)
        found = page.evaluate(CONTRAST)
        assert found == dict.fromkeys(found, wanted)
    problems = []
    for path in ("/fr/", "/fr/agenda/", stop, f"{stop}inscription/"):
        more.goto(path)
        problems += violations(more, rules=("color-contrast",))
        problems += cut_off(more)
    assert problems == []


@pytest.mark.parametrize("language", addresses.LANGUAGES)
def test_paper_is_white_whole_and_without_what_is_only_clicked(
    visit: Visit, pages: Pages, language: str
) -> None:
    """Even for who reads in the dark."""
    page = visit(language=language, color_scheme="dark", viewport={"width": 718, "height": 1000})
    page.emulate_media(media="print")
    problems = []
    for path in pages(language):
        open_page(page, path)
        problems += cut_off(page)
        if colours := page.evaluate(PALE):
            problems.append(f"{path} {colours}")
        problems += [
            f"{path} shows {one}"
            for one in (".skip", "nav.nav", ".screen-only")
            if page.locator(one).first.is_visible()
        ]
        # What cannot be clicked any more is read: the telephones of the press, the short address.
        for kept in (".to-press a[href^=tel]", ".short a"):
            if page.locator(kept).count() and not page.locator(kept).first.is_visible():
                problems.append(f"{path} hides {kept}")
    assert problems == []


# Paper and ink, where they are not dark on white.
PALE = """
() => {
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const paper = getComputedStyle(document.body).backgroundColor;
  const ink = getComputedStyle(document.querySelector("h1, main p")).color;
  const [red, green, blue, opaque = 1] = parts(paper);
  const white = opaque === 0 || Math.min(red, green, blue) > 230;
  return white && Math.max(...parts(ink).slice(0, 3)) < 120 ? null : [paper, ink];
}
"""
