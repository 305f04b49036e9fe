import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from meetings import gate
from meetings.models import MeetingKind, Stop, StopStatus
from outbox import clock
from professionals import presence
from professionals.models import Mark, Registration, RegistrationStatus, WorkshopSeat
from professionals.presence import Sent, TakenBack
from tests.factories import make_door, make_invitation, make_meeting, make_registration, make_stop
from tests.professionals.conftest import AtOnce

pytestmark = pytest.mark.django_db
AtTheDoor = Callable[..., datetime]


def key(number: int) -> str:
    return f"registration:{number}"


def since(registration: Registration) -> datetime | None:
    return Registration.objects.get(pk=registration.pk).checked_in_at


@pytest.fixture
def stop(at_the_door: AtTheDoor) -> Stop:
    made = make_stop()
    at_the_door(made)
    return made


def test_a_mark_says_who_came_when_and_who_saw_it(stop: Stop) -> None:
    mine, door = make_registration(stop), make_door(stop, function="Accueil nord")
    made = presence.mark(stop, key=key(mine.pk), by=door, device="telephone-1")
    assert since(mine) == made.at
    assert presence.first_marks(stop) == {
        key(mine.pk): presence.First(at=made.at, by="Accueil nord", marks=(made.client_id,))
    }
    assert list(Mark.objects.values_list("registration", "invitation", "meeting", "by", "device")) == [
        (mine.pk, None, None, door.pk, "telephone-1")
    ]


def test_the_same_press_sent_twice_is_one_mark(stop: Stop) -> None:
    mine, door, press = make_registration(stop), make_door(stop), uuid.uuid4()
    for _ in range(2):
        presence.mark(stop, key=key(mine.pk), by=door, client_id=press)
    assert Mark.objects.count() == 1


def test_of_two_presses_the_first_counts_and_both_stay(stop: Stop) -> None:
    mine, north, south = make_registration(stop), make_door(stop, function="N"), make_door(stop, function="S")
    first = presence.mark(stop, key=key(mine.pk), by=north)
    second = presence.mark(stop, key=key(mine.pk), by=south)
    assert since(mine) == first.at
    found = presence.first_marks(stop)[key(mine.pk)]
    assert (found.by, found.marks) == ("N", (first.client_id, second.client_id))


def test_taking_back_takes_every_mark_that_stands_and_keeps_it(stop: Stop) -> None:
    mine, north, south = make_registration(stop), make_door(stop), make_door(stop)
    for door in (north, south):
        presence.mark(stop, key=key(mine.pk), by=door)
    assert presence.take_back(stop, key=key(mine.pk), by=south) == 2
    assert since(mine) is None
    assert presence.first_marks(stop) == {}
    assert list(Mark.objects.values_list("undone_by", flat=True)) == [south.pk, south.pk]
    assert presence.take_back(stop, key=key(mine.pk), by=south) == 0


def test_who_was_taken_back_may_be_marked_again(stop: Stop) -> None:
    mine, door = make_registration(stop), make_door(stop)
    presence.mark(stop, key=key(mine.pk), by=door)
    presence.take_back(stop, key=key(mine.pk), by=door)
    again = presence.mark(stop, key=key(mine.pk), by=door)
    assert since(mine) == again.at


def test_an_official_is_marked_as_well(stop: Stop) -> None:
    invited, door = make_invitation(stop), make_door(stop)
    presence.mark(stop, key=f"invitation:{invited.pk}", by=door)
    assert list(presence.first_marks(stop)) == [f"invitation:{invited.pk}"]


def test_the_door_of_a_workshop_is_another_door(stop: Stop) -> None:
    workshop = make_meeting(stop, kind=MeetingKind.WORKSHOP)
    mine, door = make_registration(stop), make_door(stop)
    with pytest.raises(presence.NotSeated):
        presence.mark(stop, key=key(mine.pk), by=door, meeting_id=workshop.pk)
    WorkshopSeat.objects.create(registration=mine, meeting=workshop, chosen_at=clock.now())
    presence.mark(stop, key=key(mine.pk), by=door, meeting_id=workshop.pk)
    assert since(mine) is None
    assert presence.first_marks(stop) == {}
    assert list(presence.first_marks(stop, meeting_id=workshop.pk)) == [key(mine.pk)]
    presence.mark(stop, key=key(mine.pk), by=door)
    presence.take_back(stop, key=key(mine.pk), by=door, meeting_id=workshop.pk)
    assert since(mine) is not None
    assert presence.first_marks(stop, meeting_id=workshop.pk) == {}


@pytest.mark.parametrize("status", [RegistrationStatus.WAITING, RegistrationStatus.CANCELLED])
def test_who_has_no_seat_is_not_simply_marked(stop: Stop, status: str) -> None:
    mine = make_registration(stop, status=status)
    with pytest.raises(presence.NotSeated):
        presence.mark(stop, key=key(mine.pk), by=make_door(stop))


@pytest.mark.parametrize("wrong", ["registration:0", "official:1", "registration:", "", "registration:9" * 9])
def test_nobody_else_is_marked(stop: Stop, wrong: str) -> None:
    with pytest.raises(presence.NotOfThisStop):
        presence.mark(stop, key=wrong, by=make_door(stop))


def test_nobody_of_another_stop_is_marked(stop: Stop) -> None:
    elsewhere = make_registration(make_stop(region="MA-01"))
    with pytest.raises(presence.NotOfThisStop):
        presence.mark(stop, key=key(elsewhere.pk), by=make_door(stop))


