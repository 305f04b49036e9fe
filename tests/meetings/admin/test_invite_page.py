"""Tests of meetings.admin.invite_page."""

from datetime import time, timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings import gate, invitations, lifecycle
from meetings.models import Campaign, Invitation, Stop, StopStatus
from outbox import queue, suppressions
from outbox.models import Message
from regions import legal_time
from regions.models import Body
from tests.factories import make_official, make_staff, make_stop, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings", "empty_audiences")]


@pytest.fixture
def staff(client):
    client.force_login(make_staff())
    return client


@pytest.fixture
def stop():
    return make_stop()


def page(stop):
    return reverse("admin:meetings_stop_invitations", args=[stop.pk])


def counted(client, stop, *chosen):
    return client.post(page(stop), {"audiences": chosen, "preview": "1"})


def confirmed(client, stop, *chosen, shown):
    data = {"audiences": chosen, "confirm": "1", "shown": shown.context["shown"]}
    return client.post(page(stop), data)


def test_the_page_offers_the_audiences_that_can_be_invited(staff, stop):
    response = staff.get(page(stop))
    names = [name for name, _label in response.context["form"].fields["audiences"].choices]
    assert names == [*Body.values, "press", "professionals"]


def test_choosing_counts_and_shows_one_letter_and_writes_nothing(staff, stop, professionals):
    make_official(function_fr="Président du CRT")
    make_official(email="")
    professionals.add(language="ar")
    professionals.add("refus@riad.example")
    suppressions.suppress(queue.hash_of("refus@riad.example"))
    response = counted(staff, stop, "crt", "professionals")
    assert response.context["table"] == [
        ("Conseil régional du tourisme", [1, 0, 0], 1),
        ("professionals", [0, 1, 0], 1),
    ]
    assert response.context["preview"].warnings == [
        "1 personne ne peut être invitée que par courrier : la liste la montrera.",
        "1 personne ne veut plus recevoir d’invitations.",
    ]
    html = response.content.decode()
    assert "a l’honneur de vous inviter" in html
    assert "/fr/invitation/0." not in html
    assert 'value="Demander l’envoi (2)"' in html
    assert Campaign.objects.count() == Invitation.objects.count() == Message.objects.count() == 0


def test_confirming_orders_the_campaign_and_leads_to_its_progress(
    staff, stop, django_capture_on_commit_callbacks
):
    make_official()
    with django_capture_on_commit_callbacks(execute=True):
        response = confirmed(staff, stop, "crt", shown=counted(staff, stop, "crt"))
    (order,) = Campaign.objects.all()
    assert response.url == f"/pilotage/etapes/{stop.slug}/envois/{order.pk}/"
    assert (order.audiences, order.done_at) == (["crt"], None)
    assert staff.get(response.url).status_code == 200


def test_an_order_may_be_given_for_a_moment_to_come_in_moroccan_time(staff, stop):
    make_official()
    day = legal_time.today() + timedelta(days=1)
    later = {"audiences": ["crt"], "starts_day": f"{day:%Y-%m-%d}", "starts_hour": "09:15"}
    half = staff.post(page(stop), {**later, "starts_hour": "", "preview": "1"})
    assert "Indiquez le jour et l’heure, ou aucun des deux." in half.content.decode()
    shown = staff.post(page(stop), later | {"preview": "1"}).context["shown"]
    # What was looked at decides: another moment is shown first.
    other = {**later, "starts_hour": "10:00", "shown": shown, "confirm": "1"}
    assert staff.post(page(stop), other).status_code == 200
    staff.post(page(stop), later | {"shown": shown, "confirm": "1"})
    assert Campaign.objects.get().starts_at == legal_time.instant(day, time(9, 15))


def test_what_was_not_shown_is_shown_before_it_is_ordered(staff, stop, professionals):
    make_official()
    professionals.add()
    shown = counted(staff, stop, "crt")
    response = confirmed(staff, stop, "crt", "professionals", shown=shown)
    assert response.status_code == 200
    assert Campaign.objects.count() == 0


def test_a_second_click_orders_nothing_new(staff, stop):
    make_official()
    shown = counted(staff, stop, "crt")
    for _ in range(2):
        confirmed(staff, stop, "crt", shown=shown)
    assert Campaign.objects.count() == 1


def test_nobody_left_to_invite_is_said(staff, stop):
    make_official()
    invitations.write_to(stop, ["crt"], limit=10)
    response = counted(staff, stop, "crt")
    assert response.context["preview"].problems == [
        "Il n’y a personne à inviter maintenant parmi ces publics."
    ]
    assert b'name="confirm"' not in response.content


def test_professionals_wait_while_registration_is_closed(staff, stop, professionals):
    professionals.add()
    make_official()
    lifecycle.pause_registration(stop, by=None)
    response = counted(staff, stop, "crt", "professionals")
    assert response.context["preview"].warnings == [
        "professionals : les inscriptions ne sont pas ouvertes, ce public attendra."
    ]
    assert response.context["preview"].total == 1


def test_a_stop_called_off_since_orders_nothing(staff, stop):
    make_official()
    shown = counted(staff, stop, "crt")
    with gate.opened():
        Stop.objects.update(status=StopStatus.CANCELLED)
    assert confirmed(staff, stop, "crt", shown=shown).status_code == 404
    assert Campaign.objects.count() == 0


def test_no_audience_is_no_order(staff, stop):
    response = counted(staff, stop)
    assert "Choisissez au moins un public." in response.content.decode()


@pytest.mark.parametrize("people", [1, 3])
def test_the_count_takes_as_many_queries_for_many_as_for_one(
    people, staff, stop, professionals, django_assert_max_num_queries
):
    for _ in range(people):
        make_official()
        professionals.add()
    staff.get(page(stop))
    with django_assert_max_num_queries(24):
        counted(staff, stop, "crt", "professionals")


def test_only_who_may_change_stops_invites(client, stop):
    client.force_login(make_user(is_staff=True))
    assert client.get(page(stop)).status_code == 403


def test_the_list_of_stops_leads_to_the_page(staff, stop):
    address = reverse("admin:meetings_stop_changelist")
    response = staff.post(address, {"action": "invite", "_selected_action": [stop.pk]})
    assert response.url == page(stop)
    assert [str(message) for message in get_messages(response.wsgi_request)] == []
    assert page(stop) in staff.get(reverse("admin:meetings_stop_change", args=[stop.pk])).content.decode()


def test_the_click_asks_as_much_of_the_database_for_three_people_as_for_one(staff, stop, professionals):
    """Nobody is counted or written to while staff wait: ten thousand take no longer."""
    counts = []
    for people, audience in ((1, "crt"), (3, "professionals")):
        for _ in range(people):
            make_official() if audience == "crt" else professionals.add()
        shown = counted(staff, stop, audience)
        with CaptureQueriesContext(connection) as asked:
            assert confirmed(staff, stop, audience, shown=shown).status_code == 302
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert Campaign.objects.count() == 2
    assert Message.objects.count() == Invitation.objects.count() == 0
