"""The main job from end to end, as people do it: a stop is published and invites, an official
answers, a professional registers on a telephone, is reminded and comes or gives the seat up.

In French and in Arabic, in a real browser, over a real mail server. The worker's tasks are called
here rather than run by a worker of its own: `tests/outbox/test_worker_killed.py` does that.
"""

import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.management import call_command
from playwright.sync_api import Page, expect

from meetings import mail_texts
from meetings import tasks as meeting_tasks
from meetings.models import Answer, Campaign, Invitation, Stop, StopStatus
from outbox import clock
from outbox import tasks as outbox_tasks
from professionals.models import Registration, RegistrationStatus
from regions import dates
from regions.languages import pick, texts
from regions.models import LegalCategory
from tests import factories
from tests.browser.conftest import TELEPHONE, Visit
from tests.browser.looking import violations
from tests.outbox.sink import Sink

PASSWORD = "tournee-des-douze-regions"
PERSON = {
    "fr": ("M’hamed, directeur d’hôtel", "Hôtel de la Baie"),
    "ar": ("مديرة دار الضيافة", "دار الضيافة بالخليج"),
}


@pytest.fixture
def sink() -> Iterator[Sink]:
    server = Sink().start()
    yield server
    server.stop()


@pytest.fixture
def draft(transactional_db: None, settings: Any, live_server: Any, sink: Sink) -> Stop:
    """The tour as `make run` drafts it, its first stop not published yet."""
    settings.SITE_URL = live_server.url
    settings.EMAIL_URL = f"smtp://127.0.0.1:{sink.port}"
    settings.SECOND_FACTOR_REQUIRED = True
    call_command("load_reference", verbosity=0)
    call_command("load_tour", verbosity=0)
    stop, director = Stop.objects.get(rank=1), factories.make_user(is_active=False)
    for text in mail_texts.newest(stop.tour_id):
        mail_texts.validate(text, by=director)
    return stop


@pytest.fixture
def move_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    real = clock.now

    def move(to: datetime) -> None:
        shift = to - real()
        monkeypatch.setattr(clock, "now", lambda: real() + shift)

    return move


def deliver(sink: Sink) -> list[EmailMessage]:
    """What the worker does when it is rung for; the mails that left by it."""
    before = len(sink.accepted)
    outbox_tasks.sweep()
    outbox_tasks.deliver_due()
    return sink.accepted[before:]


