"""meetings.next_invitations: a held stop opens the invitations of the next, where the tour is set so."""

from datetime import time, timedelta

import pytest

from meetings import invitations, lifecycle, next_invitations, reminders, tasks
from meetings.models import Campaign, ReminderRule, Stop, Tour
from regions import legal_time
from tests.factories import make_official, make_region, make_stop, next_thursday

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings", "empty_audiences", "own_attendance")]


@pytest.fixture
def stops(set_clock) -> list[Stop]:
    """Two held one after the other, the first just over; a third a month later."""
    made = []
    for number in range(3):
        region = make_region(f"MA-{12 - number:02}")
        make_official(region=region)
        made.append(make_stop(region=region, rank=number + 1, date=next_thursday(28 + 28 * number)))
    reminders.lay_down(made[0].tour)
    set_clock(legal_time.instant(made[0].date, time(18)))
    return made


def ordered() -> list[tuple[int, bool]]:
    return [(one.stop_id, one.by is None) for one in Campaign.objects.order_by("pk")]


def test_nothing_opens_unless_the_tour_is_set_so(stops):
    lifecycle.hold(stops[0], by=None)
    tasks.take_up_orders()
    assert ordered() == []


def test_the_next_stop_is_opened_once_as_one_is_held(stops):
    Tour.objects.update(invites_next=True)
    assert next_invitations.open_due() == []
    lifecycle.hold(stops[0], by=None)
    tasks.take_up_orders()
    tasks.take_up_orders()
    assert ordered() == [(stops[1].pk, True)]


def test_what_staff_took_in_hand_is_theirs(stops):
    Tour.objects.update(invites_next=True)
    invitations.invite(stops[1], audiences=["wilaya"], by=None)
    Campaign.objects.update(done_at=stops[0].starts_at)
    lifecycle.hold(stops[0], by=None)
    assert next_invitations.open_due() == []


def test_a_rule_switched_off_and_a_stop_called_off_open_nothing(stops):
    Tour.objects.update(invites_next=True)
    lifecycle.hold(stops[0], by=None)
    ReminderRule.objects.update(active=False)
    assert next_invitations.open_due() == []
    ReminderRule.objects.update(active=True)
    lifecycle.cancel(stops[1], reason={"fr": "Météo", "ar": "الطقس", "en": "Weather"}, by=None)
    assert [one.stop for one in next_invitations.open_due()] == [stops[2]]


def test_a_stop_that_can_be_asked_nothing_yet_is_asked_later(stops, set_clock):
    Tour.objects.update(invites_next=True)
    lifecycle.hold(stops[0], by=None)
    set_clock(stops[1].starts_at + timedelta(minutes=1))
    assert next_invitations.open_due() == []
    set_clock(legal_time.instant(stops[0].date, time(19)))
    assert [one.stop for one in next_invitations.open_due()] == [stops[1]]
