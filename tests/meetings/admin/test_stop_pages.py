"""Tests of meetings.admin.stop_pages: nothing is written before it was shown (invariant 10)."""

import re
from datetime import time, timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings import agenda, lifecycle
from meetings.models import Stop, StopStatus
from outbox.models import Message
from tests.factories import (
    make_guests,
    make_recipient,
    make_staff,
    make_stop,
    make_user,
    make_venue,
)
from tests.telling import tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_audiences")]


@pytest.fixture
def signed_in(client):
    client.force_login(make_staff())
    return client


@pytest.fixture
def stop():
    """Published; three people have a seat, one of them reads Arabic, and one waits."""
    stop = make_stop(venue=make_venue())
    make_guests(stop, "seated", make_recipient(1), make_recipient(2), make_recipient(3, language="ar"))
    make_guests(stop, "waiting", make_recipient(4, language="en"))
    return stop


def page_of(stop, name):
    return reverse(f"admin:meetings_stop_{name}", args=[stop.pk])


def typed(response):
    """What the browser holds: the fields of the form and what was shown."""
    data = {field.html_name: field.value() for field in response.context["form"]}
    data = {name: getattr(value, "pk", value) for name, value in data.items() if value is not None}
    return {**data, "shown": response.context["shown"]}


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def preview_of_a_move(client, stop, **values):
    address = page_of(stop, "changement")
    data = typed(client.get(address)) | {"date": (stop.date + timedelta(days=7)).isoformat()} | values
    return client.post(address, data)


def test_the_page_shows_who_will_be_told_by_audience_and_language_and_writes_nothing(signed_in, stop):
    response = preview_of_a_move(signed_in, stop)
    assert response.context["table"] == [("seated", [2, 1, 0], 3), ("waiting", [0, 0, 1], 1)]
    assert 'value="Enregistrer et prévenir (4)"' in response.content.decode()
    assert (Stop.objects.get().date, Message.objects.count()) == (stop.date, 0)


def test_confirming_what_was_shown_moves_the_stop_and_tells_them(signed_in, stop):
    shown = preview_of_a_move(signed_in, stop)
    response = signed_in.post(page_of(stop, "changement"), typed(shown) | {"confirm": "1"})
    assert response.url == reverse("admin:meetings_stop_change", args=[stop.pk])
    assert agenda.stop(stop.slug).document["date"] == (stop.date + timedelta(days=7)).isoformat()
    tell()
    assert Message.objects.filter(purpose="moved").count() == 4


def test_values_that_were_not_shown_are_shown_before_they_are_written(signed_in, stop):
    shown = typed(preview_of_a_move(signed_in, stop))
    other = {"date": (stop.date + timedelta(days=14)).isoformat(), "confirm": "1"}
    response = signed_in.post(page_of(stop, "changement"), shown | other)
    assert "relisez" in said(response)[0]
    assert Stop.objects.get().date == stop.date
    signed_in.post(page_of(stop, "changement"), typed(response) | {"confirm": "1"})
    assert Stop.objects.get().date == stop.date + timedelta(days=14)


def test_a_stop_that_changed_since_it_was_shown_is_shown_anew(signed_in, stop):
    shown = typed(preview_of_a_move(signed_in, stop))
    lifecycle.change(stop, changes={"seats": 60}, by=None)
    response = signed_in.post(page_of(stop, "changement"), shown | {"confirm": "1"})
    assert Stop.objects.get().date == stop.date
    # The other's change would be undone, and that is said.
    assert response.context["preview"].differences[-1] == "places : 60 → 100"


def test_what_cannot_be_done_is_said_and_cannot_be_confirmed(signed_in, stop):
    response = preview_of_a_move(signed_in, stop, ends="12:00")
    assert len(response.context["preview"].problems) == 1
    assert 'name="confirm"' not in response.content.decode()
    response = signed_in.post(page_of(stop, "changement"), typed(response) | {"confirm": "1"})
    assert said(response)[0] == response.context["preview"].problems[0]
    assert Stop.objects.get().date == stop.date


def test_a_day_that_is_not_free_is_a_warning_and_no_refusal(signed_in, stop):
    saturday = stop.date + timedelta(days=2)
    response = preview_of_a_move(signed_in, stop, date=saturday.isoformat())
    assert response.context["preview"].warnings == ["L’étape tombe un samedi ou un dimanche."]
    signed_in.post(page_of(stop, "changement"), typed(response) | {"confirm": "1"})
    assert Stop.objects.get().date == saturday


def test_what_is_not_a_date_is_said_at_its_field(signed_in, stop):
    response = preview_of_a_move(signed_in, stop, date="demain")
    assert list(response.context["form"].errors) == ["date"]
    assert response.context["preview"] is None


def test_venues_of_other_regions_are_not_offered(signed_in, stop):
    other = make_venue(region=make_stop(region="MA-01", published=False).region)
    offered = signed_in.get(page_of(stop, "changement")).context["form"].fields["venue"].queryset
    assert list(offered) == [stop.venue]
    assert list(preview_of_a_move(signed_in, stop, venue=other.pk).context["form"].errors) == ["venue"]


