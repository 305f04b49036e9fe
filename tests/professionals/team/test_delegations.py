"""The team's page of the delegations of a stop."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from meetings.models import Access
from professionals import consent, seat_requests
from professionals.delegations import naming
from professionals.models import Delegation
from tests.factories import make_category, make_delegation, make_staff, make_stop
from tests.professionals.delegations.asked import ask_for, standing
from tests.professionals.filling import ask
from tests.test_html import errors

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_staff())
    return client


def page_of(name: str, *args: Any) -> str:
    return reverse(f"team:{name}", args=args)


def test_it_shows_who_asked_how_many_are_named_and_until_when(staff: Client) -> None:
    stop = make_stop(seats=4)
    delegation = ask_for(stop, 3)
    naming.name(delegation, name="Guide")
    ask_for(stop, 4, whole=True)
    page = staff.get(page_of("delegations", stop.slug)).content.decode()
    assert errors(page) == []
    for words in (delegation.organisation.name, delegation.contact.name, "2 non nommées", "4 attendues"):
        assert words in page
    assert page_of("delegations", stop.slug) in staff.get(page_of("register", stop.slug)).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_it_asks_as_much_for_one_as_for_three(
    staff: Client, rows: int, django_assert_num_queries: Any
) -> None:
    stop = make_stop()
    for _ in range(rows):
        make_delegation(stop)
    staff.get(page_of("delegations", stop.slug))
    with django_assert_num_queries(4):
        staff.get(page_of("delegations", stop.slug))


def test_the_team_approves_refuses_and_releases(staff: Client) -> None:
    stop = make_stop(seats=9, access=Access.APPROVAL)
    first, second = ask_for(stop, 3), ask_for(stop, 2)
    naming_page = page_of("act_on_delegation", first.pk)
    assert staff.post(naming_page, {"act": "approve"})["Location"] == page_of("delegations", stop.slug)
    staff.post(page_of("act_on_delegation", second.pk), {"act": "refuse"})
    assert standing(first, second) == [("active", 3, 3), ("refused", 0, 2)]
    answer = staff.post(naming_page, {"act": "approve"}, follow=True)
    assert "Cette demande n’attend pas de réponse." in answer.content.decode()
    staff.post(naming_page, {"act": "release"})
    assert standing(first) == [("cancelled", 0, 3)]
    assert list(AuditEntry.objects.values_list("verb", flat=True).order_by("pk"))[-3:] == [
        "approved", "refused", "released_seats",
    ]  # fmt: skip


def test_a_call_becomes_a_delegation_also_where_one_comes_by_invitation(staff: Client) -> None:
    stop = make_stop(access=Access.INVITATION)
    typed = {
        "phone": "06 61 00 00 01", "name": "Patronne du riad", "organisation": "Riad de la Médina",
        "category": make_category().pk, "email": "", "spoken": "ar", "agreed": "on",
        "notice": consent.READ_ALOUD, "places": "4", "whole": "toutes",
    }  # fmt: skip
    page = page_of("register_delegation", stop.slug)
    assert errors(staff.get(page).content.decode()) == []
    assert staff.post(page, typed | {"places": "1"}).status_code == 422
    answer = staff.post(page, typed, follow=True)
    delegation = Delegation.objects.get()
    assert (standing(delegation), delegation.whole) == ([("active", 4, 4)], True)
    # Who has no mail has no link yet: it stands on the page, to be passed on.
    assert "/ar/inscription/delegation/" in answer.content.decode()


def test_a_request_is_confirmed_for_who_was_called(staff: Client) -> None:
    stop = make_stop()
    asked = ask(stop, places=3, whole=True)
    assert "3 places demandées" in staff.get(page_of("unconfirmed", stop.slug)).content.decode()
    page = page_of("confirm", asked.pk)
    assert "Places demandées" in staff.get(page).content.decode()
    for _ in range(2):
        assert staff.post(page, {"email": asked.email})["Location"] == page_of("delegations", stop.slug)
    assert standing(Delegation.objects.get()) == [("active", 3, 3)]
    assert seat_requests.unconfirmed(stop) == []


def test_the_table_has_a_line_for_each_and_the_journal_keeps_who_took_it(staff: Client) -> None:
    stop = make_stop()
    delegation = ask_for(stop, 3)
    naming.name(delegation, name="Guide")
    answer = staff.get(page_of("delegations_table", stop.slug))
    assert answer["Content-Type"] == "text/csv; charset=utf-8; header=present"
    head, line = answer.content.decode("utf-8-sig").splitlines()
    assert head.split(";")[5:10] == [
        "Places demandées", "Toutes ou aucune", "Places attribuées", "Personnes nommées",
        "Places non nommées",
    ]  # fmt: skip
    assert line.split(";")[:1] + line.split(";")[4:10] == [
        delegation.organisation.name, "confirmée", "3", "non", "3", "1", "2",
    ]  # fmt: skip
    assert AuditEntry.objects.latest("pk").fields == ["delegations"]
