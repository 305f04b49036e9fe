"""The press desk: for the agency and the team, in three languages, and nothing else for the agency."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.factories import make_registration, make_staff, make_stop, make_user
from tests.press.desk import addresses
from tests.test_html import errors

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency(client: Client) -> Client:
    client.force_login(make_user(role="press"))
    return client


def test_nobody_else_enters(client: Client) -> None:
    pages = list(addresses.every_page())
    assert {client.get(page).status_code for page in pages} == {302}
    for user in (make_user(role="door"), make_user()):
        client.force_login(user)
        assert {client.get(page).status_code for page in pages} == {403}
        assert {client.post(page).status_code for page in pages} == {403}
    for user in (make_user(role="press"), make_staff()):
        client.force_login(user)
        assert {client.get(page).status_code for page in pages} == {200}


def test_nothing_of_the_desk_stays_anywhere(agency: Client) -> None:
    for page in addresses.every_page():
        answer = agency.get(page)
        assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store, private", "noindex, nofollow")


def test_the_agency_sees_this_and_nothing_else(agency: Client) -> None:
    """No page of the administration, and no professional on any page of the desk."""
    registration = make_registration(make_stop(region="MA-05"))
    for page in (reverse("admin:index"), "/pilotage/style"):
        assert agency.get(page).status_code in (302, 403)
    said = ""
    for page in addresses.every_page():
        answer = agency.get(page)
        said += "" if answer.streaming else answer.content.decode()
    person = registration.professional
    for words in (person.name, person.email, person.organisation.name, str(person.phone)):
        assert words not in said


def test_the_agency_lands_at_its_desk(client: Client) -> None:
    user = make_user(role="press", password="tournee-des-douze-regions")
    typed = {"login": user.email, "password": "tournee-des-douze-regions"}
    assert client.post(reverse("account_login"), typed)["Location"] == reverse("press_desk:index")


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_every_page_is_valid_html(agency: Client, language: str) -> None:
    agency.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    wrong = []
    for page in addresses.every_page():
        answer = agency.get(page)
        if answer["Content-Type"].startswith("text/html"):
            html = answer.content.decode()
            assert f'<html lang="{language}"' in html
            wrong += [f"{page} {error}" for error in errors(html)]
    assert wrong == []
