"""The day at the door: a badge is read by a stranger's reader and by the page's own camera; two telephones
work without network, come back, and agree."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy
import pytest
import segno
import zxingcpp
from django.conf import settings
from PIL import Image
from playwright.sync_api import BrowserContext, BrowserType, Page, expect

from accounts.models import User
from meetings.models import MeetingKind, Stop
from outbox import clock
from professionals import personal_links, presence
from professionals.models import DoorAccess, Mark, Registration
from tests import factories
from tests.browser.conftest import FLAGS, TELEPHONE, Visit, Watched
from tests.browser.looking import cut_off, violations

PASSWORD = "tournee-des-douze-regions"


@pytest.fixture
def stop(transactional_db: None, settings: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Stop:
    """Half an hour before it begins, with a workshop, an official and five people, one of whom waits."""
    settings.SITE_URL = live_server.url
    made = factories.make_stop(seats=5)
    factories.make_meeting(made, kind=MeetingKind.WORKSHOP, title_fr="Atelier : pêche et surf")
    house = factories.make_organisation(name="Auberge des Dunes blanches")
    for name in ("Zineb El Fassi", "Brahim Aït Lahcen", "زينب الفاسي", "Salma Benjelloun"):
        person = factories.make_professional(name=name, organisation=house)
        factories.make_registration(made, professional=person)
    waiting = factories.make_professional(name="Hicham Ouazzani", organisation=house)
    factories.make_registration(made, professional=waiting, status="waiting")
    official = factories.make_official(
        region=made.region, function_fr="Président du CRT", function_ar="رئيس المجلس الجهوي للسياحة"
    )
    factories.make_invitation(made, official=official)
    real, moved = clock.now, made.starts_at - timedelta(minutes=30) - clock.now()
    monkeypatch.setattr(clock, "now", lambda: real() + moved)
    return made


def registration(name: str) -> Registration:
    return Registration.objects.get(professional__name=name)


def sign_in(page: Page, user: User) -> None:
    page.goto("/fr/compte/connexion/")
    page.locator("[name=login]").fill(user.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button").first.click()
    page.wait_for_url("**/jour/")


def at_the_door(page: Page, stop: Stop, function: str) -> User:
    """Signed in, the list locked away, the page at hand."""
    door = factories.make_door(stop, function=function)
    set_the_clock(page)
    sign_in(page, door)
    page.evaluate("() => navigator.serviceWorker.ready")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.wait_for_function("async () => Boolean(await caches.match(location.pathname + 'hors-ligne/'))")
    expect(page.locator("[data-expected]")).to_have_text("5")
    return door


def set_the_clock(page: Page) -> None:
    """Their telephones show the hour of the portal."""
    page.clock.install(time=clock.now())


def card(page: Page, name: str) -> Any:
    return page.locator(".person", has_text=name)


def find(page: Page, typed: str) -> None:
    page.locator("#q").fill(typed)


def offline(context: BrowserContext, is_off: bool) -> None:
    context.set_offline(is_off)


def test_the_badge_is_an_address_that_shows_the_door_its_button_and_strangers_the_stop(
    visit: Visit, stop: Stop
) -> None:
    """Read out of a picture of the page by a reader that is not ours."""
    mine = registration("Zineb El Fassi")
    guest = visit(viewport=TELEPHONE)
    guest.goto(personal_links.registration_url(mine).replace(settings.SITE_URL, "") + "badge/")
    picture = guest.locator(".qr svg").screenshot()
    read = [one.text for one in zxingcpp.read_barcodes(Image.open(BytesIO(picture)))]
    assert read == [personal_links.badge_url(mine)]

    guest.goto(read[0])
    assert guest.url.endswith(f"/fr/etapes/{stop.slug}/")
    assert "Zineb" not in guest.locator("body").inner_text()

    door = visit(viewport=TELEPHONE)
    at_the_door(door, stop, "Accueil nord")
    door.goto(read[0])
    card(door, "Zineb El Fassi").get_by_role("button", name="Présent(e)").click()
    expect(card(door, "Zineb El Fassi").get_by_text("Présent(e) depuis 09:3")).to_be_visible()
    door.goto(read[0])
    expect(door.get_by_text("vu(e) par Accueil nord")).to_be_visible()


def test_two_telephones_without_network_come_back_and_agree(visit: Visit, stop: Stop) -> None:
    north, south = visit(viewport=TELEPHONE), visit(viewport=TELEPHONE)
    at_the_door(north, stop, "Accueil nord")
    at_the_door(south, stop, "Accueil sud")
    for page in (north, south):
        offline(page.context, True)

    find(north, "el-fassi")
    card(north, "Zineb El Fassi").get_by_role("button", name="Présent(e)").click()
    expect(north.locator("[data-said]")).to_have_text("Sans réseau · 1 en attente d’envoi")
    expect(north.get_by_text("Les places libres ne se vérifient pas")).to_be_visible()
    north.clock.fast_forward("05:00")
    south.clock.fast_forward("03:00")  # by the portal's clock two minutes before the other press is sent
    find(south, "fassi")
    card(south, "Zineb El Fassi").get_by_role("button", name="Présent(e)").click()
    find(south, "زينب")
    card(south, "زينب الفاسي").get_by_role("button", name="Présent(e)").click()
    find(south, "brahim")
    card(south, "Brahim").get_by_role("button", name="Présent(e)").click()
    card(south, "Brahim").get_by_role("button", name="Annuler cette présence").click()
    find(south, "ouazzani")
    card(south, "Hicham").get_by_role("button", name="Présent(e)").click()
    expect(south.locator("[data-said]")).to_have_text("Sans réseau · 5 en attente d’envoi")

    # The telephone is put away and opened again: the page and what was done are there.
    south.reload()
    expect(south.locator("[data-said]")).to_have_text("Sans réseau · 5 en attente d’envoi")
    find(south, "fassi")
    expect(card(south, "Zineb El Fassi").get_by_text("Présent(e) depuis")).to_be_visible()
    assert violations(south) == []
    assert cut_off(south) == []
    assert Mark.objects.count() == 0

    offline(south.context, False)
    expect(south.locator("[data-said]")).to_have_text("")
    offline(north.context, False)
    expect(north.locator("[data-said]")).to_have_text("")

    zineb = registration("Zineb El Fassi")
    marks = list(zineb.marks.order_by("at").values_list("by__function", "undone_at"))
    assert marks == [("Accueil nord", None), ("Accueil sud", None)]
    assert zineb.checked_in_at == zineb.marks.order_by("at")[0].at
    assert registration("زينب الفاسي").checked_in_at is not None
    assert registration("Brahim Aït Lahcen").checked_in_at is None
    assert [one.professional.name for one in presence.unsettled(stop)] == ["Hicham Ouazzani"]
    find(south, "fassi zineb")
    south.clock.fast_forward("00:25")
    expect(card(south, "Zineb El Fassi").get_by_text("vu(e) par Accueil nord")).to_be_visible()


def test_the_list_is_erased_when_the_access_ends_and_lies_locked_until_then(visit: Visit, stop: Stop) -> None:
    page = visit(viewport=TELEPHONE)
    at_the_door(page, stop, "Accueil nord")
    kept = page.evaluate(KEPT)
    assert kept["readable"] is False
    assert kept["extractable"] is False
    offline(page.context, True)
    find(page, "brahim")
    card(page, "Brahim").get_by_role("button", name="Présent(e)").click()
    expect(page.locator("[data-said]")).to_have_text("Sans réseau · 1 en attente d’envoi")
    DoorAccess.objects.all().delete()
    offline(page.context, False)
    expect(page.get_by_text("La liste a été effacée de cet appareil.")).to_be_visible()
    assert page.evaluate(KEPT) is None
    expect(page.locator("[data-left]")).to_contain_text("demandez à l’équipe de prolonger votre accès")


def test_the_list_is_erased_at_the_hour_itself_without_network_and_with_the_page_open(
    visit: Visit, stop: Stop
) -> None:
    page = visit(viewport=TELEPHONE)
    at_the_door(page, stop, "Accueil nord")
    offline(page.context, True)
    find(page, "brahim")
    card(page, "Brahim").get_by_role("button", name="Présent(e)").click()
    page.clock.fast_forward("30:00:00")  # the stop is over, its access is not
    expect(card(page, "Brahim")).to_be_visible()
    assert page.evaluate(KEPT) is not None
    page.clock.fast_forward("18:00:00")
    expect(page.get_by_text("La liste a été effacée de cet appareil.")).to_be_visible()
    expect(card(page, "Brahim")).to_have_count(0)
    assert page.evaluate(KEPT) is None
    expect(page.locator("[data-left]")).to_contain_text("1")  # what was done waits to be sent


def test_the_figures_follow_the_door_by_themselves(visit: Visit, stop: Stop) -> None:
    page = visit(viewport=TELEPHONE)
    door = at_the_door(page, stop, "Accueil nord")
    page.goto(f"/pilotage/etapes/{stop.slug}/jour/direct/")
    present = page.locator("#chiffres dd").first
    expect(present).to_have_text("0")
    presence.mark(stop, key=presence.key_of(registration("Zineb El Fassi")), by=door)
    page.clock.fast_forward("00:16")
    expect(present).to_have_text("1")


# Whether a name can be read in what lies on the disk, and the key be taken out of it.
KEPT = """async () => {
  const base = await new Promise((resolve) => {
    const asked = indexedDB.open("accueil");
    asked.onsuccess = () => resolve(asked.result);
  });
  const rows = await new Promise((resolve) => {
    const asked = base.transaction("boxes").objectStore("boxes").getAll();
    asked.onsuccess = () => resolve(asked.result);
  });
  base.close();
  if (!rows.length) return null;
  const text = new TextDecoder().decode(rows[0].box) + JSON.stringify(rows[0]);
  return {readable: text.includes("Zineb"), extractable: rows[0].key.extractable};
}"""


@pytest.fixture
def camera(tmp_path: Path, browser_type: BrowserType, live_server: Any) -> Iterator[Callable[[str], Page]]:
    """`camera(text)`: a telephone whose camera sees the square code of `text`."""
    opened = []

    def point_at(text: str) -> Page:
        film = tmp_path / "badge.y4m"
        film.write_bytes(filmed(text))
        flags = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}"]
        started = browser_type.launch(executable_path="/usr/bin/chromium", args=[*FLAGS, *flags])
        context = started.new_context(
            base_url=live_server.url, locale="fr-MA", viewport=TELEPHONE, permissions=["camera"]
        )
        context.set_default_timeout(15_000)
        opened.append((started, Watched(context, live_server.url)))
        return context.new_page()

    yield point_at
    for started, watched in opened:
        watched.context.close()
        started.close()
    assert [problem for _, watched in opened for problem in watched.problems] == []


def filmed(text: str) -> bytes:
    """Five grey frames of 640 × 480 with the code in the middle, as YUV4MPEG2."""
    frame = numpy.full((480, 640), 200, dtype=numpy.uint8)
    code = numpy.array(
        [[235 - 220 * dark for dark in row] for row in segno.make(text, error="m").matrix_iter(border=3)]
    )
    large = numpy.kron(code, numpy.ones((6, 6))).astype(numpy.uint8)
    top, left = (480 - large.shape[0]) // 2, (640 - large.shape[1]) // 2
    frame[top : top + large.shape[0], left : left + large.shape[1]] = large
    colours = b"\x80" * (640 * 480 // 2)
    return b"YUV4MPEG2 W640 H480 F5:1 Ip A1:1 C420jpeg\n" + (b"FRAME\n" + frame.tobytes() + colours) * 5


def test_the_pages_own_camera_reads_a_badge_where_the_browser_cannot(
    camera: Callable[[str], Page], stop: Stop
) -> None:
    """Debian's chromium has no BarcodeDetector: the library of our static files reads it, network or not."""
    page = camera(personal_links.badge_url(registration("Salma Benjelloun")))
    at_the_door(page, stop, "Accueil nord")
    assert page.evaluate("'BarcodeDetector' in window") is False
    offline(page.context, True)
    page.get_by_role("button", name="Scanner un badge").click()
    card(page, "Salma Benjelloun").get_by_role("button", name="Présent(e)").click()
    expect(card(page, "Salma Benjelloun").get_by_text("vu(e) par cet appareil")).to_be_visible()


def test_a_code_that_the_library_cannot_read_upright_is_read_nonetheless(
    camera: Callable[[str], Page], stop: Stop
) -> None:
    """One in nine is such a code; a table holds it as still as this film does."""
    page = camera("https://tour.example/fr/etapes/dakhla-oued-ed-dahab/documents/programme-15.pdf")
    at_the_door(page, stop, "Accueil nord")
    page.get_by_role("button", name="Scanner un badge").click()
    expect(page.get_by_text("Ce code n’est pas un badge de la tournée.").last).to_be_visible()
