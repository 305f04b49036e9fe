"""Suggested names of establishments: approved ones only, from three letters, not too often."""

import pytest
from django.test import Client
from django.urls import reverse

from professionals import organisations, rate_limit
from professionals.rate_limit import Limit
from tests.factories import make_organisation, make_staff

pytestmark = pytest.mark.django_db


def names(client: Client, typed: str) -> list[str]:
    answer = client.get(reverse("professionals:suggestions"), {"debut": typed})
    assert answer["Cache-Control"] == "no-store"
    found: list[str] = answer.json()["names"]
    return found


def test_only_names_the_team_approved_are_suggested_from_three_letters(client: Client) -> None:
    make_organisation(name="Hôtel de la Lagune", approved=True)
    make_organisation(name="Hôtel de la Lune")
    assert names(client, "la") == []
    assert names(client, "lag") == ["Hôtel de la Lagune"]
    assert names(client, "HOTEL DE LA L") == ["Hôtel de la Lagune"]
    assert names(client, "lun") == []


def test_a_name_in_arabic_is_found_by_its_arabic_letters(client: Client) -> None:
    make_organisation(name="Riad Salam", name_ar="رياض السلام", name_ar_key="رياض السلام", approved=True)
    assert names(client, "رياض") == ["رياض السلام"]


def test_a_letter_that_means_something_to_a_database_means_nothing(client: Client) -> None:
    make_organisation(name="Hôtel du Port", approved=True)
    assert names(client, "%%%%") == []


def test_one_name_in_two_categories_is_suggested_once_and_no_more_than_eight(client: Client) -> None:
    from tests.factories import make_category

    for number in range(12):
        make_organisation(name=f"Maison {number:02}", approved=True)
    make_organisation(name="Maison 00", approved=True, category=make_category("guide"))
    assert names(client, "maison") == [f"Maison {number:02}" for number in range(organisations.MOST)]


def test_too_many_questions_get_no_names(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_organisation(name="Hôtel du Port", approved=True)
    monkeypatch.setattr(rate_limit, "NAMES_PER_SENDER", Limit("names-test", allowed=1, alone=1, seconds=600))
    assert names(client, "port") == ["Hôtel du Port"]
    assert names(client, "port") == []


def test_names_are_approved_in_the_list_of_the_administration(client: Client) -> None:
    house = make_organisation(name="Hôtel du Port")
    client.force_login(make_staff())
    client.post(
        reverse("admin:professionals_organisation_changelist"),
        {"action": "approve", "_selected_action": [house.pk]},
    )
    assert names(client, "port") == ["Hôtel du Port"]
