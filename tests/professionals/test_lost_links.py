"""« J'ai perdu mon lien »: the owner of the mailbox is written to, and nobody learns anything else."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from outbox.models import Message
from professionals import lost_links, personal_links, seats
from professionals.models import LostLink
from tests.factories import make_professional, make_registration, make_stop
from tests.professionals.filling import ask

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lost_links, "ring", lambda: None)


def send(client: Client, email: str) -> tuple[int, str, list[str]]:
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(reverse("professionals:lost_link"), {"email": email})
    return answer.status_code, answer.get("Location", ""), [q["sql"].split()[0] for q in queries]


def test_who_is_known_and_who_is_not_get_the_same_answer_in_the_same_steps(client: Client) -> None:
    make_registration(make_stop(), professional=make_professional(email="ventes@hotel.example"))
    known, unknown = send(client, "ventes@hotel.example"), send(client, "personne@hotel.example")
    assert known == unknown
    assert known[:2] == (302, reverse("professionals:lost_link_asked"))
    assert Message.objects.count() == 0


def test_every_registration_ahead_of_the_mailbox_is_written_to_and_the_question_forgotten() -> None:
    stop, other = make_stop(), make_stop(region="MA-11")
    person = make_professional(email="ventes@hotel.example")
    mine, there = make_registration(stop, professional=person), make_registration(other, professional=person)
    make_registration(stop, professional=make_professional(email="autre@hotel.example"))
    make_registration(
        make_stop(region="MA-10"),
        status="cancelled",
        professional=make_professional(email="ventes@hotel.example"),
    )
    lost_links.ask("ventes@hotel.example")
    assert (lost_links.answer(), lost_links.answer()) == (2, 0)
    told = Message.objects.order_by("pk")
    assert [(m.purpose, m.recipient) for m in told] == [("link_again", "ventes@hotel.example")] * 2
    for message, registration in zip(told, (mine, there), strict=True):
        assert personal_links.registration_url(registration) in message.text.split()
    assert LostLink.objects.count() == 0


def test_who_never_confirmed_gets_the_link_to_confirm() -> None:
    asked = ask(make_stop())
    lost_links.ask(asked.email)
    assert lost_links.answer() == 1
    assert [m.purpose for m in Message.objects.order_by("pk")] == ["confirm_address"] * 2


def test_a_mailbox_nobody_knows_is_not_written_to() -> None:
    seats.register(make_stop(), professional=make_professional(email=""))
    lost_links.ask("personne@hotel.example")
    assert (lost_links.answer(), Message.objects.count()) == (0, 0)


def test_a_mailbox_is_served_three_times_an_hour(client: Client) -> None:
    make_registration(make_stop(), professional=make_professional(email="ventes@hotel.example"))
    answers = {send(client, "ventes@hotel.example")[0] for _ in range(5)}
    assert (answers, LostLink.objects.count()) == ({302}, 3)


def test_an_address_that_is_none_is_to_be_corrected(client: Client) -> None:
    assert (send(client, "ventes@")[0], LostLink.objects.count()) == (422, 0)
