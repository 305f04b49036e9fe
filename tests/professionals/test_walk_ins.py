import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from accounts.models import AuditEntry
from meetings import held_seats
from meetings.attendance import Taken
from meetings.models import HeldFor, MeetingKind, Stop
from outbox.models import Message
from professionals import people, presence, room, walk_ins
from professionals.models import Mark, Professional, Registration, RegistrationStatus, WorkshopSeat
from professionals.walk_ins import NoSeatLeft, WalkIn
from tests.factories import (
    make_category,
    make_door,
    make_meeting,
    make_professional,
    make_registration,
    make_stop,
)
from tests.meeting_points import MeetingPoint
from tests.professionals.conftest import AtOnce

pytestmark = pytest.mark.django_db
AtTheDoor = Callable[..., datetime]


def somebody(number: int = 1, **fields: str) -> WalkIn:
    return WalkIn(
        **{
            "name": f"Gérante de riad {number}",
            "organisation": "Riad de la Médina",
            "phone": f"+2126610000{number:02d}",
            "category": make_category(),
            "language": "fr",
            **fields,
        }
    )


def decisions(*columns: str) -> list[tuple[object, ...]]:
    return list(AuditEntry.objects.filter(verb="seated_beyond").values_list(*columns))


def stop_of(at_the_door: AtTheDoor, seats: int) -> Stop:
    stop = make_stop(seats=seats)
    at_the_door(stop)
    return stop


def test_a_walk_in_is_written_down_seated_and_present(at_the_door: AtTheDoor) -> None:
    stop = stop_of(at_the_door, seats=1)
    door = make_door(stop)
    came = walk_ins.welcome(stop, somebody(), by=door)
    assert (came.status, came.channel, came.beyond_by) == (RegistrationStatus.SEATED, "accueil", None)
    assert came.checked_in_at is not None
    person = came.professional
    assert (person.name, str(person.phone), person.organisation.name) == (
        "Gérante de riad 1",
        "+212661000001",
        "Riad de la Médina",
    )
    assert person.consent_text != ""
    assert Message.objects.count() == 0


def test_whoever_is_registered_already_is_marked(at_the_door: AtTheDoor) -> None:
    stop = stop_of(at_the_door, seats=1)
    known = make_registration(
        stop, professional=make_professional(name="Gerante de Riad 1", phone="+212661000001")
    )
    came = walk_ins.welcome(stop, somebody(), by=make_door(stop))
    assert came == known
    assert came.checked_in_at is not None
    assert Professional.objects.count() == 1


def test_the_same_walk_in_twice_is_one_person_marked_twice(at_the_door: AtTheDoor) -> None:
    stop = stop_of(at_the_door, seats=5)
    door = make_door(stop)
    assert walk_ins.welcome(stop, somebody(), by=door) == walk_ins.welcome(stop, somebody(), by=door)
    assert Mark.objects.count() == 2


def test_beyond_the_room_takes_a_decision_that_is_kept(at_the_door: AtTheDoor) -> None:
    stop = stop_of(at_the_door, seats=1)
    door = make_door(stop)
    make_registration(stop)
    with pytest.raises(NoSeatLeft) as refused:
        walk_ins.welcome(stop, somebody(), by=door)
    assert (refused.value.taken, refused.value.seats) == (Taken(seated=1), 1)
    assert Professional.objects.count() == 1  # nothing is left of the refusal

    came = walk_ins.welcome(stop, somebody(), by=door, beyond=True)
    assert came.beyond_by == door
    assert decisions("target", "actor") == [(f"registration:{came.pk}", door.pk)]


def test_a_decision_that_was_not_needed_is_none(at_the_door: AtTheDoor) -> None:
    stop = stop_of(at_the_door, seats=1)
    came = walk_ins.welcome(stop, somebody(), by=make_door(stop), beyond=True)
    assert came.beyond_by is None
    assert decisions("target") == []


def test_a_free_seat_belongs_to_the_queue_before_any_walk_in(at_the_door: AtTheDoor) -> None:
    stop = stop_of(at_the_door, seats=2)
    make_registration(stop)
    make_registration(stop, status=RegistrationStatus.WAITING)
    with pytest.raises(NoSeatLeft):
        walk_ins.welcome(stop, somebody(), by=make_door(stop))


def test_who_waits_alone_and_came_gets_the_free_seat(at_the_door: AtTheDoor) -> None:
    stop = stop_of(at_the_door, seats=1)
    waiting = make_registration(stop, status=RegistrationStatus.WAITING)
    assert walk_ins.seat(waiting, by=make_door(stop)).status == RegistrationStatus.SEATED


