"""Tests of meetings.announcements: telling the invited, whoever is killed or comes twice."""

from datetime import timedelta

import pytest

from meetings import announcements, audiences, lifecycle, notices, tasks
from meetings.audiences import Audience
from meetings.models import Announcement, Invitation
from outbox import clock, suppressions
from outbox.models import Message, MessageStatus
from outbox.queue import hash_of
from tests.factories import make_message, make_recipient, make_stop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_audiences")]


def make_professionals(count):
    return [make_recipient(n, key=f"professional:{n}", links={}) for n in range(1, count + 1)]


def invite(stop, people):
    """An audience of professionals, each of whom had the invitation."""
    audiences.register(
        Audience(
            name="professionals",
            label="professionals",
            members=lambda stop: list(people),
            invitable=True,
            answer_url=lambda invitation, language: f"https://portal.example/{language}/{invitation.key}",
        )
    )
    for person in people:
        reach(stop, person)


def reach(stop, person):
    Invitation.objects.create(stop=stop, audience="professionals", key=person.key, written_at=clock.now())
    make_message(
        key=f"invitation:{person.key}:{stop.pk}:1",
        purpose="invitation",
        subject=f"stop:{stop.pk}",
        status=MessageStatus.SENT,
    )


def move(stop, days=7):
    stop.refresh_from_db()
    return lifecycle.change(stop, changes={"date": stop.date + timedelta(days=days)}, by=None)


def told(purpose="moved"):
    return list(Message.objects.filter(purpose=purpose).order_by("pk").values_list("recipient", flat=True))


def addresses(*numbers):
    return [f"personne-{number}@hotel.example" for number in numbers]


def test_the_move_itself_writes_to_no_professional_who_was_only_invited_and_orders_it():
    stop = make_stop()
    invite(stop, make_professionals(3))
    assert lifecycle.preview(stop, {"date": stop.date + timedelta(days=7)}).total == 3
    release = move(stop)
    order = Announcement.objects.get()
    assert (order.release, order.purpose, order.done_at, told()) == (release, "moved", None, [])
    assert announcements.write(order.pk, limit=100) == 3
    assert told() == addresses(1, 2, 3)
    order.refresh_from_db()
    assert order.done_at is not None


def test_an_order_goes_on_where_it_was_left_and_writes_to_nobody_twice(monkeypatch):
    stop = make_stop()
    invite(stop, make_professionals(5))
    move(stop)
    order = Announcement.objects.get()
    monkeypatch.setattr(announcements, "BATCH", 2)
    assert announcements.write(order.pk, limit=2) == 2
    assert announcements.write(order.pk, limit=100) == 3
    assert announcements.write(order.pk, limit=100) == 0
    assert told() == addresses(1, 2, 3, 4, 5)


def test_the_link_leads_to_the_answer_and_the_mail_has_no_entry_for_the_calendar():
    stop = make_stop()
    invite(stop, make_professionals(1))
    move(stop)
    announcements.write(Announcement.objects.get().pk, limit=10)
    message = Message.objects.get(purpose="moved")
    assert ("https://portal.example/fr/professional:1" in message.text, message.calendar) == (True, "")


def test_whoever_was_invited_after_the_move_or_wants_no_campaigns_is_not_told():
    stop = make_stop()
    early, silent, late = make_professionals(3)
    invite(stop, [early, silent])
    suppressions.suppress(hash_of(silent.email))
    move(stop)
    invite(stop, [])
    audiences.register(
        Audience(
            "professionals", "p", lambda stop: [early, silent, late], True, lambda i, language: "https://x/"
        )
    )
    reach(stop, late)
    announcements.write(Announcement.objects.get().pk, limit=10)
    assert told() == [early.email]


def test_another_change_takes_the_place_of_what_was_not_told_yet():
    stop = make_stop()
    invite(stop, make_professionals(2))
    move(stop)
    first = Announcement.objects.get()
    move(stop)
    assert announcements.write(first.pk, limit=10) == 0
    announcements.write(Announcement.objects.get(done_at=None).pk, limit=10)
    assert told() == addresses(1, 2)
    assert Message.objects.filter(purpose="moved", key__endswith=":3").count() == 2
    stop.refresh_from_db()
    lifecycle.cancel(stop, by=None)
    announcements.write(Announcement.objects.get(done_at=None).pk, limit=10)
    assert told("cancelled") == addresses(1, 2)


def test_the_beat_takes_up_an_order_whose_task_was_lost(monkeypatch):
    stop = make_stop()
    invite(stop, make_professionals(2))
    move(stop)
    rung = []
    monkeypatch.setattr(notices, "ring", rung.append)
    monkeypatch.setattr(tasks.reminders, "write_due", lambda: 0)
    tasks.write_due_reminders()
    assert rung == [Announcement.objects.get().pk]


def test_a_move_costs_the_same_whatever_the_number_of_invited(django_assert_max_num_queries):
    stop = make_stop()
    invite(stop, make_professionals(120))
    with django_assert_max_num_queries(40):
        move(stop)
