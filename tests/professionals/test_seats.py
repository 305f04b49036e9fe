"""Who gets a seat, who waits, who moves up, and what is told to whom. Races: test_seat_races.py."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from meetings import lifecycle
from meetings.attendance import Taken
from meetings.models import Stop, StopStatus
from outbox import clock
from outbox.models import Message
from professionals import promotion, room, seats, tasks
from professionals.models import Registration, RegistrationStatus
from professionals.seats import CannotWithdraw, RegistrationClosed
from tests.factories import make_meeting, make_professional, make_registration, make_stop
from tests.professionals.conftest import Clock

pytestmark = pytest.mark.django_db


def come(stop: Stop) -> Registration:
    return seats.register(stop, professional=make_professional())


def statuses(stop: Stop) -> list[str]:
    return list(stop.registrations.order_by("confirmed_at").values_list("status", flat=True))


def told(registration: Registration) -> list[str]:
    mails = Message.objects.filter(recipient=registration.professional.email).order_by("pk")
    return list(mails.values_list("purpose", flat=True))


def revision(stop: Stop) -> int:
    return Stop.objects.values_list("revision", flat=True).get(pk=stop.pk)


def test_seats_are_given_until_there_is_none_then_people_wait_in_order() -> None:
    stop = make_stop(seats=2)
    people = [come(stop) for _ in range(4)]
    assert statuses(stop) == ["seated", "seated", "waiting", "waiting"]
    assert [told(one) for one in people] == [["seat"], ["seat"], ["waiting"], ["waiting"]]
    assert [seats.position(one) for one in people[2:]] == [1, 2]


def test_asking_twice_is_asking_once() -> None:
    stop, person = make_stop(), make_professional()
    first = seats.register(stop, professional=person)
    again = seats.register(stop, professional=person)
    assert again == first
    assert told(first) == ["seat"]


def test_one_person_has_one_registration_per_stop_whatever_code_says() -> None:
    stop = make_stop()
    first = come(stop)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_registration(stop, professional=first.professional, status=RegistrationStatus.CANCELLED)


def test_a_freed_seat_goes_to_the_head_of_the_queue_who_is_told_once() -> None:
    stop = make_stop(seats=1)
    seated, second, third = come(stop), come(stop), come(stop)
    seats.withdraw(seated)
    assert statuses(stop) == ["cancelled", "seated", "waiting"]
    assert told(seated) == ["seat", "withdrawn"]
    assert told(second) == ["waiting", "promoted"]
    assert told(third) == ["waiting"]
    assert promotion.promote(stop) == 0
    assert told(second) == ["waiting", "promoted"]


def test_a_free_seat_is_the_queues_before_any_newcomers() -> None:
    stop = make_stop(seats=2)
    make_registration(stop)
    # Nobody moved up yet, as when staff gave more seats and the process died before it told anybody.
    waiting = make_registration(stop, status=RegistrationStatus.WAITING)
    newcomer = come(stop)
    waiting.refresh_from_db()
    assert (waiting.status, newcomer.status) == (RegistrationStatus.SEATED, RegistrationStatus.WAITING)
    assert (told(waiting), told(newcomer)) == (["promoted"], ["waiting"])


def test_the_queue_is_ordered_by_confirmation_even_when_a_clock_goes_back(later: Clock) -> None:
    stop = make_stop(seats=1)
    come(stop)
    first = come(stop)
    later(timedelta(minutes=-10))
    second = come(stop)
    assert second.confirmed_at > first.confirmed_at
    assert [seats.position(first), seats.position(second)] == [1, 2]


def test_who_withdraws_while_waiting_leaves_the_seated_alone() -> None:
    stop = make_stop(seats=1)
    seated, waiting = come(stop), come(stop)
    seats.withdraw(waiting)
    assert statuses(stop) == ["seated", "cancelled"]
    assert told(seated) == ["seat"]
    assert Message.objects.get(purpose="withdrawn").calendar == ""


def test_withdrawing_twice_is_withdrawing_once() -> None:
    stop = make_stop(seats=1)
    registration = come(stop)
    seats.withdraw(registration)
    again = seats.withdraw(registration)
    assert again.calendar_step == 1
    assert told(registration) == ["seat", "withdrawn"]


def test_who_returns_stands_behind_whoever_waits_and_their_entry_follows() -> None:
    stop = make_stop(seats=1)
    first, second, third = come(stop), come(stop), come(stop)
    seats.withdraw(first)
    back = seats.come_back(first)
    assert back.pk == first.pk
    assert (back.status, back.calendar_step) == (RegistrationStatus.WAITING, 2)
    assert [seats.position(third), seats.position(back)] == [1, 2]
    assert told(first) == ["seat", "withdrawn", "waiting"]
    seats.withdraw(second)
    seats.withdraw(third)
    back.refresh_from_db()
    assert (back.status, back.calendar_step) == (RegistrationStatus.SEATED, 2)
    assert told(first) == ["seat", "withdrawn", "waiting", "promoted"]


def test_withdrawing_gives_the_workshops_back() -> None:
    stop = make_stop()
    registration = come(stop)
    registration.workshop_seats.create(meeting=make_meeting(stop), chosen_at=clock.now())
    seats.withdraw(registration)
    assert registration.workshop_seats.count() == 0


@pytest.mark.parametrize("closing", ["paused", "closed", "not yet open", "draft", "cancelled", "begun"])
def test_a_stop_that_takes_nobody_takes_nobody(closing: str, later: Clock) -> None:
    today = clock.now().date()
    window = {
        "closed": {"registration_closes_on": today - timedelta(days=1)},
        "not yet open": {"registration_opens_on": today + timedelta(days=1)},
    }
    stop = make_stop(published=closing != "draft", **window.get(closing, {}))
    if closing == "paused":
        lifecycle.pause_registration(stop, by=None)
    elif closing == "cancelled":
        lifecycle.cancel(stop, by=None)
    elif closing == "begun":
        later(stop.starts_at - clock.now())
    with pytest.raises(RegistrationClosed):
        come(stop)
    assert Registration.objects.count() == 0
    assert Message.objects.count() == 0


def test_nobody_withdraws_once_the_stop_has_begun(later: Clock) -> None:
    stop = make_stop()
    registration = come(stop)
    later(stop.starts_at - clock.now())
    with pytest.raises(CannotWithdraw):
        seats.withdraw(registration)


def test_nobody_withdraws_who_is_there(later: Clock) -> None:
    registration = make_registration(make_stop(), checked_in_at=clock.now())
    with pytest.raises(CannotWithdraw):
        seats.withdraw(registration)


def test_the_seat_of_a_postponed_stop_may_be_given_up_and_waits_for_the_new_date() -> None:
    stop = make_stop(seats=1)
    seated, waiting = come(stop), come(stop)
    lifecycle.postpone(stop, by=None)
    seats.withdraw(seated)
    waiting.refresh_from_db()
    assert waiting.status == RegistrationStatus.WAITING
    lifecycle.change(stop, changes={"date": stop.date + timedelta(days=7)}, by=None)
    waiting.refresh_from_db()
    assert waiting.status == RegistrationStatus.SEATED
    assert told(waiting)[-1] == "promoted"


def test_more_seats_move_the_queue_up_in_the_same_breath() -> None:
    stop = make_stop(seats=1)
    people = [come(stop) for _ in range(4)]
    lifecycle.change(stop, changes={"seats": 3}, by=None)
    assert statuses(stop) == ["seated", "seated", "seated", "waiting"]
    assert [told(one)[-1] for one in people] == ["seat", "promoted", "promoted", "waiting"]


def test_fewer_seats_evict_nobody_and_promote_nobody() -> None:
    stop = make_stop(seats=3)
    people = [come(stop) for _ in range(4)]
    lifecycle.change(stop, changes={"seats": 2}, by=None)
    assert statuses(stop) == ["seated", "seated", "seated", "waiting"]
    seats.withdraw(people[0])
    assert statuses(stop) == ["cancelled", "seated", "seated", "waiting"]


def test_pages_are_made_new_when_the_class_changes_and_not_for_every_seat() -> None:
    stop = make_stop(seats=30)
    start = revision(stop)
    changes = []
    for _ in range(31):
        come(stop)
        changes.append(revision(stop) - start)
    # 30 seats: few from the 27th on (a tenth or less is left), the waiting list once all are taken.
    assert changes == [0] * 26 + [1] * 3 + [2] * 2
    seated = stop.registrations.seated().order_by("confirmed_at").first()
    waiting = stop.registrations.queue().get()
    seats.withdraw(seated)  # the one who waits moves up: the list is still all there is
    assert revision(stop) - start == 2
    waiting.refresh_from_db()
    seats.withdraw(waiting)
    assert revision(stop) - start == 3


def test_taken_counts_every_stop_in_one_query(django_assert_num_queries) -> None:
    one, other, empty = make_stop(seats=1), make_stop(region="MA-11"), make_stop(region="MA-10")
    for _ in range(3):
        come(one)
    come(other)
    seats.withdraw(come(other))
    with django_assert_num_queries(1):
        found = room.taken([one.pk, other.pk, empty.pk])
    assert found == {one.pk: Taken(seated=1, waiting=2), other.pk: Taken(seated=1, waiting=0)}


def test_a_mail_is_written_once_for_each_telling() -> None:
    stop = make_stop(seats=1)
    first, second = come(stop), come(stop)
    seats.withdraw(first)
    seats.come_back(first)
    seats.withdraw(second)
    keys = Counter(Message.objects.values_list("key", flat=True))
    assert keys == Counter(
        {
            f"seat:registration:{first.pk}:1": 1,
            f"waiting:registration:{second.pk}:1": 1,
            f"withdrawn:registration:{first.pk}:2": 1,
            f"promoted:registration:{second.pk}:2": 1,
            f"waiting:registration:{first.pk}:3": 1,
            f"withdrawn:registration:{second.pk}:3": 1,
            f"promoted:registration:{first.pk}:4": 1,
        }
    )


def test_held_stops_promote_nobody(later: Clock) -> None:
    stop = make_stop(seats=1)
    make_registration(stop, status=RegistrationStatus.WAITING)
    later(stop.ends_at - clock.now())
    lifecycle.hold(stop, by=None)
    assert promotion.promote(stop) == 0
    assert Stop.objects.get(pk=stop.pk).status == StopStatus.HELD


def a_queue_longer_than_a_batch(monkeypatch: pytest.MonkeyPatch) -> tuple[Stop, list[int]]:
    """Five people wait; staff give five more seats; two move up at a time. Also: the bells rung."""
    monkeypatch.setattr(promotion, "BATCH", 2)
    rung: list[int] = []
    monkeypatch.setattr(promotion, "ring", rung.append)
    stop = make_stop(seats=1)
    make_registration(stop)
    for _number in range(5):
        make_registration(stop, status=RegistrationStatus.WAITING)
    return stop, rung


def test_a_long_queue_moves_up_in_batches_each_of_which_rings_for_the_next(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    stop, rung = a_queue_longer_than_a_batch(monkeypatch)
    with django_capture_on_commit_callbacks(execute=True):
        lifecycle.change(stop, changes={"seats": 6}, by=None)
    assert (room.taken([stop.pk])[stop.pk], rung) == (Taken(seated=3, waiting=3), [stop.pk])
    with django_capture_on_commit_callbacks(execute=True):
        tasks.move_up(stop.pk)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.move_up(stop.pk)
    assert room.taken([stop.pk])[stop.pk] == Taken(seated=6, waiting=0)
    assert rung == [stop.pk, stop.pk]
    told = Message.objects.filter(purpose="promoted").values_list("key", flat=True)
    assert len(told) == 5


def test_between_two_batches_a_newcomer_does_not_take_the_queues_seat(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop, _rung = a_queue_longer_than_a_batch(monkeypatch)
    lifecycle.change(stop, changes={"seats": 6}, by=None)
    newcomer = seats.register(stop, professional=make_professional())
    assert newcomer.status == RegistrationStatus.WAITING
    assert room.taken([stop.pk])[stop.pk] == Taken(seated=5, waiting=2)


def test_the_beat_goes_on_where_a_worker_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, _rung = a_queue_longer_than_a_batch(monkeypatch)
    lifecycle.change(stop, changes={"seats": 6}, by=None)
    tasks.move_queues_up()
    tasks.move_queues_up()
    assert promotion.stops_with_room() == []
    assert room.taken([stop.pk])[stop.pk] == Taken(seated=6, waiting=0)
