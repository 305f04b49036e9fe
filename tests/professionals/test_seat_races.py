"""Many people at the same moment: real threads, real transactions. Each race has its control."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from meetings import gate
from meetings.models import Stop
from outbox.models import Message
from professionals import promotion, room, seat_requests, seats
from professionals.models import Professional, Registration, RegistrationStatus, SeatRequest
from tests.factories import make_organisation, make_professional, make_registration, make_stop
from tests.meeting_points import MeetingPoint, somebody_waits
from tests.professionals.conftest import AtOnce
from tests.professionals.filling import ask

pytestmark = pytest.mark.django_db(transaction=True)


def race_for_the_last_seat(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    stop = make_stop(seats=1)
    people = [make_professional(), make_professional()]
    MeetingPoint().after(monkeypatch, room, "standing")
    at_once([partial(seats.register, stop, professional=one) for one in people])
    return sorted(stop.registrations.values_list("status", flat=True))


def test_two_people_racing_for_the_last_seat_do_not_both_get_it(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert race_for_the_last_seat(at_once, monkeypatch) == ["seated", "waiting"]


@pytest.mark.usefixtures("without_the_lock")
def test_the_race_for_the_last_seat_is_real(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the lock both get it: if this fails, the test above proves nothing."""
    assert race_for_the_last_seat(at_once, monkeypatch) == ["seated", "seated"]


def race_of_who_comes_with_who_leaves(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch, *, waiting: int
) -> list[str]:
    """The newcomer has counted and not yet written when the only seat is given up."""
    stop = make_stop(seats=1)
    leaver = make_registration(stop)
    for _ in range(waiting):
        make_registration(stop, status=RegistrationStatus.WAITING)
    newcomer = make_professional()
    counted, left = threading.Event(), threading.Event()
    plain = seats._write

    def write(registration: Registration) -> None:
        counted.set()
        while not left.wait(0.002) and not somebody_waits():
            pass
        plain(registration)

    def leave() -> None:
        counted.wait(20)
        seats.withdraw(leaver)
        left.set()

    monkeypatch.setattr(seats, "_write", write)
    at_once([leave, partial(seats.register, stop, professional=newcomer)])
    return list(stop.registrations.active().order_by("confirmed_at").values_list("status", flat=True))


