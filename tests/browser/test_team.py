"""The team's pages, the door's and the press desk's: whole on a telephone and a desk, accessible in both
schemes, French and Arabic.
"""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests import factories, team_addresses
from tests.browser.conftest import DESK, TELEPHONE, Visit
from tests.browser.looking import cut_off, violations

COLOURS = ("color-contrast", "link-in-text-block")


def signed_in(visit: Visit, origin: str, language: str, user: User) -> Page:
    client = Client()
    client.force_login(user)
    page = visit(language=language, viewport=TELEPHONE, reduced_motion="reduce")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = {settings.SESSION_COOKIE_NAME: session, settings.LANGUAGE_COOKIE_NAME: language}
    page.context.add_cookies(
        [{"name": name, "value": value, "url": origin} for name, value in cookies.items()]
    )
    return page


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_page_of_the_team_is_accessible_and_whole(
    visit: Visit, transactional_db: None, live_server: LiveServer, language: str
) -> None:
    staff = factories.make_staff(function="Pilotage de la tournée")
    stop = team_addresses.make_rows(staff)
    page = signed_in(visit, live_server.url, language, staff)
    problems = []
    for path in [*team_addresses.every_page(stop), *team_addresses.desk_pages(stop)]:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        assert page.locator("main").is_visible()
        problems += [*violations(page), *cut_off(page)]
        page.emulate_media(color_scheme="dark")
        problems += [f"dark: {one}" for one in violations(page, rules=COLOURS)]
        page.set_viewport_size(DESK)
        problems += [f"desk: {one}" for one in cut_off(page)]
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(TELEPHONE)
    assert problems == []


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_forms_of_the_team_sent_back_are_accessible_and_whole(
    visit: Visit, transactional_db: None, live_server: LiveServer, language: str
) -> None:
    stop = factories.make_stop()
    page = signed_in(visit, live_server.url, language, factories.make_staff())
    problems = []
    for path in team_addresses.forms(stop):
        page.goto(path)
        page.locator("main form").last.evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
        page.locator("main [role=alert]").wait_for()
        problems += [*violations(page), *cut_off(page)]
    assert problems == []


def test_the_style_guide_shows_one_after_the_other_where_two_have_no_room(
    visit: Visit, transactional_db: None, live_server: LiveServer
) -> None:
    """Half a telephone is a width that no component is made for."""
    page = signed_in(visit, live_server.url, "fr", factories.make_staff())
    page.goto("/pilotage/style?seul=buttons")
    widths = "[...document.querySelectorAll('.frame')].map(one => one.getBoundingClientRect().width)"
    assert set(page.evaluate(widths)) == {TELEPHONE["width"]}
    page.set_viewport_size(DESK)
    assert set(page.evaluate(widths)) == {DESK["width"] / 2}
    page.goto("/pilotage/style?seul=buttons&langue=fr&teinte=dark")
    button = page.locator(".frame .btn").first.bounding_box()
    assert button is not None
    assert button["x"] > 12  # alone, a frame keeps its margin
    page.goto("/pilotage/style?seul=header")
    ground = page.locator("form.langs button").first.evaluate("one => getComputedStyle(one).backgroundColor")
    assert ground == "rgba(0, 0, 0, 0)"  # no grey button of the browser's own
