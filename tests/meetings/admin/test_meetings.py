"""Tests of meetings.admin.meetings: a meeting's own page, with its points."""

from datetime import time

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings import agenda, releases
from meetings.models import AgendaItem, Meeting
from tests.admin_pages import filled_in, refusals
from tests.factories import make_meeting, make_staff, make_stop

pytestmark = pytest.mark.django_db
LIST = reverse("admin:meetings_meeting_changelist")


@pytest.fixture
def signed_in(client):
    client.force_login(make_staff())
    return client


def page_of(meeting, name="change"):
    return reverse(f"admin:meetings_meeting_{name}", args=[meeting.pk])


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_at_one_row_and_at_three(signed_in, count):
    stop = make_stop(meetings=False, published=False)
    for number in range(count):
        make_meeting(stop, room=str(number))
    with CaptureQueriesContext(connection) as queries:
        response = signed_in.get(LIST)
    assert len(response.context["cl"].result_list) == count
    assert len(queries) == 7


def test_points_stand_one_click_away_from_the_stop_and_are_changed_there(signed_in):
    meeting = make_stop(published=False).meetings.get()
    stop_page = signed_in.get(reverse("admin:meetings_stop_change", args=[meeting.stop_id]))
    assert f'href="{page_of(meeting)}' in stop_page.content.decode()
    data = filled_in(signed_in.get(page_of(meeting))) | {"items-0-minutes": "45", "items-1-DELETE": "on"}
    assert signed_in.post(page_of(meeting), data).status_code == 302
    assert [(item.position, item.minutes) for item in meeting.items.all()] == [(1, 45)]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"ends": "14:00"}, "Une rencontre se tient pendant l’étape : entre 10:00 et 13:30."),
        ({"ends": "09:00"}, "La fin doit venir après le début."),
        ({"room": "B"}, "Une autre rencontre occupe déjà cette salle à cette heure."),
        ({"room": "b ", "ends": "12:30"}, "Deux rencontres occupent la salle « b » à la même heure."),
        ({"items-0-minutes": "0"}, "Un point dure au moins une minute."),
    ],
)
def test_what_does_not_hold_is_said(signed_in, typed, sentence):
    stop = make_stop(published=False)
    meeting = stop.meetings.get()
    make_meeting(stop, room="B", starts=time(12), ends=time(13))
    response = signed_in.post(page_of(meeting), filled_in(signed_in.get(page_of(meeting))) | typed)
    assert refusals(response) == [sentence]


def test_points_longer_than_the_meeting_are_said_and_saved(signed_in):
    meeting = make_stop(published=False).meetings.get()
    data = filled_in(signed_in.get(page_of(meeting))) | {"items-0-minutes": "181"}
    response = signed_in.post(page_of(meeting), data)
    assert [str(each) for each in get_messages(response.wsgi_request)][:-1] == [
        "Rencontre « Séance plénière » : son ordre du jour dure 211 minutes, elle en a 210."
    ]
    assert meeting.items.first().minutes == 181
    data = filled_in(signed_in.get(page_of(meeting))) | {"items-0-minutes": "180"}
    assert len(list(get_messages(signed_in.post(page_of(meeting), data).wsgi_request))) == 1


def test_a_point_that_changed_under_the_page_refuses_it(signed_in):
    meeting = make_stop(published=False).meetings.get()
    data = filled_in(signed_in.get(page_of(meeting)))
    AgendaItem.objects.filter(position=2).update(minutes=90)
    response = signed_in.post(page_of(meeting), data | {"title_fr": "Mine."})
    assert refusals(response)[1:] == ["Durée (minutes) : maintenant « 90 », dans votre page « 30 »."]
    assert Meeting.objects.get().title_fr == "Séance plénière"


def test_deleting_a_meeting_of_a_released_stop_takes_it_out_of_what_is_public(signed_in):
    stop = make_stop(published=False)
    make_meeting(stop, room="B", title_fr="Atelier")
    releases.publish(stop, by=None)
    gone = stop.meetings.get(title_fr="Atelier")
    assert signed_in.post(page_of(gone, "delete"), {"post": "yes"}).status_code == 302
    document = agenda.stop(stop.slug).document
    assert [meeting["title"]["fr"] for meeting in document["meetings"]] == ["Séance plénière"]


def test_a_meeting_stays_with_its_stop(signed_in):
    meeting = make_stop(published=False).meetings.get()
    other = make_stop(region="MA-01", published=False)
    data = filled_in(signed_in.get(page_of(meeting))) | {"stop": other.pk}
    signed_in.post(page_of(meeting), data)
    meeting.refresh_from_db()
    assert meeting.stop_id != other.pk
