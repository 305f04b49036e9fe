"""Seats held back: who takes from them, who gets them when they are released."""

from datetime import date, time, timedelta

import pytest

from meetings import answers, attendance, held_seats
from meetings.models import HeldFor, HeldSeats, Invitation, MeetingKind, Stop
from outbox import clock
from professionals import seats, workshops
from professionals.models import Registration
from regions import legal_time
from tests.factories import make_meeting, make_official, make_professional, make_registration, make_stop

pytestmark = pytest.mark.django_db


def invited(stop: Stop, audience: str) -> Invitation:
    key = f"official:{make_official(body=audience).pk}"
    return Invitation.objects.create(stop=stop, audience=audience, key=key, written_at=clock.now())


def come(stop: Stop) -> str:
    return seats.register(stop, professional=make_professional()).status


def test_what_is_held_is_out_of_the_publics_reach_until_it_is_released() -> None:
    stop = make_stop(seats=3)
    held_seats.hold(stop, HeldFor.CRT, 2, by=None)
    assert [come(stop) for _ in range(3)] == ["seated", "waiting", "waiting"]
    held_seats.release(HeldSeats.objects.get(), by=None)
    assert Registration.objects.seated().count() == 3
    assert held_seats.release(HeldSeats.objects.get(), by=None) is False


def test_officials_take_from_the_seats_of_their_own_and_give_them_back() -> None:
    stop = make_stop(seats=10)
    held_seats.hold(stop, HeldFor.CRT, 3, by=None)
    one, wali = invited(stop, "crt"), invited(stop, "wilaya")
    answers.accept(one, companions=1)
    assert attendance.taken_at(stop).held == 3
    answers.replace(one, function="Directeur", companions=3)  # one more than was held
    assert attendance.taken_at(stop).held == 4
    answers.accept(wali)
    assert attendance.taken_at(stop).held == 5
    answers.decline(one)
    assert attendance.taken_at(stop).held == 4


def test_past_what_is_held_an_official_takes_no_seat_that_is_not_free() -> None:
    stop = make_stop(seats=2)
    held_seats.hold(stop, HeldFor.CRT, 1, by=None)
    make_registration(stop)
    one = invited(stop, "crt")
    with pytest.raises(held_seats.NoSeatLeft):
        answers.accept(one, companions=1)
    answers.accept(one)
    with pytest.raises(held_seats.NoSeatLeft):
        answers.accept(invited(stop, "wilaya"))
    assert attendance.taken_at(stop).free(stop.seats) == 0


def test_an_official_who_steps_back_frees_a_seat_for_the_queue() -> None:
    stop = make_stop(seats=1)
    wali = invited(stop, "wilaya")
    answers.accept(wali)
    assert come(stop) == "waiting"
    answers.decline(wali)
    assert Registration.objects.get().status == "seated"


def test_the_beat_releases_at_the_hour_that_moroccan_clocks_show() -> None:
    stop = make_stop(seats=2)
    day: date = stop.date - timedelta(days=3)
    held_seats.hold(stop, HeldFor.PRESS, 1, by=None, release=(day, time(12)))
    noon = legal_time.instant(day, time(12))
    assert held_seats.release_due(noon - timedelta(seconds=1)) == 0
    assert held_seats.release_due(noon) == 1
    assert held_seats.release_due(noon) == 0


def test_holding_more_than_is_free_evicts_nobody() -> None:
    stop = make_stop(seats=2)
    make_registration(stop)
    held_seats.hold(stop, HeldFor.ONMT, 2, by=None)
    assert attendance.taken_at(stop).free(stop.seats) == -1
    assert Registration.objects.seated().count() == 1
    with pytest.raises(held_seats.CannotHold):
        held_seats.hold(stop, HeldFor.ONMT, 3, by=None)


def test_seats_held_in_a_workshop_are_not_chosen() -> None:
    stop = make_stop(published=False)
    workshop = make_meeting(stop, kind=MeetingKind.WORKSHOP, seats=1)
    held_seats.hold(stop, HeldFor.CRT, 1, by=None, meeting=workshop)
    from meetings import releases

    releases.publish(stop, by=None)
    mine = make_registration(Stop.objects.get(pk=stop.pk))
    with pytest.raises(workshops.WorkshopFull):
        workshops.choose(mine, workshop.pk)
    held_seats.release(HeldSeats.objects.get(), by=None)
    workshops.choose(mine, workshop.pk)
    assert workshop.workshop_seats.count() == 1


@pytest.mark.parametrize("audience", list(held_seats.POOLS))
def test_the_pools_are_those_of_the_count(audience: str) -> None:
    """What is held for the pool of an audience is what its people take."""
    stop = make_stop()
    Invitation.objects.create(
        stop=stop, audience=audience, key="official:1", written_at=clock.now(), answer="accepted",
        answered_at=clock.now(),
    )  # fmt: skip
    held_seats.hold(stop, held_seats.POOLS[audience], 1, by=None)
    assert attendance.taken_at(stop).held == 1