def test_what_a_device_saw_of_somebody_without_a_seat_counts_once_they_have_one(
    at_the_door: AtTheDoor,
) -> None:
    stop = stop_of(at_the_door, seats=1)
    door = make_door(stop)
    gone = make_registration(stop, status=RegistrationStatus.CANCELLED)
    seen = presence.Sent(Mark().client_id, f"registration:{gone.pk}", at_the_door(stop))
    presence.receive(stop, [seen], by=door)
    settled = walk_ins.seat(gone, by=door)
    assert settled.checked_in_at == seen.at
    assert presence.unsettled(stop) == []


def test_the_door_of_a_workshop_gives_what_is_free_and_asks_beyond(at_the_door: AtTheDoor) -> None:
    stop = make_stop(published=False)
    workshop = make_meeting(stop, kind=MeetingKind.WORKSHOP, seats=2)
    held_seats.hold(stop, HeldFor.PRESS, 1, by=None, meeting=workshop)
    at_the_door(stop)
    door, first, second = make_door(stop), make_registration(stop), make_registration(stop)
    walk_ins.seat_in_workshop(first, workshop.pk, by=door)
    walk_ins.seat_in_workshop(first, workshop.pk, by=door)
    with pytest.raises(NoSeatLeft) as full:  # the other one is kept for the press
        walk_ins.seat_in_workshop(second, workshop.pk, by=door)
    assert (full.value.taken, full.value.seats) == (Taken(seated=1, held=1), 2)
    walk_ins.seat_in_workshop(second, workshop.pk, by=door, beyond=True)
    assert WorkshopSeat.objects.count() == 2
    assert decisions("target", "fields") == [(f"meeting:{workshop.pk}", [f"registration:{second.pk}"])]


def test_nobody_is_welcomed_before_the_day(at_the_door: AtTheDoor) -> None:
    stop = make_stop()
    with pytest.raises(presence.DoorClosed):
        walk_ins.welcome(stop, somebody(), by=make_door(stop))


def race_of_two_doors_and_a_walk_in(
    at_the_door: AtTheDoor, at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[str], int]:
    """One seat is left. Two doors have somebody without a seat before them, a third one marks whoever
    has one: how the seats end up, and how many marks were made."""
    stop = stop_of(at_the_door, seats=2)
    seated = make_registration(stop)
    doors = [make_door(stop) for _ in range(3)]
    strangers = [somebody(1), somebody(2, organisation="Riad du Port")]
    MeetingPoint().after(monkeypatch, room, "taken_at")

    def welcome(number: int) -> None:
        with suppress(NoSeatLeft):
            walk_ins.welcome(stop, strangers[number], by=doors[number])

    at_once(
        [
            partial(welcome, 0),
            partial(welcome, 1),
            partial(presence.mark, stop, key=f"registration:{seated.pk}", by=doors[2]),
        ]
    )
    found = Registration.objects.filter(stop=stop)
    assert found.count() == found.attended().count()
    return sorted(found.values_list("status", flat=True)), Mark.objects.count()


@pytest.mark.django_db(transaction=True)
def test_two_doors_and_a_walk_in_at_the_last_seat_seat_one(
    at_the_door: AtTheDoor, at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert race_of_two_doors_and_a_walk_in(at_the_door, at_once, monkeypatch) == (["seated"] * 2, 2)


@pytest.mark.usefixtures("without_the_lock")
@pytest.mark.django_db(transaction=True)
def test_the_race_for_the_last_seat_at_the_door_is_real(
    at_the_door: AtTheDoor, at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the lock both walk in: if this fails, the test above proves nothing."""
    assert race_of_two_doors_and_a_walk_in(at_the_door, at_once, monkeypatch) == (["seated"] * 3, 3)


@pytest.mark.django_db(transaction=True)
def test_one_person_at_the_doors_of_two_stops_at_once_is_one_person_at_both(
    at_the_door: AtTheDoor, at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No lock is common to the two: both look for the person before either has written them down."""
    stops = [make_stop(seats=1), make_stop(seats=1, region="MA-11")]
    at_the_door(stops[0])
    doors = [make_door(stop) for stop in stops]
    looked = threading.Barrier(2, timeout=5)
    plain = people.establishment

    def establishment(*args: Any, **options: Any) -> Any:
        looked.wait()
        return plain(*args, **options)

    monkeypatch.setattr(people, "establishment", establishment)
    at_once(
        [
            partial(walk_ins.welcome, stop, somebody(), by=door)
            for stop, door in zip(stops, doors, strict=True)
        ]
    )
    assert (Professional.objects.count(), Registration.objects.attended().count()) == (1, 2)