def test_who_comes_while_the_seat_is_freed_is_not_left_waiting_beside_it(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert race_of_who_comes_with_who_leaves(at_once, monkeypatch, waiting=0) == ["seated"]


@pytest.mark.usefixtures("without_the_lock")
def test_the_race_of_who_comes_with_who_leaves_is_real(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the lock the newcomer waits beside an empty seat."""
    assert race_of_who_comes_with_who_leaves(at_once, monkeypatch, waiting=0) == ["waiting"]


def test_a_newcomer_does_not_overtake_the_queue(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    found = race_of_who_comes_with_who_leaves(at_once, monkeypatch, waiting=1)
    assert found == ["seated", "waiting"]


def race_of_two_who_leave(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Two seats are freed at once and two people wait: the promotions that were told."""
    stop = make_stop(seats=2)
    leavers = [make_registration(stop), make_registration(stop)]
    for _ in range(2):
        make_registration(stop, status=RegistrationStatus.WAITING)
    MeetingPoint().before(monkeypatch, promotion, "move_up")
    at_once([partial(seats.withdraw, one) for one in leavers])
    return Counter(stop.registrations.values_list("status", flat=True))


def test_two_seats_freed_at_once_go_to_two_people(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    assert race_of_two_who_leave(at_once, monkeypatch) == {"cancelled": 2, "seated": 2}
    assert Message.objects.filter(purpose="promoted").count() == 2


@pytest.mark.usefixtures("without_the_lock")
def test_the_race_of_two_freed_seats_is_real(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the lock neither sees the seat that the other frees: one stays empty, the queue waits."""
    assert race_of_two_who_leave(at_once, monkeypatch) != {"cancelled": 2, "seated": 2}


def test_one_person_who_taps_twenty_times_has_one_registration(at_once: AtOnce) -> None:
    stop, person = make_stop(), make_professional()
    answers = at_once([partial(seats.register, stop, professional=person)] * 20)
    assert len({answer.pk for answer in answers}) == 1
    assert Message.objects.filter(purpose="seat").count() == 1


def test_one_link_opened_twenty_times_at_once_confirms_once(at_once: AtOnce) -> None:
    asked = ask(make_stop())
    answers = at_once([partial(seat_requests.confirm, asked)] * 20)
    assert len({answer.pk for answer in answers}) == 1
    assert (Professional.objects.count(), Registration.objects.count()) == (1, 1)
    assert Message.objects.filter(purpose="seat").count() == 1


def test_one_form_sent_twenty_times_at_once_is_one_request_and_one_mail(at_once: AtOnce) -> None:
    stop = make_stop()
    ask(stop, form_id="warm-up", email="quelquun@hotel.example")  # the category is made, Redis answers
    at_once([partial(ask, stop, form_id="one form")] * 20)
    assert SeatRequest.objects.filter(email="ventes@hotel.example").count() == 1
    assert Message.objects.filter(recipient="ventes@hotel.example").count() == 1


def test_one_person_confirming_two_requests_at_once_is_one_person(at_once: AtOnce) -> None:
    stop, other = make_stop(), make_stop(region="MA-11")
    asked = [ask(stop), ask(stop, phone="+212700000000"), ask(other)]
    at_once([partial(seat_requests.confirm, one) for one in asked])
    assert Professional.objects.count() == 1
    assert Registration.objects.count() == 2


def storm(stop: Stop, people: list[Professional], *, draw: random.Random) -> list[Callable[[], Any]]:
    """Everybody comes; some give their seat up again, and some of those return."""

    def life(person: Professional, kind: float) -> None:
        registration = seats.register(stop, professional=person)
        if kind < 0.4:
            seats.withdraw(registration)
        if kind < 0.15:
            seats.come_back(registration)

    return [partial(life, person, draw.random()) for person in people]


def test_sixty_people_for_twenty_seats_some_of_whom_leave_and_return(at_once: AtOnce) -> None:
    stop = make_stop(seats=20)
    house = make_organisation()
    people = [make_professional(organisation=house) for _ in range(60)]
    answers = at_once(storm(stop, people, draw=random.Random(12)))
    assert [answer for answer in answers if answer is not None] == []

    active = list(stop.registrations.active().order_by("confirmed_at"))
    assert [one.status for one in active] == ["seated"] * 20 + ["waiting"] * (len(active) - 20)
    assert len({one.confirmed_at for one in active}) == len(active)
    mails = Counter(Message.objects.values_list("purpose", "recipient"))
    assert mails.total() == Message.objects.count()
    # Whoever was told to wait and has a seat since was told so, once for each time they waited.
    for one in active:
        waited = mails["waiting", one.professional.email]
        promoted = mails["promoted", one.professional.email]
        seated = mails["seat", one.professional.email]
        assert seated + promoted >= (one.status == "seated")
        assert promoted <= waited
        if one.status == "waiting":
            assert waited >= 1


def test_sixty_people_for_twenty_seats_get_exactly_twenty(at_once: AtOnce) -> None:
    stop = make_stop(seats=20)
    house = make_organisation()
    people = [make_professional(organisation=house) for _ in range(60)]
    at_once([partial(seats.register, stop, professional=one) for one in people])
    found = stop.registrations.order_by("confirmed_at").values_list("status", flat=True)
    assert list(found) == ["seated"] * 20 + ["waiting"] * 40


def test_who_waits_too_long_for_the_stop_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, person = make_stop(), make_professional()
    monkeypatch.setattr(gate, "PATIENCE", "50ms")
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                gate.lock(stop.pk)
                held.set()
                done.wait(20)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(20)
        with pytest.raises(gate.Busy):
            seats.register(stop, professional=person)
    finally:
        done.set()
        holder.join()
    assert seats.register(stop, professional=person).status == RegistrationStatus.SEATED
