"""The pages of orders to invite, in the hands of the team."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings import invitations
from meetings.models import Campaign
from outbox import clock
from outbox.models import Message
from tests.factories import make_staff, make_stop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings")]


@pytest.fixture
def stop():
    return make_stop()


@pytest.fixture
def team(client):
    client.force_login(make_staff())
    return client


@pytest.fixture
def order(stop, professionals):
    for _ in range(3):
        professionals.add()
    return invitations.invite(stop, audiences=["professionals"], by=make_staff())


def at(order):
    return f"/pilotage/etapes/{order.stop.slug}/envois/{order.pk}/"


def test_the_page_says_what_the_database_says_and_looks_again_while_something_is_under_way(team, order):
    page = team.get(at(order))
    assert (page.context["found"].people, page.context["refresh"]) == (None, 5)
    assert b'<noscript><meta http-equiv="refresh" content="5"></noscript>' in page.content

    invitations.write(order, limit=2)
    found = team.get(at(order)).context["found"]
    assert (found.written, found.whole, found.waiting) == (2, 3, 2)

    while invitations.write(order, limit=2):
        pass
    Message.objects.update(status="sent")
    page = team.get(at(order))
    assert (page.context["found"].sent, page.context["going"], page.context["refresh"]) == (3, False, None)
    assert b"http-equiv" not in page.content


def test_the_buttons_halt_and_resume_and_looking_changes_nothing(team, order):
    assert team.get(at(order), {"act": "halt"}).status_code == 200
    order.refresh_from_db()
    assert order.halted_at is None

    assert team.post(at(order), {"act": "halt"}).url == at(order)
    order.refresh_from_db()
    assert order.halted_at is not None
    page = team.get(at(order))
    assert (page.context["going"], page.context["refresh"]) == (False, None)
    assert 'value="resume"' in page.content.decode()

    team.post(at(order), {"act": "resume"})
    order.refresh_from_db()
    assert order.halted_at is None


def test_an_order_of_another_stop_is_not_there(team, order):
    other = make_stop(region="MA-01")

    assert team.get(f"/pilotage/etapes/{other.slug}/envois/{order.pk}/").status_code == 404
    assert team.post(f"/pilotage/etapes/{other.slug}/envois/{order.pk}/", {"act": "halt"}).status_code == 404


@pytest.mark.parametrize("orders", [1, 3])
def test_the_list_of_orders_costs_the_same_however_many_there_are(team, stop, orders):
    for number in range(orders):
        Campaign.objects.create(
            stop=stop, audiences=[f"audience {number}"], ordered_at=clock.now(), by=make_staff()
        )
    with CaptureQueriesContext(connection) as asked:
        page = team.get(f"/pilotage/etapes/{stop.slug}/envois/")

    assert len(page.context["orders"]) == orders
    assert len(asked) == 4
