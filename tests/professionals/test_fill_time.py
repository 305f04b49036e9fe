"""How long a form was looked at."""

from datetime import timedelta

import pytest

from professionals import fill_time
from tests.professionals.conftest import Clock


def test_a_form_filled_by_a_person_comes_back_with_its_name(later: Clock) -> None:
    first, second = fill_time.stamp(), fill_time.stamp()
    later(timedelta(seconds=30))
    assert fill_time.check(first) == fill_time.check(first) != fill_time.check(second)


def test_a_form_sent_at_once_was_filled_by_a_machine() -> None:
    with pytest.raises(fill_time.TooFast):
        fill_time.check(fill_time.stamp())


def test_a_form_from_the_future_was_made_up(later: Clock) -> None:
    later(timedelta(hours=1))
    stamp = fill_time.stamp()
    later(timedelta(hours=-1))
    with pytest.raises(fill_time.TooFast):
        fill_time.check(stamp)


def test_a_form_that_stood_open_all_night_is_to_be_read_again(later: Clock) -> None:
    stamp = fill_time.stamp()
    later(timedelta(hours=13))
    with pytest.raises(fill_time.TooOld):
        fill_time.check(stamp)


@pytest.mark.parametrize("stamp", ["", "1.abc", "1.abc:forged", "x" * 200])
def test_a_stamp_that_is_not_ours_is_none(stamp: str) -> None:
    with pytest.raises(fill_time.TooOld):
        fill_time.check(stamp)


def test_a_stamp_that_was_moved_back_is_none() -> None:
    stamp = fill_time.stamp()
    moment = stamp.partition(".")[0]
    with pytest.raises(fill_time.TooOld):
        fill_time.check(stamp.replace(moment, str(int(moment) - 60), 1))
