"""How many leave in a minute: counted, kept to by several workers, and no hindrance to answers."""

import threading
from collections import Counter
from datetime import timedelta

import pytest

from outbox import clock, delivery, doorbell, pace
from outbox.delivery import claim, run
from outbox.models import Message, MessageStatus, Priority
from outbox.tasks import deliver_due
from tests.factories import make_message
from tests.outbox.test_races import at_once, wait_for_a_blocked_query


def to(domain: str, **fields):
    number = Message.objects.count()
    return make_message(**{"recipient": f"{number}@{domain}", "priority": Priority.CAMPAIGN, **fields})


def left() -> Counter[str]:
    addresses = Message.objects.filter(status=MessageStatus.SENT).values_list("recipient", flat=True)
    return Counter(address.partition("@")[2] for address in addresses)


@pytest.mark.django_db
def test_no_more_leave_in_a_minute_than_was_said_and_the_rest_a_minute_later(hands, settings, at):
    settings.MAIL_PER_MINUTE = 3
    for _ in range(5):
        to("hotel.example")

    assert run(hands) == delivery.PACE_SECONDS
    assert left() == {"hotel.example": 3}
    assert run(hands) == delivery.PACE_SECONDS
    assert left() == {"hotel.example": 3}
    at(61)
    assert run(hands) is None
    assert left() == {"hotel.example": 5}


@pytest.mark.django_db
def test_a_domain_that_had_its_share_does_not_keep_the_others_waiting(hands, settings):
    settings.MAIL_PER_DOMAIN_PER_MINUTE = 2
    for _ in range(6):
        to("big.example")
    for _ in range(2):
        to("small.example")

    run(hands)
    assert run(hands) == delivery.PACE_SECONDS
    assert left() == {"big.example": 2, "small.example": 2}


@pytest.mark.django_db
def test_answers_and_what_is_urgent_wait_for_no_pace_and_count(hands, settings):
    settings.MAIL_PER_MINUTE = settings.MAIL_PER_DOMAIN_PER_MINUTE = 2
    for priority in (Priority.URGENT, Priority.ANSWER, Priority.ANSWER):
        to("hotel.example", priority=priority)
    held = to("hotel.example", priority=Priority.CHANGE)

    run(hands)
    held.refresh_from_db()
    assert left() == {"hotel.example": 3}
    assert (held.status, held.attempts) == (MessageStatus.QUEUED, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("limits", [(2, 0), (0, 2)])
def test_a_full_minute_keeps_nothing_from_an_answer_behind_it(hands, settings, limits):
    settings.MAIL_PER_MINUTE, settings.MAIL_PER_DOMAIN_PER_MINUTE = limits
    for _ in range(60):
        to("hotel.example")
    run(hands)
    mine = to("hotel.example", priority=Priority.ANSWER)
    run(hands)

    mine.refresh_from_db()
    assert mine.status == MessageStatus.SENT
    assert left() == {"hotel.example": 3}


@pytest.mark.django_db
def test_without_a_pace_nothing_is_counted(hands, settings, monkeypatch):
    settings.MAIL_PER_MINUTE = settings.MAIL_PER_DOMAIN_PER_MINUTE = 0
    monkeypatch.setattr(pace, "look", lambda now: pytest.fail("counted"))
    to("hotel.example")

    assert run(hands) is None
    assert left() == {"hotel.example": 1}


@pytest.mark.django_db
def test_what_left_more_than_a_minute_ago_counts_no_more(settings):
    settings.MAIL_PER_MINUTE = 10
    now = clock.now()
    to("hotel.example", status="sent", final_at=now - timedelta(seconds=61))
    to("hotel.example", status="sent", final_at=now - timedelta(seconds=59))
    to("hotel.example", status="sending", claim="t", lease_until=now)

    assert pace.look(now).in_all == 8
    assert pace.look(now).by_domain == {"hotel.example": 2}


def claim_at_once(monkeypatch, settings, *, turnstiles: tuple[int, int]) -> int:
    """Two workers, three mails a minute, four due; the first has counted when the second comes."""
    settings.MAIL_PER_MINUTE = 3
    for _ in range(4):
        to("hotel.example")
    first_has_counted, second_has_counted = threading.Event(), threading.Event()
    look = pace.look

    def first_look(now):
        room = look(now)
        monkeypatch.setattr(pace, "TURNSTILE", turnstiles[1])
        monkeypatch.setattr(pace, "look", second_look)
        first_has_counted.set()
        if turnstiles[0] == turnstiles[1]:
            wait_for_a_blocked_query()
        else:
            second_has_counted.wait(5)
        return room

    def second_look(now):
        room = look(now)
        second_has_counted.set()
        return room

    def second_claim():
        first_has_counted.wait(5)
        return claim(size=2)

    monkeypatch.setattr(pace, "TURNSTILE", turnstiles[0])
    monkeypatch.setattr(pace, "look", first_look)
    return sum(len(batch) for batch, _token in at_once(lambda: claim(size=2), second_claim))


@pytest.mark.django_db(transaction=True)
def test_two_workers_keep_the_pace_together(monkeypatch, settings):
    assert claim_at_once(monkeypatch, settings, turnstiles=(1, 1)) == 3


@pytest.mark.django_db(transaction=True)
def test_two_that_do_not_wait_for_each_other_would_not(monkeypatch, settings):
    assert claim_at_once(monkeypatch, settings, turnstiles=(1, 2)) == 4


@pytest.mark.django_db
def test_a_pace_that_holds_rings_later_once_however_often_it_is_told(settings, sink, monkeypatch):
    settings.EMAIL_URL, settings.MAIL_PER_MINUTE = sink.url, 1
    rung = []
    monkeypatch.setattr(doorbell, "_publish", lambda app, after: rung.append(after))
    for _ in range(2):
        to("hotel.example")
    for _ in range(3):
        deliver_due()

    assert rung == [delivery.PACE_SECONDS]