def test_the_door_opens_on_the_day(at_the_door: AtTheDoor) -> None:
    stop = make_stop()
    mine, door = make_registration(stop), make_door(stop)
    at_the_door(stop, minutes=-24 * 60)
    with pytest.raises(presence.DoorClosed):
        presence.mark(stop, key=key(mine.pk), by=door)
    at_the_door(stop, minutes=-10 * 60)  # midnight in Morocco
    presence.mark(stop, key=key(mine.pk), by=door)


def test_there_is_no_door_where_nothing_takes_place(stop: Stop) -> None:
    mine, door = make_registration(stop), make_door(stop)
    with gate.opened():
        Stop.objects.filter(pk=stop.pk).update(status=StopStatus.POSTPONED)
    with pytest.raises(presence.DoorClosed):
        presence.mark(stop, key=key(mine.pk), by=door)


def sent(registration: Registration, at: datetime, **fields: Any) -> Sent:
    return Sent(client_id=uuid.uuid4(), key=key(registration.pk), at=at, **fields)


def test_marks_kept_without_network_arrive_with_their_own_time(stop: Stop) -> None:
    mine, door = make_registration(stop), make_door(stop)
    seen = clock.now() - timedelta(hours=1)
    one = sent(mine, seen)
    answer = presence.receive(stop, [one], by=door, device="telephone-1")
    assert (answer.stored, answer.unknown) == ([one.client_id], [])
    assert since(mine) == seen
    assert Mark.objects.get().received_at - seen >= timedelta(hours=1)


def test_two_devices_merge_and_the_first_in_time_wins_whoever_sends_first(stop: Stop) -> None:
    mine, north, south = make_registration(stop), make_door(stop, function="N"), make_door(stop, function="S")
    noon = clock.now()
    early, late = sent(mine, noon - timedelta(minutes=40)), sent(mine, noon - timedelta(minutes=20))
    presence.receive(stop, [late], by=south)
    assert since(mine) == late.at
    presence.receive(stop, [early], by=north)
    assert since(mine) == early.at
    found = presence.first_marks(stop)[key(mine.pk)]
    assert (found.by, found.marks) == ("N", (early.client_id, late.client_id))


def test_sending_again_changes_nothing(stop: Stop) -> None:
    mine, door = make_registration(stop), make_door(stop)
    seen = sent(mine, clock.now() - timedelta(minutes=5))
    undone = TakenBack(mark=seen.client_id, at=clock.now() - timedelta(minutes=4))
    for _ in range(2):
        answer = presence.receive(stop, [seen, undone], by=door)
        assert answer.unknown == []
    assert list(Mark.objects.values_list("at", "undone_at")) == [(seen.at, undone.at)]
    assert since(mine) is None


def test_taking_back_without_network_leaves_what_another_door_saw(stop: Stop) -> None:
    mine, north, south = make_registration(stop), make_door(stop), make_door(stop)
    noon = clock.now()
    first, second = sent(mine, noon - timedelta(minutes=40)), sent(mine, noon - timedelta(minutes=20))
    presence.receive(stop, [first, TakenBack(first.client_id, noon - timedelta(minutes=39))], by=north)
    presence.receive(stop, [second], by=south)
    assert since(mine) == second.at


def test_a_time_to_come_is_now(stop: Stop) -> None:
    mine, door = make_registration(stop), make_door(stop)
    presence.receive(stop, [sent(mine, clock.now() + timedelta(days=1))], by=door)
    assert since(mine) <= clock.now()


def test_who_lost_the_seat_while_a_device_was_away_is_kept_and_shown(stop: Stop) -> None:
    mine, door = make_registration(stop, status=RegistrationStatus.CANCELLED), make_door(stop)
    answer = presence.receive(stop, [sent(mine, clock.now())], by=door)
    assert len(answer.stored) == 1
    assert since(mine) is None
    assert presence.unsettled(stop) == [mine]
    presence.take_back(stop, key=key(mine.pk), by=door)
    assert presence.unsettled(stop) == []


def test_who_is_not_of_this_stop_is_named_and_the_rest_is_stored(stop: Stop) -> None:
    elsewhere, mine = make_registration(make_stop(region="MA-01")), make_registration(stop)
    foreign, own = sent(elsewhere, clock.now()), sent(mine, clock.now())
    nothing = TakenBack(uuid.uuid4(), clock.now())
    answer = presence.receive(stop, [foreign, own, nothing], by=make_door(stop))
    assert answer.unknown == [foreign.client_id, nothing.mark]
    assert answer.stored == [own.client_id]


def test_each_change_of_a_stop_is_stamped_later_than_the_one_before(
    stop: Stop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even when the clock stands still: devices ask what is new since the last stamp they saw."""
    one, other, door = make_registration(stop), make_registration(stop), make_door(stop)
    still = clock.now()
    monkeypatch.setattr(clock, "now", lambda: still)
    presence.mark(stop, key=key(one.pk), by=door)
    presence.mark(stop, key=key(other.pk), by=door)
    presence.take_back(stop, key=key(one.pk), by=door)
    stamps = list(Mark.objects.order_by("stamped_at").values_list("registration", "stamped_at"))
    assert [who for who, _ in stamps] == [other.pk, one.pk]
    assert stamps[0][1] < stamps[1][1]


def at_two_doors(at_once: AtOnce, stop: Stop, mine: Registration) -> list[Any]:
    doors = [make_door(stop), make_door(stop)]
    return at_once([partial(presence.mark, stop, key=key(mine.pk), by=door) for door in doors])


@pytest.mark.django_db(transaction=True)
def test_two_doors_at_once_make_two_marks_and_the_first_counts(stop: Stop, at_once: AtOnce) -> None:
    mine = make_registration(stop)
    marks = at_two_doors(at_once, stop, mine)
    assert since(mine) == min(mark.at for mark in marks)
    assert len({mark.stamped_at for mark in marks}) == 2
