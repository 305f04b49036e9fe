"""The agenda's filters in a browser: with the script, without JavaScript, with a line that fails."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TELEPHONE, Visit
from tests.browser.looking import cut_off, violations
from tests.factories import make_stop, next_thursday

DAY = next_thursday(60).replace(day=15)
LATER = DAY.replace(day=1) + timedelta(days=45)


@pytest.fixture
def stops(transactional_db: None) -> None:
    make_stop(region="MA-12", date=DAY)
    make_stop(region="MA-10", date=LATER)


def shown(page: Page) -> list[str]:
    return page.locator("#resultats a[href*='/etapes/']").all_inner_texts()


def test_choosing_is_enough_and_the_address_the_count_and_the_languages_follow(
    visit: Visit, stops: None
) -> None:
    page = visit()
    page.goto("/fr/agenda/")
    page.focus("#mois")
    page.select_option("#mois", f"{DAY:%Y-%m}")
    expect(page.locator("#compte")).to_have_text("Une étape sur 2")
    expect(page).to_have_url(f"{page.url.partition('/fr/')[0]}/fr/agenda/?mois={DAY:%Y-%m}")
    assert shown(page) == ["Dakhla-Oued Ed-Dahab"]
    assert page.evaluate("document.activeElement.id") == "mois"
    assert page.get_attribute("#langues a[lang=ar]", "href") == f"/ar/agenda/?mois={DAY:%Y-%m}"
    page.select_option("#region", "guelmim-oued-noun")
    expect(page.locator("#compte")).to_have_text("Aucune étape")
    assert violations(page) == []
    page.go_back()
    expect(page.locator("#compte")).to_have_text("Une étape sur 2")
    assert page.input_value("#region") == ""


def test_nothing_is_lost_without_javascript(visit: Visit, stops: None) -> None:
    page = visit(java_script_enabled=False, viewport=TELEPHONE)
    page.goto("/fr/agenda/?vue=mois")
    page.select_option("#region", "guelmim-oued-noun")
    page.get_by_role("button", name="Filtrer").click()
    assert page.locator("#compte").inner_text() == "Une étape sur 2"
    assert shown(page) == ["Guelmim"]
    assert (
        page.get_attribute("#vues a[aria-current]", "href") == "/fr/agenda/?region=guelmim-oued-noun&vue=mois"
    )


def test_where_the_answer_does_not_come_the_form_asks_by_itself(visit: Visit, stops: None) -> None:
    page = visit()
    page.goto("/fr/agenda/")
    page.route(
        "**/agenda/?mois=*",
        lambda route: route.abort() if "hx-request" in route.request.headers else route.continue_(),
    )
    page.select_option("#mois", f"{DAY:%Y-%m}")
    page.wait_for_url("**type=")
    assert shown(page) == ["Dakhla-Oued Ed-Dahab"]


def test_htmx_comes_when_somebody_reaches_for_the_filters_and_loses_no_choice(
    visit: Visit, stops: None
) -> None:
    """A reader pays nothing; a choice made while it is on its way is kept; without it the form asks."""
    page = visit()
    page.goto("/fr/agenda/")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.htmx === undefined")
    page.select_option("#mois", f"{DAY:%Y-%m}")  # no pointer and no focus before it
    expect(page.locator("#compte")).to_have_text("Une étape sur 2")
    assert page.evaluate("window.htmx !== undefined")
    lost = visit()
    lost.route("**/htmx-2.min*", lambda route: route.abort())
    lost.goto("/fr/agenda/")
    lost.select_option("#mois", f"{DAY:%Y-%m}")
    lost.wait_for_url("**type=")
    assert shown(lost) == ["Dakhla-Oued Ed-Dahab"]


def test_who_comes_back_from_another_page_steps_back_through_the_choices(visit: Visit, stops: None) -> None:
    page = visit()
    page.goto("/fr/agenda/")
    page.select_option("#mois", f"{DAY:%Y-%m}")
    expect(page.locator("#compte")).to_have_text("Une étape sur 2")
    page.goto("/fr/credits/")
    page.go_back()
    expect(page.locator("#compte")).to_have_text("Une étape sur 2")
    page.go_back()
    expect(page.locator("#compte")).to_have_text("2 étapes")
    assert page.input_value("#mois") == ""


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_both_views_fit_and_are_accessible_on_every_width(
    visit: Visit, stops: None, language: str, width: int
) -> None:
    page = visit(language=language, viewport={"width": width, "height": 800})
    for query in ("", "?vue=mois", f"?mois={DAY:%Y-%m}&region=guelmim-oued-noun", "?region=rien"):
        page.goto(f"/{language}/agenda/{query}")
        assert violations(page) == []
        assert cut_off(page) == []


@pytest.mark.parametrize(("query", "cells"), [("", 2 * 3), ("?vue=mois", 2)], ids=["list", "month"])
def test_a_telephone_shows_blocks_and_says_a_table(visit: Visit, stops: None, query: str, cells: int) -> None:
    """What assistive technology is told by the browser itself, not what the markup promises."""
    page = visit(viewport=TELEPHONE)
    page.goto(f"/fr/agenda/{query}")
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    roles = [node["role"]["value"] for node in tree if not node["ignored"]]
    assert roles.count("table") == 2
    assert roles.count("cell") == cells
    assert roles.count("columnheader") == 2 * (7 if query else 4)
