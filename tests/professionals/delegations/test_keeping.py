"""Fewer places, all or in part, given up, not named in time."""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from meetings import lifecycle
from meetings.models import Stop
from outbox import clock
from outbox.models import Message
from professionals import promotion, room, seats
from professionals.delegations import asking, keeping, naming
from professionals.models import Delegation, Registration
from tests.factories import make_professional, make_staff, make_stop
from tests.professionals.conftest import Clock
from tests.professionals.delegations.asked import ask_for, headlines, standing
from tests.professionals.delegations.test_naming import named

pytestmark = pytest.mark.django_db


def come(stop: Stop) -> Registration:
    return seats.register(stop, professional=make_professional())


def status(registration: Registration) -> str:
    return Registration.objects.get(pk=registration.pk).status


def until_due(delegation: Delegation) -> timedelta:
    return promotion.name_by(Delegation.objects.get(pk=delegation.pk)) - clock.now()


def test_fewer_places_go_to_the_queue_at_once_but_never_those_that_are_named() -> None:
    stop = make_stop(seats=3)
    delegation = ask_for(stop, 3)
    named(delegation, 1), named(delegation, 2)
    waiting = come(stop)
    with pytest.raises(keeping.TooFew):
        keeping.reduce(delegation, places=1)
    keeping.reduce(delegation, places=5)
    assert (standing(delegation), status(waiting)) == ([("active", 3, 3)], "waiting")
    keeping.reduce(delegation, places=2)
    assert (standing(delegation), status(waiting)) == ([("active", 2, 2)], "seated")


def test_fewer_together_may_be_had_where_more_were_not() -> None:
    delegation = ask_for(make_stop(seats=2), 3, whole=True)
    keeping.reduce(delegation, places=2)
    assert standing(delegation) == [("active", 2, 2)]


def test_who_waits_for_all_may_take_what_there_is_and_keeps_the_rank() -> None:
    stop = make_stop(seats=2)
    delegation = ask_for(stop, 3, whole=True)
    rank = delegation.confirmed_at
    keeping.take_part(delegation)
    keeping.take_part(delegation)
    delegation.refresh_from_db()
    assert (standing(delegation), delegation.confirmed_at) == ([("active", 2, 3)], rank)
    assert (status(come(stop)), asking.position(delegation)) == ("waiting", 1)


def test_cancelled_its_places_go_to_the_queue_and_the_named_are_told() -> None:
    stop = make_stop(seats=2)
    delegation = ask_for(stop, 2)
    registration = named(delegation, 1)
    first, second = come(stop), come(stop)
    keeping.cancel(delegation)
    keeping.cancel(delegation)
    assert standing(delegation) == [("cancelled", 0, 2)]
    assert [status(one) for one in (registration, first, second)] == ["cancelled", "seated", "seated"]
    assert list(Message.objects.filter(purpose="unnamed").values_list("recipient", flat=True)) == [
        "guide-1@hotel.example"
    ]
    assert headlines(delegation)[-1].endswith("est annulée")


def test_nothing_is_cancelled_while_one_of_them_is_there() -> None:
    delegation = ask_for(make_stop(), 2)
    registration = named(delegation, 1)
    Registration.objects.filter(pk=registration.pk).update(checked_in_at=clock.now())
    with pytest.raises(naming.CannotChange):
        keeping.cancel(delegation)
    assert standing(delegation) == [("active", 2, 2)]


def test_what_is_not_named_in_time_goes_to_the_queue_and_who_asked_is_told(later: Clock) -> None:
    stop = make_stop(seats=3)
    delegation, other = ask_for(stop, 2), ask_for(stop, 1)
    named(delegation, 1), named(other, 9)
    waiting = come(stop)
    later(until_due(delegation) - timedelta(minutes=1))
    assert keeping.release_due(clock.now()) == 0
    later(timedelta(minutes=2))
    assert (keeping.release_due(clock.now()), keeping.release_due(clock.now())) == (1, 0)
    assert standing(delegation, other) == [("active", 1, 1), ("active", 1, 1)]
    assert status(waiting) == "seated"
    said = Message.objects.filter(purpose="delegation").latest("pk").text
    assert "1 place n’a pas été nommée à temps" in said


def test_nobody_named_in_time_ends_the_delegation(later: Clock) -> None:
    delegation = ask_for(make_stop(seats=2), 2, whole=True)
    later(until_due(delegation))
    assert keeping.release_due(clock.now()) == 1
    assert standing(delegation) == [("cancelled", 0, 2)]


def test_who_still_waits_keeps_waiting_only_where_all_they_had_were_named(later: Clock) -> None:
    stop = make_stop(seats=3)
    full, careless = ask_for(stop, 1), ask_for(stop, 4)
    named(full, 1), named(careless, 2)
    late = ask_for(stop, 2)
    later(until_due(careless))
    keeping.release_due(clock.now())
    assert standing(full, careless, late) == [("active", 1, 1), ("active", 1, 1), ("active", 1, 2)]
    # What came just now is to be named within the time of an offer.
    assert keeping.release_due(clock.now()) == 0
    later(until_due(late))
    assert keeping.release_due(clock.now()) == 1
    assert standing(late) == [("cancelled", 0, 2)]


def test_a_place_given_back_late_is_kept_as_long_as_an_offer(later: Clock) -> None:
    delegation = ask_for(make_stop(), 1)
    registration = named(delegation, 1)
    later(until_due(delegation) + timedelta(hours=1))
    assert keeping.release_due(clock.now()) == 0
    seats.withdraw(registration)
    assert keeping.release_due(clock.now()) == 0
    later(until_due(delegation))
    assert keeping.release_due(clock.now()) == 1


def test_while_the_date_is_not_known_nothing_is_released(later: Clock) -> None:
    stop = make_stop()
    delegation = ask_for(stop, 2)
    lifecycle.postpone(stop, by=None)
    later(until_due(delegation))
    assert keeping.release_due(clock.now()) == 0


def test_a_reminder_leaves_once_two_days_before_to_who_has_not_named_everybody(later: Clock) -> None:
    stop = make_stop()
    delegation, other = ask_for(stop, 2), ask_for(stop, 1)
    named(delegation, 1), named(other, 9)
    later(until_due(delegation) - timedelta(days=2, minutes=1))
    assert keeping.remind_due(clock.now()) == 0
    later(timedelta(minutes=1))
    assert (keeping.remind_due(clock.now()), keeping.remind_due(clock.now())) == (1, 0)
    assert headlines(delegation)[-1].endswith("1 place à nommer")


def test_who_heard_of_their_places_a_moment_ago_is_not_reminded(later: Clock) -> None:
    stop = make_stop()
    later(stop.starts_at - timedelta(days=3) - clock.now())
    ask_for(stop, 2)
    assert keeping.remind_due(clock.now()) == 0


def test_the_team_releases_what_is_not_named_before(later: Clock) -> None:
    stop = make_stop(seats=3)
    delegation = ask_for(stop, 3)
    named(delegation, 1)
    assert (keeping.release(delegation, by=make_staff()), keeping.release(delegation, by=None)) == (2, 0)
    assert (standing(delegation), room.free(stop)) == ([("active", 1, 1)], 2)
    assert AuditEntry.objects.filter(verb="released_seats").count() == 1
