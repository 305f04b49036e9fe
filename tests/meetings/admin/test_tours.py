"""Tests of meetings.admin.tours and meetings.admin.releases: lists, forms, what is only read."""

from datetime import time

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings import lifecycle, officials, reminders
from meetings.models import AgendaTemplateItem, Release, ReminderRule, Tour, Venue
from tests.admin_pages import filled_in, refusals
from tests.factories import make_region, make_staff, make_stop, make_tour, make_venue

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client):
    client.force_login(make_staff())
    return client


def list_of(model):
    return reverse(f"admin:meetings_{model}_changelist")


def page_of(row, name="change"):
    return reverse(f"admin:meetings_{row._meta.model_name}_{name}", args=[row.pk])


def venues(count):
    for number in range(count):
        make_venue(region=make_region(f"MA-0{number + 1}"))


def tours(count):
    for number in range(count):
        make_tour(slug=f"tournee-{number}", is_current=number == 0)


def releases_(count):
    stop = make_stop()
    for _number in range(count - 1):
        stop.refresh_from_db()
        lifecycle.change(stop, changes={"seats": stop.seats + 1}, by=make_staff())


def rules(count):
    tour = make_tour()
    reminders.lay_down(tour)
    ReminderRule.objects.exclude(pk__in=tour.reminder_rules.values("pk")[:count]).delete()


def points(count):
    for number in range(count):
        AgendaTemplateItem.objects.create(
            code=f"p{number}", title_fr="P", title_ar="ن", title_en="P", minutes=5, position=number
        )


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("model", "make", "cost"),
    [
        ("venue", venues, 6),
        ("tour", tours, 5),
        ("release", releases_, 7),
        ("reminderrule", rules, 6),
        ("agendatemplateitem", points, 5),
    ],
)
def test_every_list_costs_the_same_at_one_row_and_at_three(signed_in, model, make, cost, count):
    make(count)
    with CaptureQueriesContext(connection) as queries:
        response = signed_in.get(list_of(model))
    assert len(response.context["cl"].result_list) == count
    assert len(queries) == cost


@pytest.mark.parametrize(
    "model", ["stop", "meeting", "venue", "tour", "release", "reminderrule", "agendatemplateitem"]
)
def test_every_list_can_be_searched_and_sorted(signed_in, model):
    make_stop()
    assert signed_in.get(list_of(model), {"q": "dakhla", "o": "1"}).status_code == 200


def test_only_one_tour_is_the_current_one(signed_in):
    make_tour()
    other = make_tour(slug="autre", is_current=False)
    data = filled_in(signed_in.get(page_of(other))) | {"is_current": "on"}
    assert refusals(signed_in.post(page_of(other), data)) == [
        "Une autre tournée est déjà la tournée en cours."
    ]
    assert Tour.objects.get(is_current=True).slug == "tournee"


def test_a_venue_abroad_is_refused_and_a_stale_page_too(signed_in):
    venue = make_venue()
    data = filled_in(signed_in.get(page_of(venue)))
    assert refusals(signed_in.post(page_of(venue), data | {"latitude": "48", "longitude": "2"})) == [
        "Ces coordonnées ne sont pas au Maroc."
    ]
    Venue.objects.update(seats=7)
    assert len(refusals(signed_in.post(page_of(venue), data | {"name_fr": "Mien"}))) == 2
    assert Venue.objects.get().seats == 7


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            {"latitude": "33.6", "longitude": "-7.62"},  # Casablanca
            "Ces coordonnées ne sont pas dans la région Dakhla-Oued Ed-Dahab : vérifiez-les.",
        ),
        ({"latitude": "23.68"}, "Donnez la latitude et la longitude, ou aucune des deux."),
    ],
)
def test_coordinates_must_lie_in_the_region_of_the_venue(signed_in, typed, sentence):
    venue = make_venue()
    data = filled_in(signed_in.get(page_of(venue)))
    assert refusals(signed_in.post(page_of(venue), data | typed)) == [sentence]
    assert Venue.objects.get().latitude is None
    right = {"latitude": "23.68", "longitude": "-15.93"}
    assert signed_in.post(page_of(venue), data | right).status_code == 302
    assert Venue.objects.get().latitude == 23.68


def test_a_venue_does_not_change_under_the_stops_that_are_to_take_place_there(signed_in):
    venue = make_venue()
    stop = make_stop(venue=venue, seats=200)
    page = page_of(venue)
    elsewhere = {"region": make_region("MA-01").pk}
    assert refusals(signed_in.post(page, filled_in(signed_in.get(page)) | {"seats": "199"} | elsewhere)) == [
        "Une étape y prévoit 200 places.",
        "Une étape d’une autre région s’y tient.",
    ]
    assert signed_in.post(page, filled_in(signed_in.get(page)) | {"seats": "200"}).status_code == 302
    lifecycle.cancel(stop, by=None)
    assert signed_in.post(page, filled_in(signed_in.get(page)) | {"seats": "1"}).status_code == 302


def test_a_public_left_without_a_current_tour_is_said(signed_in):
    tour = make_tour()
    data = filled_in(signed_in.get(page_of(tour)))
    del data["is_current"]
    response = signed_in.post(page_of(tour), data)
    warning, _success = (str(each) for each in get_messages(response.wsgi_request))
    assert warning == "Aucune tournée n’est en cours : le public ne voit plus d’agenda ni d’étape."
    response = signed_in.post(page_of(tour), filled_in(signed_in.get(page_of(tour))) | {"is_current": "on"})
    assert len(list(get_messages(response.wsgi_request))) == 1


def test_a_reminder_rule_chooses_among_the_audiences_there_are(signed_in):
    reminders.lay_down(make_tour())
    rule = ReminderRule.objects.get(kind="no_answer")
    page = signed_in.get(page_of(rule))
    offered = {name for name, _label in page.context["adminform"].form.fields["audiences"].choices}
    assert {"crt", "wilaya", officials.ACCEPTED} <= offered
    data = filled_in(page) | {"audiences": ["crt", "wilaya"], "local_time": "08:30"}
    assert signed_in.post(page_of(rule), data).status_code == 302
    rule.refresh_from_db()
    assert (rule.audiences, rule.local_time) == (["crt", "wilaya"], time(8, 30))
    assert refusals(
        signed_in.post(page_of(rule), filled_in(signed_in.get(page_of(rule))) | {"audiences": "x"})
    )


def test_releases_are_read_and_nothing_else(signed_in):
    stop = make_stop()
    lifecycle.change(stop, changes={"city_fr": "Ad-Dakhla"}, by=None)
    release = Release.objects.get(number=2)
    html = signed_in.get(page_of(release)).content.decode()
    assert "ville, fr : « Dakhla » → « Ad-Dakhla »" in html
    assert signed_in.get(reverse("admin:meetings_release_add")).status_code == 403
    assert signed_in.post(page_of(release, "delete"), {"post": "yes"}).status_code == 403
    signed_in.post(page_of(release), {"number": "9"})
    assert Release.objects.get(pk=release.pk).number == 2
