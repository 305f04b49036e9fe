"""How long mail is kept."""

from datetime import timedelta

import pytest

from outbox import clock
from outbox.models import Message, MessageStatus
from outbox.retention import BODY_DAYS, empty_old_bodies
from outbox.tasks import empty_old_bodies as task
from tests.factories import make_message

pytestmark = pytest.mark.django_db

FULL = {
    "calendar": "BEGIN:VCALENDAR",
    "headers": {"List-Unsubscribe": "<https://x/12.abc>"},
    "answer": "250 OK",
}


def ended(days: float, status: str = "sent") -> Message:
    return make_message(status=status, final_at=clock.now() - timedelta(days=days), **FULL)


@pytest.mark.parametrize("status", ["sent", "failed", "too_late", "superseded"])
def test_what_a_message_said_is_emptied_thirty_days_after_it_ended(status):
    old, recent = ended(BODY_DAYS + 0.1, status), ended(BODY_DAYS - 0.1, status)
    task()

    old.refresh_from_db()
    recent.refresh_from_db()
    assert (old.text, old.html, old.calendar, old.headers) == ("", "", "", {})
    assert (old.recipient != "", old.headline != "", old.answer) == (True, True, "250 OK")
    assert (recent.text != "", recent.calendar, recent.headers) == (
        True,
        FULL["calendar"],
        FULL["headers"],
    )


def test_what_waits_or_is_in_doubt_keeps_its_words():
    long_ago = clock.now() - timedelta(days=90)
    waiting = make_message(written_at=long_ago, due_at=long_ago)
    doubtful = make_message(status=MessageStatus.IN_DOUBT, written_at=long_ago)
    empty_old_bodies()

    assert Message.objects.exclude(text="").count() == 2, (waiting, doubtful)


def test_what_is_empty_is_not_written_again():
    ended(BODY_DAYS + 1)

    assert [empty_old_bodies(), empty_old_bodies()] == [1, 0]
