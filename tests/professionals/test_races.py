"""Offers, hand-overs and merges at the same moment: real threads, real transactions, each has its control."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from meetings import gate
from meetings.models import Stop
from outbox import clock
from outbox.models import Message
from professionals import handovers, offers, people, promotion, room, seats
from professionals.duplicates import merging
from professionals.models import Organisation, Registration
from regions import legal_time
from tests.factories import make_organisation, make_professional, make_staff, make_stop
from tests.meeting_points import MeetingPoint
from tests.professionals.conftest import AtOnce, Clock

pytestmark = pytest.mark.django_db(transaction=True)
REAL = "Without the lock it happens: if this fails, the test above proves nothing."


def offered(stop: Stop, later: Clock, *, waiting: int) -> Registration:
    """The only seat of the stop was given up on the eve, and is offered to the first who waits."""
    first, second, *_ = (seats.register(stop, professional=make_professional()) for _ in range(1 + waiting))
    later(legal_time.instant(stop.date - timedelta(days=1), promotion.EVE) - clock.now())
    seats.withdraw(first)
    second.refresh_from_db()
    assert second.status == "offered"
    return second


def race_to_take_an_offer_that_ends(
    at_once: AtOnce, later: Clock, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, str]:
    """The button is pressed in the last minute; the beat comes in the next one, by its own clock, before
    anything is written: what the person is answered, and what their row says."""
    stop = make_stop(seats=1)
    mine = offered(stop, later, waiting=2)
    later(timedelta(minutes=stop.offer_minutes - 1))
    ahead, plain = threading.local(), clock.now
    monkeypatch.setattr(clock, "now", lambda: plain() + getattr(ahead, "by", timedelta(0)))
    meeting = MeetingPoint()
    meeting.after(monkeypatch, seats, "reread")
    meeting.before(monkeypatch, room, "class_watched")

    def take() -> str:
        try:
            offers.take(mine)
        except offers.OfferOver:
            return "over"
        except IntegrityError:
            return "refused by the database"
        return "taken"

    def lapse() -> None:
        ahead.by = timedelta(minutes=2)
        offers.lapse_due(clock.now())

    answer, _ = at_once([take, lapse])
    mine.refresh_from_db()
    return answer, mine.status


AS_ANSWERED = ("taken", "seated"), ("over", "cancelled")


def test_an_offer_taken_while_it_ends_is_as_the_person_was_answered(
    at_once: AtOnce, later: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert race_to_take_an_offer_that_ends(at_once, later, monkeypatch) in AS_ANSWERED


@pytest.mark.usefixtures("without_the_lock")
def test_the_race_for_an_offer_that_ends_is_real(
    at_once: AtOnce, later: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert race_to_take_an_offer_that_ends(at_once, later, monkeypatch) not in AS_ANSWERED, REAL


def test_an_offer_taken_eight_times_at_once_is_taken_once(at_once: AtOnce, later: Clock) -> None:
    """No lock is looked at here: the key of the mail alone would do."""
    mine = offered(make_stop(seats=1), later, waiting=1)
    answers = at_once([partial(offers.take, mine)] * 8)
    assert {(one.pk, one.status) for one in answers} == {(mine.pk, "seated")}
    assert Message.objects.filter(purpose="seat", recipient=mine.professional.email).count() == 1


def race_to_hand_one_seat_to_two(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> int:
    """The form is sent from two tabs, for two colleagues: how many sit on the one seat."""
    stop = make_stop(seats=1)
    mine = seats.register(stop, professional=make_professional())
    MeetingPoint().after(monkeypatch, handovers, "ready")

    def give(number: int) -> None:
        with suppress(handovers.NothingToGive):
            email, phone = f"collegue-{number}@hotel.example", f"+21266100000{number}"
            handovers.hand_over(mine, name=f"Collègue {number}", email=email, phone=phone)

    at_once([partial(give, 1), partial(give, 2)])
    return stop.registrations.seated().count()


def test_a_seat_handed_to_two_colleagues_at_once_is_one_seat(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert race_to_hand_one_seat_to_two(at_once, monkeypatch) == 1


@pytest.mark.usefixtures("without_the_lock")
def test_the_race_to_hand_one_seat_to_two_is_real(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    assert race_to_hand_one_seat_to_two(at_once, monkeypatch) == 2, REAL


def outcome(act: Callable[[], object]) -> str:
    try:
        act()
    except gate.Busy:
        return "again"
    except IntegrityError:
        return "refused by the database"
    return "done"


def race_to_merge_who_is_being_registered(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[str], int]:
    """The team merges two rows of one person while one of them gets a seat at a stop where neither came
    before: what each is answered, and how many registrations there are."""
    stop, staff = make_stop(), make_staff()
    kept, gone = make_professional(), make_professional()
    meeting = MeetingPoint()
    meeting.before(monkeypatch, seats, "admit")
    meeting.after(monkeypatch, merging, "_lock")
    answers = at_once(
        [
            partial(outcome, partial(seats.register, stop, professional=gone)),
            partial(outcome, partial(merging.people, kept.pk, gone.pk, by=staff)),
        ]
    )
    return answers, Registration.objects.count()


def test_who_is_merged_while_they_register_is_registered_or_asked_to_try_again(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = race_to_merge_who_is_being_registered(at_once, monkeypatch)
    assert found in ((["done", "again"], 1), (["again", "done"], 0))


def test_the_race_to_merge_who_is_being_registered_is_real(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody holds the person's row, the database finds out at the end."""
    monkeypatch.setattr(people, "hold", lambda row: row)
    answers, _registrations = race_to_merge_who_is_being_registered(at_once, monkeypatch)
    assert answers.count("refused by the database") == 1


def test_an_establishment_merged_while_somebody_is_named_for_it_is_there_or_asked_for_again() -> None:
    """Whoever refers to a row that was merged away hears that they should try again."""
    house = make_organisation()
    gone = Organisation(pk=house.pk)
    house.delete()
    with transaction.atomic(), pytest.raises(gate.Busy):
        people.hold(gone)
