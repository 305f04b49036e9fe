"""The press desk at work on a telephone; its pages are looked at with the team's (test_team.py)."""

from pathlib import Path

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from press.models import Photo
from tests.browser.conftest import TELEPHONE, Visit
from tests.factories import make_user
from tests.press.rows import picture_bytes


def signed_in(visit: Visit, origin: str, language: str) -> Page:
    client = Client()
    client.force_login(make_user(role="press"))
    page = visit(language=language, viewport=TELEPHONE)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [
            {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": origin},
            {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": origin},
        ]
    )
    return page


def test_photos_are_sent_described_and_published_from_a_telephone(
    visit: Visit, transactional_db: None, live_server: LiveServer, tmp_path: Path
) -> None:
    taken = tmp_path / "IMG_0001.jpg"
    taken.write_bytes(picture_bytes((1200, 900)))
    page = signed_in(visit, live_server.url, "fr")
    page.goto("/pilotage/presse/photos/")
    page.set_input_files("[name=photos]", taken)
    page.fill("[name=credit]", "Photographe de l’ONMT")
    page.fill("[name=rights]", "Libre pour la presse")
    page.click("button:has-text('Envoyer')")
    page.fill("[name=alt_fr]", "La salle plénière")
    page.click("button[value=publish]")
    page.wait_for_url("**/photos/")
    page.goto("/fr/presse/")
    assert page.locator("img[alt='La salle plénière']").count() == 1
    assert Photo.objects.get().published_at is not None
