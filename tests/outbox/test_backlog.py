"""What waits, and what waits for a person."""

from datetime import timedelta

import pytest

from outbox import backlog, clock
from tests.factories import make_message

pytestmark = pytest.mark.django_db


def test_nothing_waits_in_an_empty_outbox():
    assert backlog.look() == backlog.Backlog(waiting=timedelta(0), due=0, in_doubt=0, failed=0)


def test_what_waits_is_told_apart_from_what_is_over(django_assert_num_queries):
    now = clock.now()
    for minutes in (10, 30):
        make_message(due_at=now - timedelta(minutes=minutes))
    make_message(due_at=now + timedelta(hours=1))
    make_message(status="in_doubt", due_at=now - timedelta(days=3))
    make_message(status="sent", final_at=now)
    make_message(status="failed", final_at=now - timedelta(hours=23))
    make_message(status="failed", final_at=now - timedelta(hours=25))

    with django_assert_num_queries(1):
        seen = backlog.look()

    assert (seen.due, seen.in_doubt, seen.failed) == (2, 1, 1)
    assert round(seen.waiting.total_seconds() / 60) == 30
