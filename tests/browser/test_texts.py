"""« Textes des courriels » on a telephone, in French and Arabic: whole, and nothing against WCAG 2.2 AA."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from meetings import mail_texts
from meetings.models import MailText
from tests.browser.conftest import TELEPHONE, Visit
from tests.browser.looking import cut_off, violations
from tests.factories import make_official, make_staff, make_stop, make_tour

KIND = "invitation_official"


def signed_in(visit: Visit, origin: str, language: str) -> Page:
    client = Client()
    client.force_login(make_staff(function="Direction générale"))
    page = visit(language=language, viewport=TELEPHONE)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [
            {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": origin},
            {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": origin},
        ]
    )
    return page


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_text_is_corrected_looked_at_and_validated_on_a_telephone(
    visit: Visit, transactional_db: None, live_server: LiveServer, language: str
) -> None:
    tour = make_tour(texts=False)
    mail_texts.lay_down(tour)
    make_official(language=language, region=make_stop(tour=tour).region)
    page = signed_in(visit, live_server.url, language)
    address = f"/pilotage/textes/{KIND}/{language}/"
    problems = []

    def look() -> None:
        problems.extend([*violations(page), *cut_off(page)])

    page.goto("/pilotage/textes/")
    look()
    page.goto(address)
    page.fill("[name=subject]", "{prenom}")
    page.click("form.form button.btn")
    assert page.locator("[role=alert]").count() == 1
    look()
    page.fill("[name=subject]", "Invitation {ville}" if language == "fr" else "دعوة إلى {ville}")
    page.click("form.form button.btn")
    page.goto(f"{address}apercu/")
    mail = page.frame_locator("iframe").first
    assert mail.locator("a.button-link").count() == 1
    look()
    page.goto(f"/pilotage/textes/relire/{language}/")
    look()
    page.click("main form button.btn")
    page.wait_for_url("**/pilotage/textes/")
    newest = MailText.objects.get(kind=KIND, language=language, version=2)
    assert mail_texts.standing(tour.pk)[KIND, language] == newest
    assert problems == []
