"""Professionals invited by name: one button registers them, another says they will not come."""

from typing import Any

import pytest
from django.test import Client

from meetings import audiences, lifecycle
from meetings.models import Answer, Invitation, Stop
from outbox import clock
from outbox.models import Message
from professionals.models import Professional, Registration
from professionals.personal_links import answer_url
from tests.factories import make_official, make_professional, make_registration, make_stop
from tests.professionals.conftest import Clock

pytestmark = pytest.mark.django_db


def invite(stop: Stop, person: Professional, **fields: Any) -> Invitation:
    defaults = {"audience": "professionals", "key": f"professional:{person.pk}", "written_at": clock.now()}
    return Invitation.objects.create(stop=stop, **defaults | fields)


def address(invitation: Invitation, language: str = "fr") -> str:
    return answer_url(invitation, language).removeprefix("http://localhost:8000")


def test_the_audience_says_where_its_people_answer() -> None:
    stop, person = make_stop(), make_professional()
    invitation = invite(stop, person)
    where = audiences.get("professionals").answer_url
    assert where is not None
    assert where(invitation, "ar") == answer_url(invitation, "ar")
    assert address(invitation, "ar").startswith("/ar/inscription/invitation/")


def test_i_come_registers_at_once(client: Client) -> None:
    stop, person = make_stop(), make_professional()
    invitation = invite(stop, person)
    done = client.post(address(invitation), {"answer": "yes"})
    registration = Registration.objects.get()
    assert done.status_code == 302
    assert (registration.professional, registration.status, registration.invitation) == (
        person,
        "seated",
        invitation,
    )
    assert list(Message.objects.values_list("purpose", flat=True)) == ["seat"]
    invitation.refresh_from_db()
    assert invitation.answer == Answer.ACCEPTED
    assert client.get(done["Location"]).status_code == 200


def test_a_full_stop_puts_the_invited_into_the_queue(client: Client) -> None:
    stop, person = make_stop(seats=1), make_professional()
    make_registration(stop)
    client.post(address(invite(stop, person)), {"answer": "yes"})
    assert person.registrations.get().status == "waiting"


def test_i_do_not_come_is_written_down_and_may_be_changed(client: Client) -> None:
    stop, person = make_stop(), make_professional()
    invitation = invite(stop, person)
    client.post(address(invitation), {"answer": "no"})
    invitation.refresh_from_db()
    assert (invitation.answer, Registration.objects.count()) == (Answer.DECLINED, 0)
    assert "vous ne viendrez pas" in client.get(address(invitation)).content.decode()
    client.post(address(invitation), {"answer": "yes"})
    client.post(address(invitation), {"answer": "no"})
    invitation.refresh_from_db()
    assert (invitation.answer, Registration.objects.get().status) == (Answer.DECLINED, "cancelled")


def test_reading_an_invitation_answers_nothing_and_shows_little(client: Client) -> None:
    person = make_professional(name="Meryem El Alaoui", email="direction@riad.example")
    invitation = invite(make_stop(), person)
    for method in (client.get, client.head, client.options):
        answer = method(address(invitation))
    content = client.get(address(invitation)).content.decode()
    assert f"Meryem, pour {person.organisation.name}" in content
    assert "Alaoui" not in content
    assert "direction@riad.example" not in content
    assert answer["Cache-Control"] == "no-store, private"
    invitation.refresh_from_db()
    assert (invitation.answer, Registration.objects.count()) == (Answer.NONE, 0)


@pytest.mark.parametrize("answer", ["yes", "no"])
@pytest.mark.parametrize("closing", ["begun", "cancelled"])
def test_answers_that_come_too_late_are_told_so(
    client: Client, later: Clock, answer: str, closing: str
) -> None:
    stop, person = make_stop(), make_professional()
    invitation = invite(stop, person)
    if closing == "begun":
        later(stop.starts_at - clock.now())
    else:
        lifecycle.cancel(stop, by=None)
    assert client.post(address(invitation), {"answer": answer}).status_code == 409
    assert "ne sont plus prises" in client.get(address(invitation)).content.decode()
    invitation.refresh_from_db()
    assert (invitation.answer, Registration.objects.count()) == (Answer.NONE, 0)


def test_a_paused_stop_registers_no_invited_and_keeps_no_half_answer(client: Client) -> None:
    stop, person = make_stop(), make_professional()
    invitation = invite(stop, person)
    lifecycle.pause_registration(stop, by=None)
    assert client.post(address(invitation), {"answer": "yes"}).status_code == 409
    invitation.refresh_from_db()
    assert invitation.answer == Answer.NONE


def test_officials_and_people_who_are_gone_have_nothing_to_answer_here(client: Client) -> None:
    stop, official = make_stop(), make_official()
    theirs = invite(stop, make_professional(), audience="crt", key=f"official:{official.pk}")
    nobodys = invite(stop, make_professional(), key="professional:999999")
    for invitation in (theirs, nobodys):
        assert client.get(address(invitation)).status_code == 404
        assert client.post(address(invitation), {"answer": "yes"}).status_code == 404
