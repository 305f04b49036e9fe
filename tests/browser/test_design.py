"""What only a browser can tell of the design: faces loaded, one line of navigation, targets, reflow."""

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.addresses import LANGUAGES
from tests.browser.conftest import Visit

NARROW = {"width": 320, "height": 640}
CODES = [f"MA-{number:02}" for number in range(12, 0, -1)]
LONGER_MENU = """entries => {
  const menu = document.querySelector(".nav ul");
  for (const words of entries) {
    const entry = menu.firstElementChild.cloneNode(true);
    entry.firstElementChild.textContent = words;
    menu.append(entry);
  }
}"""
# A region's own path or circle answers at the middle of its number.
UNDER_THE_FINGER = """() => [...document.querySelectorAll(".map > a")].map(link => {
  link.scrollIntoView({block: "center"});
  const box = link.querySelector(".hit").getBoundingClientRect();
  const found = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return [box.width >= 24, found.closest("a") === link];
})"""


@pytest.fixture
def tour(transactional_db: None) -> None:
    for code in CODES:
        factories.make_region(code)
    for code in CODES[:3]:
        factories.make_stop(region=code)


def faces_loaded(page: Page, address: str) -> set[str]:
    loaded: set[str] = set()
    page.on("request", lambda request: loaded.add(request.url.rpartition("/")[2]))
    page.goto(address)
    page.evaluate("document.fonts.ready")
    return {name.split(".")[0] for name in loaded if name.endswith(".woff2")}


def test_each_language_loads_its_own_faces_only(visit: Visit, tour: None) -> None:
    """One word of Arabic stands on French and English pages: the name of the language, in 3 kB of its own."""
    for language in ("fr", "en"):
        assert faces_loaded(visit(language=language), f"/{language}/") == {
            "plex-latin",
            "plex-arabic-switch",
        }
    assert faces_loaded(visit(language="ar"), "/ar/") == {
        "plex-latin",
        "plex-arabic-regular",
        "plex-arabic-semibold",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_menu_stays_on_one_line_whatever_it_holds(visit: Visit, tour: None, language: str) -> None:
    page = visit(language=language, viewport=NARROW)
    page.goto(f"/{language}/")
    before = page.locator(".nav").bounding_box()
    page.evaluate(LONGER_MENU, ["Feuille de route"])
    after = page.locator(".nav").bounding_box()
    assert before is not None
    assert after is not None
    assert after["height"] == before["height"] < 60
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_region_of_the_map_answers_a_finger(visit: Visit, tour: None, language: str) -> None:
    page = visit(language=language, viewport={"width": 360, "height": 740})
    page.goto(f"/{language}/regions/")
    assert page.evaluate(UNDER_THE_FINGER) == [[True, True]] * 12


def test_the_map_is_walked_with_the_keyboard_in_the_order_of_the_tour(visit: Visit, tour: None) -> None:
    page = visit()
    page.goto("/fr/regions/")
    links = page.locator(".map > a")
    expect(links).to_have_count(12)
    links.nth(0).focus()
    plain = links.nth(2).locator("path").evaluate("path => getComputedStyle(path).fill")
    for number in (1, 2):
        page.keyboard.press("Tab")
        expect(links.nth(number)).to_be_focused()
    # The focus is seen: the region changes its ground.
    page.wait_for_timeout(250)
    assert links.nth(2).locator("path").evaluate("path => getComputedStyle(path).fill") != plain
    page.keyboard.press("Enter")
    page.wait_for_url("**/regions/guelmim-oued-noun/")


def test_twice_the_size_of_text_breaks_nothing(visit: Visit, tour: None) -> None:
    page = visit(language="ar", viewport={"width": 640, "height": 900})
    for address in ("/ar/", "/ar/regions/guelmim-oued-noun/", "/ar/etapes/guelmim-oued-noun/inscription/"):
        page.goto(address)
        # By the object model: the page's policy allows no style of its own, and needs none.
        page.evaluate("document.documentElement.style.fontSize = '237.5%'")
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "38px"
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, address
