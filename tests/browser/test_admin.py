"""Every page of the administration: WCAG 2.2 AA and axe's best practice, on a telephone and on a desk.

Pages and forms come from the registry (`tests/admin_addresses.py`), so a new model is looked at
without being named here. Nothing is excepted: what Django's own pages lack, static/css/admin.css
and static/js/admin.js add.
"""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from meetings.models import Stop
from tests import admin_addresses
from tests.admin_addresses import Kind
from tests.browser.conftest import DESK, TELEPHONE, Visit
from tests.browser.looking import cut_off, violations

# Each language at one width: both directions and both widths are looked at on every page.
WIDTHS = {"fr": TELEPHONE, "ar": DESK}
Enter = Callable[[str], Page]


@pytest.fixture
def staff(transactional_db: None) -> User:
    return admin_addresses.make_rows()


@pytest.fixture
def enter(visit: Visit, staff: User, live_server: LiveServer) -> Enter:
    """`enter("ar")`: the team's browser, signed in."""

    def signed_in(language: str) -> Page:
        client = Client()
        client.force_login(staff)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page = visit(language=language, viewport=TELEPHONE)
        cookies = {settings.SESSION_COOKIE_NAME: session, settings.LANGUAGE_COOKIE_NAME: language}
        page.context.add_cookies(
            [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
        )
        return page

    return signed_in


def problems_of(page: Page, language: str) -> list[str]:
    """What is wrong with the page it stands on."""
    found = []
    for width in (DESK, TELEPHONE):
        page.set_viewport_size(width)
        found += cut_off(page)
        found += violations(page) if WIDTHS[language] == width else []
    return found


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_page_is_accessible_and_whole(enter: Enter, staff: User, language: str, kind: Kind) -> None:
    request = RequestFactory().get("/admin/")
    request.user = staff
    page = enter(language)
    problems = []
    for one in admin_addresses.every_page(request, kind):
        answer = page.goto(one)
        assert answer is not None
        assert answer.status == 200, one
        assert page.locator("html").get_attribute("lang") == language
        problems += problems_of(page, language)
    assert problems == []


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_what_the_pages_answer_is_accessible_and_whole(enter: Enter, language: str) -> None:
    """Refusals, previews and questions: what only a POST shows."""
    page = enter(language)
    stop = Stop.objects.order_by("rank")[0]
    problems = []

    page.goto("/admin/meetings/venue/add/")
    page.locator("[name=_save]").click()
    page.locator(".errornote").wait_for()
    problems += problems_of(page, language)

    page.goto(f"/admin/meetings/stop/{stop.pk}/changement/")
    page.locator("[name=starts]").fill("09:15")
    page.locator("[name=preview]").click()
    page.locator("[name=confirm]").wait_for()
    problems += problems_of(page, language)

    page.goto(f"/admin/meetings/stop/{stop.pk}/invitations/")
    page.locator("[value=crt]").check()
    page.locator("[name=preview]").click()
    page.locator("[name=confirm]").wait_for()
    problems += problems_of(page, language)

    official = "fonction;région;institution;courriel\nPrésident;MA-12;crt;pas une adresse\n"
    person = (
        "nom;établissement;région;catégorie;courriel;source;base légale\n"
        "Gérante d’une maison d’hôtes;Maison d’hôtes des Oasis;MA-12;Hôtel;pas-une-adresse;CRT;mission\n"
    )
    for table, sheet in (("regions/official", official), ("professionals/professional", person)):
        page.goto(f"/admin/{table}/importer/")
        page.locator("[name=file]").set_input_files(
            {"name": "liste.csv", "mimeType": "text/csv", "buffer": sheet.encode()}
        )
        page.locator("[name=read]").click()
        page.locator("#result_list, .errornote, .errorlist").first.wait_for()
        problems += problems_of(page, language)

    for action in ("withdraw", "delete_selected"):
        listed = "professionals/registration" if action == "withdraw" else "meetings/venue"
        page.goto(f"/admin/{listed}/")
        page.locator("[name=_selected_action]").first.check()
        page.locator("[name=action]").select_option(action)
        page.locator("[name=index]").click()
        page.locator("#content [type=submit]").first.wait_for()
        problems += problems_of(page, language)
    assert problems == []
