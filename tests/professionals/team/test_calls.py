"""The team's pages for people on the telephone."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from professionals import consent
from professionals.models import Registration
from tests.factories import (
    make_category,
    make_professional,
    make_registration,
    make_staff,
    make_stop,
    make_user,
)
from tests.professionals.filling import ask
from tests.test_html import errors

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_staff())
    return client


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "phone": "06 61 00 00 01",
        "name": "Patronne du riad",
        "organisation": "Riad de la Médina",
        "category": make_category().pk,
        "email": "",
        "spoken": "ar",
        "agreed": "on",
        "notice": consent.READ_ALOUD,
    } | changes


def every_page() -> list[str]:
    stop = make_stop()
    asked, without = ask(stop), make_registration(stop, professional=make_professional(email=""))
    make_professional(email="")
    return [
        *(reverse(f"team:{name}", args=[stop.slug]) for name in ("register", "unconfirmed", "by_telephone")),
        reverse("team:confirm", args=[asked.pk]),
        *(reverse(f"team:{name}", args=[without.pk]) for name in ("link", "link_on_paper")),
        reverse("team:readdress", args=[without.professional_id]),
    ]


def test_the_pages_are_the_teams_alone(client: Client) -> None:
    pages = every_page()
    assert {client.get(page).status_code for page in pages} == {302}
    for role in (Role.PRESS, Role.DOOR):
        client.force_login(make_user(role=role))
        assert {client.get(page).status_code for page in pages} == {403}
    client.force_login(make_staff())
    answers = [client.get(page) for page in pages]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer["Cache-Control"] for answer in answers} == {"no-store, private"}


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_pages_are_valid(staff: Client, language: str) -> None:
    staff.cookies["django_language"] = language
    assert [errors(staff.get(page).content.decode()) for page in every_page()] == [[]] * 7


def test_a_call_leads_to_the_link(staff: Client) -> None:
    stop = make_stop()
    answer = staff.post(reverse("team:register", args=[stop.slug]), typed())
    registration = Registration.objects.get()
    assert answer["Location"] == reverse("team:link", args=[registration.pk])
    page = staff.get(answer["Location"])
    assert page.context["link"].startswith("http://localhost:8000/ar/inscription/")
    assert (registration.status, registration.professional.language) == ("seated", "ar")


def test_nobody_is_written_down_without_a_yes(staff: Client) -> None:
    stop = make_stop()
    for missing in ({"agreed": ""}, {"notice": "2020-1"}, {"phone": ""}):
        answer = staff.post(reverse("team:register", args=[stop.slug]), typed(**missing))
        assert answer.status_code == 422
    assert Registration.objects.count() == 0


def test_confirming_and_calling_are_posts(staff: Client) -> None:
    stop = make_stop()
    asked = ask(stop)
    page = reverse("team:confirm", args=[asked.pk])
    staff.get(page)
    assert Registration.objects.count() == 0
    answer = staff.post(page, {"email": asked.email})
    registration = Registration.objects.get()
    assert answer["Location"] == reverse("team:link", args=[registration.pk])
    told = reverse("team:told", args=[registration.pk])
    assert staff.get(told).status_code == 405
    Registration.objects.update(told_step=3)
    assert staff.post(told)["Location"] == reverse("team:by_telephone", args=[stop.slug])
    assert Registration.objects.get().phoned_step == 3


def test_an_address_is_corrected_on_its_page_and_not_in_the_form(staff: Client) -> None:
    person = make_professional(email="faute@hotel.example")
    change = reverse("admin:professionals_professional_change", args=[person.pk])
    assert "email" not in staff.get(change).context["adminform"].form.fields
    answer = staff.post(reverse("team:readdress", args=[person.pk]), {"email": "vraie@hotel.example"})
    assert answer["Location"] == change
    person.refresh_from_db()
    assert person.email == "vraie@hotel.example"