@pytest.mark.parametrize(
    ("name", "status", "purpose"),
    [("annulation", StopStatus.CANCELLED, "cancelled"), ("report", StopStatus.POSTPONED, "postponed")],
)
def test_calling_off_asks_for_the_reason_and_says_who_is_told(signed_in, stop, name, status, purpose):
    page = signed_in.get(page_of(stop, name))
    assert page.context["preview"].total == 4
    assert Stop.objects.get().status == StopStatus.PUBLISHED
    reason = {"reason_fr": "Tempête.", "reason_ar": "عاصفة.", "reason_en": "Storm."}
    refused = signed_in.post(page_of(stop, name), typed(page) | {"reason_fr": "Tempête.", "confirm": "1"})
    assert refused.context["form"].non_field_errors()
    assert Stop.objects.get().status == StopStatus.PUBLISHED
    signed_in.post(page_of(stop, name), typed(page) | reason | {"confirm": "1"})
    assert Stop.objects.get().status == status
    assert agenda.stop(stop.slug).document["reason"]["ar"] == "عاصفة."
    tell()
    assert Message.objects.filter(purpose=purpose).count() == 4


def test_publishing_the_changes_shows_them_first_and_only_those_shown_are_published(signed_in, stop):
    Stop.objects.filter(pk=stop.pk).update(intro_fr="Relu.")
    page = signed_in.get(page_of(stop, "publication"))
    assert page.context["preview"].differences == [
        "présentation, fr : « L’ONMT écoute les professionnels de la région. » → « Relu. »"
    ]
    assert page.context["table"] == []
    Stop.objects.filter(pk=stop.pk).update(intro_ar="Pas relu.")
    response = signed_in.post(page_of(stop, "publication"), typed(page) | {"confirm": "1"})
    assert len(response.context["preview"].differences) == 2
    assert agenda.stop(stop.slug).release_number == 1
    signed_in.post(page_of(stop, "publication"), typed(response) | {"confirm": "1"})
    assert agenda.stop(stop.slug).document["intro"]["ar"] == "Pas relu."


def test_publishing_a_corrected_address_says_that_people_will_be_told(signed_in, stop):
    stop.venue.address_fr = "Avenue Hassan II"
    stop.venue.save(update_fields=["address_fr"])
    assert signed_in.get(page_of(stop, "publication")).context["preview"].total == 4


def test_a_draft_is_published_from_its_page_once_it_is_complete(signed_in):
    draft = make_stop(published=False, contact_phone="")
    page = signed_in.get(page_of(draft, "publication"))
    assert page.context["preview"].problems == ["Contact : indiquez le téléphone."]
    signed_in.post(page_of(draft, "publication"), typed(page) | {"confirm": "1"})
    assert Stop.objects.get().status == StopStatus.DRAFT
    Stop.objects.update(contact_phone="+212500000000")
    page = signed_in.get(page_of(draft, "publication"))
    signed_in.post(page_of(draft, "publication"), typed(page) | {"confirm": "1"})
    assert Stop.objects.get().status == StopStatus.PUBLISHED


def test_only_pages_that_make_sense_are_offered(signed_in, stop):
    def offered():
        html = signed_in.get(reverse("admin:meetings_stop_change", args=[stop.pk])).content.decode()
        return re.findall(rf'href="/admin/meetings/stop/{stop.pk}/(\w+)/"', html)

    pages = ["publication", "changement", "report", "annulation", "acces", "invitations", "history"]
    assert offered() == pages
    lifecycle.cancel(stop, by=None)
    assert offered() == ["history"]
    assert signed_in.get(page_of(stop, "changement")).status_code == 404


def test_a_get_changes_nothing_even_with_a_confirmation_in_its_address(signed_in, stop):
    for name in ("publication", "changement", "report", "annulation"):
        signed_in.get(page_of(stop, name), {"confirm": "1"})
    assert Stop.objects.get().status == StopStatus.PUBLISHED


@pytest.mark.parametrize("name", ["publication", "changement", "report", "annulation"])
def test_the_pages_are_closed_to_whoever_may_not_change_stops(client, stop, name):
    assert client.get(page_of(stop, name)).status_code == 302
    client.force_login(make_user(is_staff=True))
    assert client.get(page_of(stop, name)).status_code in (302, 403)
    assert client.post(page_of(stop, name), {"confirm": "1"}).status_code in (302, 403)
    assert Stop.objects.get().status == StopStatus.PUBLISHED


def test_a_stop_that_somebody_holds_is_answered_politely(signed_in, stop, monkeypatch):
    def busy(pk):
        raise lifecycle.Busy

    shown = typed(preview_of_a_move(signed_in, stop))
    monkeypatch.setattr(lifecycle, "lock", busy)
    response = signed_in.post(page_of(stop, "changement"), shown | {"confirm": "1"})
    assert said(response) == ["Quelqu’un d’autre modifie cette étape. Réessayez dans un instant."]


def test_the_time_typed_is_read_as_wall_clock(signed_in, stop):
    shown = preview_of_a_move(signed_in, stop, starts="11:00", ends="14:30")
    signed_in.post(page_of(stop, "changement"), typed(shown) | {"confirm": "1"})
    moved = Stop.objects.get()
    assert (moved.starts, moved.starts_at.hour) == (time(11), 11)


def test_looking_at_who_is_told_costs_the_same_for_one_person_and_for_many(signed_in, stop):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            signed_in.get(page_of(stop, "annulation"))
        return len(queries)

    before = cost()
    make_guests(stop, "seated", *(make_recipient(number) for number in range(300)))
    assert cost() == before
