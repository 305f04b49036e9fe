"""Delegations in the administration: read, approved, refused, released."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from meetings.models import Access
from professionals.models import Delegation
from tests.factories import make_staff, make_stop
from tests.professionals.delegations.asked import ask_for, standing

pytestmark = pytest.mark.django_db
LIST = "admin:professionals_delegation_changelist"


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_staff())
    return client


def act(staff: Client, action: str, *chosen: Delegation) -> list[str]:
    """What is said of it."""
    data: dict[str, Any] = {"action": action, "_selected_action": [one.pk for one in chosen]}
    answer = staff.post(reverse(LIST), data, follow=True)
    return [str(message) for message in answer.context["messages"]]


def test_those_chosen_are_answered_and_the_others_are_said(staff: Client) -> None:
    stop = make_stop(seats=4, access=Access.APPROVAL)
    first, second, third = (ask_for(stop, 3) for _ in range(3))
    assert act(staff, "refuse", third) == ["1 demande refusée."]
    assert act(staff, "approve", second, first) == ["2 demandes approuvées."]
    # In the order in which they asked.
    assert standing(first, second, third) == [("active", 3, 3), ("active", 1, 3), ("refused", 0, 3)]
    assert "1 délégation n’attend pas de réponse, ou son étape a commencé." in act(staff, "refuse", first)
    assert standing(first) == [("active", 3, 3)]
    assert act(staff, "release", first) == ["3 places libérées."]
    assert standing(first, second) == [("cancelled", 0, 3), ("active", 3, 3)]


def test_one_is_found_by_its_establishment_and_read(staff: Client) -> None:
    delegation = ask_for(make_stop(), 2)
    found = staff.get(reverse(LIST), {"q": delegation.organisation.name_key})
    assert [row.pk for row in found.context["cl"].result_list] == [delegation.pk]
    page = staff.get(reverse("admin:professionals_delegation_change", args=[delegation.pk]))
    assert delegation.contact.name in page.content.decode()
    assert 'name="places"' not in page.content.decode()
