from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, Permission

from accounts.models import Role
from meetings import lifecycle
from meetings.models import Stop
from professionals.day import access
from professionals.models import DoorAccess
from regions import legal_time
from tests.factories import make_door, make_staff, make_stop, make_user

pytestmark = pytest.mark.django_db
AtTheDoor = Callable[..., datetime]
DAY = 24 * 60


@pytest.fixture
def stop() -> Stop:
    return make_stop()


def test_the_door_opens_one_stop_and_no_other(stop: Stop) -> None:
    make_stop(region="MA-01")
    assert list(access.stops_for(make_door(stop))) == [stop]


def test_the_team_opens_every_released_stop(stop: Stop) -> None:
    other = make_stop(region="MA-01")
    make_stop(region="MA-02", published=False)
    assert set(access.stops_for(make_staff())) == {stop, other}


def test_who_has_no_right_opens_nothing(stop: Stop) -> None:
    press = make_user(role=Role.PRESS)
    DoorAccess.objects.create(user=press, stop=stop)
    gone = make_door(stop, is_active=False)
    for user in (AnonymousUser(), press, gone, make_user(role=Role.DOOR), make_user(is_staff=True)):
        assert list(access.stops_for(user)) == []


def test_who_may_look_follows_from_afar(stop: Stop) -> None:
    director = make_user(is_staff=True)
    director.user_permissions.add(Permission.objects.get(codename="view_registration"))
    assert list(access.stops_for(director, right=access.LOOK)) == [stop]
    assert list(access.stops_for(director)) == []


def test_the_door_closes_at_the_end_of_the_day_after(stop: Stop, at_the_door: AtTheDoor) -> None:
    door = make_door(stop)
    last_minute = 2 * DAY - 10 * 60 - 1  # it begins at 10:00
    at_the_door(stop, minutes=last_minute)
    assert access.may_open(door, stop)
    assert access.ends_at(door, stop) == stop.starts_at + timedelta(minutes=last_minute + 1)
    at_the_door(stop, minutes=last_minute + 1)
    assert not access.may_open(door, stop)


def test_the_end_follows_the_stop_when_it_moves(stop: Stop, at_the_door: AtTheDoor) -> None:
    door, before = make_door(stop), stop.date
    ended = access.ends_at(door, stop)
    lifecycle.change(stop, changes={"date": stop.date + timedelta(days=14)}, by=None)
    moved = Stop.objects.get(pk=stop.pk)
    assert access.ends_at(door, moved) - ended == timedelta(days=14)
    assert DoorAccess.objects.get().last_day == before + timedelta(days=15)


def test_staff_may_prolong_it(stop: Stop, at_the_door: AtTheDoor) -> None:
    door = make_door(stop)
    DoorAccess.objects.update(extended_to=stop.date + timedelta(days=3))
    at_the_door(stop, minutes=3 * DAY)
    assert access.may_open(door, stop)
    at_the_door(stop, minutes=4 * DAY)
    assert not access.may_open(door, stop)


def test_the_stop_whose_turn_is_next_stands_first(at_the_door: AtTheDoor) -> None:
    today = legal_time.today()
    late = make_stop(region="MA-01", date=today + timedelta(days=40))
    soon = make_stop(region="MA-02", date=today + timedelta(days=30))
    door = make_door(late)
    DoorAccess.objects.create(user=door, stop=soon)
    assert access.own_stops(door) == [soon, late]
