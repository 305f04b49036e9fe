"""« Je confirme » and « Je prends la place »: what the page shows, and what only its button does."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from meetings import lifecycle
from meetings.models import Stop
from outbox import clock
from outbox.models import Message
from professionals import offers, personal_links, seats
from professionals.models import Registration
from regions import legal_time
from tests.factories import make_professional, make_registration, make_staff, make_stop
from tests.professionals.conftest import Clock

pytestmark = pytest.mark.django_db


def address(registration: Registration, view: str = "registration") -> str:
    registration.refresh_from_db()
    token = personal_links.registration_token(registration)
    return reverse(f"professionals:{view}", args=[token])


def state(registration: Registration) -> str:
    return Registration.objects.get(pk=registration.pk).status


def come(stop: Stop) -> Registration:
    return seats.register(stop, professional=make_professional())


# « Je confirme »


def test_opening_je_confirme_changes_nothing_and_its_button_says_it_once(client: Client) -> None:
    mine = make_registration(make_stop())
    page = address(mine, "reconfirm")
    assert client.get(page).status_code == 200
    mine.refresh_from_db()
    assert mine.reconfirmed_at is None
    assert client.post(page)["Location"] == address(mine)
    mine.refresh_from_db()
    first = mine.reconfirmed_at
    assert first is not None
    assert client.post(page)["Location"] == client.get(page)["Location"] == address(mine)
    mine.refresh_from_db()
    assert mine.reconfirmed_at == first
    assert "Vous avez confirmé votre venue. Merci." in client.get(address(mine)).content.decode()


def test_once_the_seat_is_given_up_there_is_nothing_to_confirm(client: Client) -> None:
    mine = come(make_stop())
    page = address(mine, "reconfirm")
    seats.withdraw(mine)
    assert client.get(page)["Location"] == address(mine)
    answer = client.post(page)
    assert answer.status_code == 409
    assert "Il n’y a plus de place à confirmer" in answer.content.decode()
    mine.refresh_from_db()
    assert mine.reconfirmed_at is None


def test_a_seat_given_up_and_had_again_is_to_be_confirmed_again(client: Client) -> None:
    mine = come(make_stop())
    client.post(address(mine, "reconfirm"))
    seats.withdraw(mine)
    seats.come_back(mine)
    mine.refresh_from_db()
    assert (mine.status, mine.reconfirmed_at) == ("seated", None)


def test_who_waits_and_who_comes_too_late_confirm_nothing(client: Client, later: Clock) -> None:
    stop = make_stop(seats=1)
    seated, waiting = come(stop), come(stop)
    assert client.post(address(waiting, "reconfirm")).status_code == 409
    later(stop.starts_at - clock.now())
    assert client.post(address(seated, "reconfirm")).status_code == 409
    assert not Registration.objects.exclude(reconfirmed_at=None).exists()


# « Je prends la place »


def offered(later: Clock) -> tuple[Stop, Registration, Registration]:
    """A seat freed on the eve at half past four is kept for the first of two who wait."""
    stop = make_stop(seats=1)
    leaver, first, second = come(stop), come(stop), come(stop)
    later(legal_time.instant(stop.date - timedelta(days=1), time(16, 30)) - clock.now())
    seats.withdraw(leaver)
    assert (state(first), state(second)) == ("offered", "waiting")
    return stop, first, second


def take(client: Client, registration: Registration) -> Any:
    return client.post(address(registration), {"act": "take"})


def test_the_button_takes_the_seat_and_twice_is_once(client: Client, later: Clock) -> None:
    _stop, mine, _second = offered(later)
    assert "Je prends la place" in client.get(address(mine)).content.decode()
    assert state(mine) == "offered"
    for _ in range(2):
        assert take(client, mine)["Location"] == address(mine)
    assert state(mine) == "seated"
    told = Message.objects.filter(recipient=mine.professional.email, purpose="seat")
    assert [message.calendar_method for message in told] == ["REQUEST"]


def test_after_its_limit_the_seat_is_no_longer_theirs_and_the_page_says_so(
    client: Client, later: Clock
) -> None:
    stop, mine, second = offered(later)
    later(timedelta(minutes=stop.offer_minutes))
    for _ in range(2):  # before and after the beat has seen it
        answer = take(client, mine)
        assert answer.status_code == 409
        assert "le délai est passé" in answer.content.decode()
        offers.lapse_due(clock.now())
    assert (state(mine), state(second)) == ("cancelled", "offered")
    assert take(client, second).status_code == 302
    assert state(second) == "seated"


def test_nobody_takes_a_seat_that_was_not_offered_to_them(client: Client, later: Clock) -> None:
    _stop, _first, second = offered(later)
    assert take(client, second).status_code == 409
    assert state(second) == "waiting"


def test_what_was_offered_before_staff_stopped_the_queue_may_still_be_taken(
    client: Client, later: Clock
) -> None:
    stop, mine, second = offered(later)
    offers.stop_promotion(stop, by=make_staff())
    assert take(client, mine).status_code == 302
    assert state(mine) == "seated"
    seats.withdraw(mine)
    assert state(second) == "waiting"  # nobody moves up while it is stopped


def test_at_a_stop_called_off_nothing_is_taken(client: Client, later: Clock) -> None:
    stop, mine, _second = offered(later)
    lifecycle.cancel(stop, by=None)
    take(client, mine)
    assert "Je prends la place" not in client.get(address(mine)).content.decode()
