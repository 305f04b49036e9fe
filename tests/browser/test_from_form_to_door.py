"""One person's whole way: the form in Arabic on a small telephone, the mail, the team's yes, the badge, two
doors without network, and one presence. Each at their own browser, over a real mail server."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from meetings.models import Access, Stop
from professionals import personal_links
from professionals.models import Mark, Registration, RegistrationStatus
from tests import factories
from tests.browser.conftest import DESK, TELEPHONE, Visit
from tests.browser.looking import cut_off, violations
from tests.browser.test_day import PASSWORD, card, find, offline, set_the_clock
from tests.browser.test_main_job import deliver, link, move_clock, sink  # noqa: F401 - fixtures
from tests.outbox.sink import Sink

SMALL = {"width": 360, "height": 740}
NAME = "زينب الفاسي"


@pytest.fixture
def stop(transactional_db: None, settings: Any, live_server: Any, sink: Sink) -> Stop:  # noqa: F811
    """Seats are given on approval."""
    settings.SITE_URL = live_server.url
    settings.EMAIL_URL = f"smtp://127.0.0.1:{sink.port}"
    factories.make_category()
    return factories.make_stop(seats=5, access=Access.APPROVAL)


def test_from_the_form_in_arabic_to_two_doors_that_agree(
    visit: Visit,
    stop: Stop,
    sink: Sink,  # noqa: F811
    move_clock: Callable[[datetime], None],  # noqa: F811
) -> None:
    guest = visit(language="ar", viewport=SMALL)
    ask(guest, stop)
    confirm(guest, sink)
    approve(visit, Registration.objects.get())
    code = badge(guest, sink)

    move_clock(stop.starts_at - timedelta(minutes=30))
    north, south = visit(viewport=TELEPHONE), visit(viewport=TELEPHONE)
    for page, name in ((north, "Accueil nord"), (south, "Accueil sud")):
        at_the_door(page, stop, name)
        offline(page.context, True)
    mark(north, code)
    south.clock.fast_forward("03:00")
    mark(south, NAME)
    assert Mark.objects.count() == 0

    for page in (south, north):
        offline(page.context, False)
        expect(page.locator("[data-said]")).to_have_text("")
    mine = Registration.objects.get()
    marks = mine.marks.order_by("at")
    assert [one.by.function for one in marks] == ["Accueil nord", "Accueil sud"]
    assert mine.checked_in_at == marks[0].at
    south.clock.fast_forward("00:25")
    expect(card(south, NAME).get_by_text("vu(e) par Accueil nord")).to_be_visible()


def ask(page: Page, stop: Stop) -> None:
    page.goto(f"/ar/etapes/{stop.slug}/inscription/")
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.locator("[name=name]").fill(NAME)
    page.locator("[name=organisation]").fill("دار الضيافة بالخليج")
    page.locator("[name=phone]").fill("06 12 34 56 78")
    page.locator("[name=email]").fill("Zineb@Dar.example")
    page.locator("[name=category]").select_option(index=1)
    page.locator("[name=consent]").check()
    assert cut_off(page) == []
    assert violations(page) == []
    page.wait_for_timeout(2100)  # nobody fills it faster
    page.locator("main form button").click()
    expect(page).to_have_url(re.compile("/demandee/(#.*)?$"))


def confirm(page: Page, sink: Sink) -> None:  # noqa: F811
    """By the link of the mail that was really written."""
    [mail] = deliver(sink)
    assert (mail["To"], mail["Content-Language"]) == ("zineb@dar.example", "ar")
    page.goto(link(mail, "confirmer"))
    page.locator("main form button").click()
    expect(page.locator(".state").first).to_be_visible()
    assert Registration.objects.get().status == RegistrationStatus.PENDING


def approve(visit: Visit, asked: Registration) -> None:
    """The team, in the administration."""
    page = visit(viewport=DESK)
    page.goto("/admin/")
    page.locator("[name=login]").fill(factories.make_staff().email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button").first.click()
    page.goto("/admin/professionals/registration/")
    page.locator(f"input[name=_selected_action][value='{asked.pk}']").check()
    page.locator("select[name=action]").select_option("approve")
    page.locator("button[name=index]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    asked.refresh_from_db()
    assert asked.status == RegistrationStatus.SEATED


def badge(page: Page, sink: Sink) -> str:  # noqa: F811
    """The short code beside the square one, which a stranger's reader reads out of a picture."""
    mails = deliver(sink)
    page.goto(link(mails[-1], "inscription"))
    page.locator("a[href$='/badge/']").first.click()
    expect(page.locator(".qr svg")).to_be_visible()
    picture = page.locator(".qr svg").screenshot()
    read = [one.text for one in zxingcpp.read_barcodes(Image.open(BytesIO(picture)))]
    mine = Registration.objects.get()
    assert read == [personal_links.badge_url(mine)]
    [code] = re.findall(r"\b[0-9A-Z]{3} [0-9A-Z]{3}\b", page.locator("main").inner_text())
    return str(code)


def at_the_door(page: Page, stop: Stop, function: str) -> None:
    """Signed in, the list locked away on the telephone."""
    door = factories.make_door(stop, function=function)
    set_the_clock(page)
    page.goto("/fr/compte/connexion/")
    page.locator("[name=login]").fill(door.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button").first.click()
    page.wait_for_url("**/jour/")
    page.evaluate("() => navigator.serviceWorker.ready")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.wait_for_function("async () => Boolean(await caches.match(location.pathname + 'hors-ligne/'))")
    expect(page.locator("[data-expected]")).to_have_text("1")


def mark(page: Page, typed: str) -> None:
    find(page, typed)
    card(page, NAME).get_by_role("button", name="Présent(e)").click()
    expect(page.locator("[data-said]")).to_have_text("Sans réseau · 1 en attente d’envoi")