def said(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def link(mail: EmailMessage, path: str) -> str:
    """The first address of the mail that leads to `path`."""
    found = re.search(rf"https?://\S+/{path}/\S+", said(mail))
    assert found is not None, said(mail)
    return found[0].rstrip(".")


def sign_in(page: Page, email: str) -> None:
    """Mail, password, then the second factor, set up on the way."""
    page.goto("/admin/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button").first.click()
    secret = page.locator("bdi.num").inner_text()
    page.locator("[name=code]").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.locator("main form button").click()
    expect(page.locator("main h1")).to_be_visible()
    assert violations(page) == []


def act(page: Page, stop: Stop, action: str) -> None:
    """Choose `stop` in the staff's list and an action for it."""
    page.goto("/admin/meetings/stop/")
    page.locator(f"input[name=_selected_action][value='{stop.pk}']").check()
    page.locator("select[name=action]").select_option(action)
    page.locator("button[name=index]").click()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_stop_is_published_filled_and_remembered(
    visit: Visit, draft: Stop, sink: Sink, move_clock: Callable[[datetime], None], language: str
) -> None:
    official = factories.make_official(region=draft.region, language=language)
    staff = visit(language=language)
    sign_in(staff, factories.make_staff(language=language).email)
    assert len(deliver(sink)) == 1  # the second factor was set up, says a mail

    # Staff publish the stop: the public sees it at once.
    everybody = visit(language=language, viewport=TELEPHONE)
    assert everybody.goto(f"/{language}/etapes/{draft.slug}/").status == 404
    act(staff, draft, "publish")
    expect(staff.locator(".messagelist .success")).to_be_visible()
    draft.refresh_from_db()
    assert draft.status == StopStatus.PUBLISHED
    everybody.goto(f"/{language}/")
    city = pick(texts(draft, "city"), language)
    expect(everybody.locator(".next h2")).to_contain_text(pick(texts(draft.region, "name"), language))
    expect(everybody.locator(".next")).to_contain_text(
        dates.long_date(draft.date, language), ignore_case=True
    )

    invite_and_answer(staff, visit, draft, sink, language)
    mine = register(everybody, draft, sink, language)
    assert city in mine.inner_text("main")
    remind(draft, sink, move_clock, PERSON[language][0])
    give_up(mine, sink)
    assert official.email not in [mail["To"] for mail in sink.accepted[-1:]]


def invite_and_answer(staff: Page, visit: Visit, stop: Stop, sink: Sink, language: str) -> None:
    """The CRT is invited after the count was read; its official opens the mail and accepts."""
    act(staff, stop, "invite")
    staff.locator("input[name=audiences][value=crt]").check()
    staff.locator("input[name=preview]").click()
    expect(staff.locator("#content .results tbody tr")).to_have_count(1)
    staff.locator("input[name=confirm]").click()
    expect(staff.locator("#ecrites, main .lead").first).to_be_visible()
    for campaign in Campaign.objects.all():
        meeting_tasks.write_invitations(campaign.pk)
    [mail] = deliver(sink)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    official = visit(language=language)
    official.goto(link(mail, "invitation"))
    assert Invitation.objects.get().answer == Answer.NONE
    official.locator("button[value=accept]").click()
    expect(official.locator(".notice.good").first).to_be_visible()
    assert Invitation.objects.get().answer == Answer.ACCEPTED
    [answer] = deliver(sink)
    calendar = [part for part in answer.walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_param("method") for part in calendar] == ["REQUEST"]


def register(page: Page, stop: Stop, sink: Sink, language: str) -> Page:
    """From the home page to a seat, on a telephone."""
    name, house = PERSON[language]
    page.locator(".next a.btn").click()
    page.locator("[name=name]").fill(name)
    page.locator("[name=organisation]").fill(house)
    page.locator("[name=phone]").fill("12")
    page.locator("[name=email]").fill("Directeur@Hotel.example")
    page.wait_for_timeout(2100)  # nobody fills it faster
    page.locator("main form button").click()

    # What is wrong is said at the top and at its field; what was typed is kept.
    summary = page.locator(".notice.bad")
    expect(summary).to_be_visible()
    assert violations(page) == []
    summary.locator("a").first.click()
    expect(page.locator("[name=name]")).to_have_value(name)
    page.locator("[name=phone]").fill("06 12 34 56 78")
    page.locator("[name=category]").select_option(str(LegalCategory.objects.order_by("position")[0].pk))
    page.locator("[name=consent]").check()
    page.wait_for_timeout(2100)
    page.locator("main form button").click()
    expect(page).to_have_url(re.compile("/demandee/(#.*)?$"))

    [mail] = deliver(sink)
    assert mail["To"] == "directeur@hotel.example"
    assert Registration.objects.count() == 0
    page.goto(link(mail, "confirmer"))
    assert Registration.objects.count() == 0  # looking at it changes nothing
    page.locator("main form button").click()
    expect(page.locator(".state").first).to_be_visible()
    assert Registration.objects.get().status == RegistrationStatus.SEATED
    assert str(Registration.objects.get().professional.phone) == "+212612345678"
    [seat] = deliver(sink)
    calendar = [part for part in seat.walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_param("method") for part in calendar] == ["REQUEST"]
    with page.expect_download() as download:
        page.locator("a[href$='agenda.ics']").first.click()
    assert download.value.path().read_text().startswith("BEGIN:VCALENDAR")
    assert violations(page) == []
    return page


def remind(stop: Stop, sink: Sink, move_clock: Callable[[datetime], None], name: str) -> None:
    """On the eve, whoever has a seat hears of it once, however often it is looked at."""
    move_clock(stop.starts_at - timedelta(hours=15))
    meeting_tasks.write_due_reminders()
    meeting_tasks.write_due_reminders()
    reminders = [mail for mail in deliver(sink) if mail["To"] == "directeur@hotel.example"]
    assert len(reminders) == 1
    assert "10:00" in said(reminders[0]) or stop.starts.strftime("%H:%M") in said(reminders[0]).replace(
        "h", ":"
    )


def give_up(page: Page, sink: Sink) -> None:
    page.reload()
    page.locator("a[href$='/liberer/']").click()
    page.locator("main form button").click()
    expect(page.locator("main")).to_be_visible()
    assert Registration.objects.get().status == RegistrationStatus.CANCELLED
    [mail] = deliver(sink)
    calendar = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_param("method") for part in calendar] == ["CANCEL"]


def test_what_the_staff_s_pages_do_by_script_keeps_to_the_policy(visit: Visit, draft: Stop) -> None:
    """`visit` fails the test when one does not."""
    page = visit()
    sign_in(page, factories.make_staff().email)
    page.goto(f"/admin/meetings/stop/{draft.pk}/change/")
    page.locator(".datetimeshortcuts a").first.click()
    page.locator(".add-row a").first.click()
    expect(page.locator("#id_guests-0-rank, #id_meetings-0-room").first).to_be_visible()
    page.locator(".theme-toggle").first.click()
    page.goto("/admin/meetings/stop/")
    page.locator("#action-toggle").check()
    expect(page.locator(".action-counter")).to_contain_text("12")
    page.locator("#toggle-nav-sidebar").click()
