"""Tests of meetings.announcements: telling those concerned, whoever is killed or comes twice."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from meetings import announcements, audiences, lifecycle, notices, releases, tasks
from meetings.audiences import Audience
from meetings.models import Announcement, Invitation, Stop
from outbox import clock, suppressions
from outbox.models import Message, MessageStatus
from outbox.queue import hash_of
from professionals import attendance as professionals_attendance
from tests import factories
from tests.factories import make_guests, make_message, make_recipient, make_stop
from tests.telling import tell

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
    assert order.keys == ["professional:1", "professional:2", "professional:3"]
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
    tasks.take_up_orders()
    assert rung == [Announcement.objects.get().pk]


def test_a_move_costs_the_same_whatever_the_number_of_those_concerned(django_assert_max_num_queries):
    stop = make_stop()
    make_guests(stop, "seated", *(make_recipient(n) for n in range(200, 320)))
    invite(stop, make_professionals(120))
    with django_assert_max_num_queries(40):
        move(stop)
    assert told() == []
    assert len(Announcement.objects.get().keys) == 240


def test_a_batch_reads_no_one_else():
    """So the lock is held as long for thirty people as for three thousand."""
    stop = factories.make_stop(seats=50)
    for _number in range(30):
        factories.make_registration(stop)
    professionals_attendance.register()
    move(stop)
    order = Announcement.objects.get()
    read, real = [], audiences.get("seated").some

    def counted(stop, keys):
        found = list(real(stop, keys))
        read.extend(found)
        return found

    audiences.register(replace(audiences.get("seated"), some=counted))
    announcements.write_batch(order.pk, failed=set())
    assert len(read) == announcements.BATCH


def test_who_comes_after_the_move_is_not_told_and_neither_is_who_left():
    stop = make_stop()
    stays, leaves, comes = (make_recipient(n) for n in (1, 2, 3))
    make_guests(stop, "seated", stays, leaves)
    move(stop)
    make_guests(stop, "seated", stays, comes)
    tell()
    assert told() == [stays.email]


def test_what_is_told_later_is_what_is_so_then():
    """A workshop withdrawn between the move and the mail stands in nobody's calendar."""
    stop = make_stop(published=False)
    workshop = factories.make_meeting(stop, title_fr="Atelier du désert", visibility="registered")
    releases.publish(stop, by=None)
    make_guests(stop, "seated", make_recipient(1))
    move(stop)
    lifecycle.withdraw_meeting(workshop, by=None)
    tell()
    message = Message.objects.get(purpose="moved")
    assert "désert" not in message.text + message.calendar
    assert message.key.endswith(":2")


def test_a_worker_that_dies_in_the_middle_loses_nobody_and_tells_nobody_twice(monkeypatch):
    stop = make_stop()
    make_guests(stop, "seated", *(make_recipient(n) for n in range(1, 6)))
    move(stop)
    order = Announcement.objects.get()
    monkeypatch.setattr(announcements, "BATCH", 2)
    written, real = [], notices.write

    def die_at_the_fourth(*args, **options):
        if len(written) == 3:
            raise KeyboardInterrupt
        written.append(real(*args, **options))

    with monkeypatch.context() as patch:
        patch.setattr(notices, "write", die_at_the_fourth)
        with pytest.raises(KeyboardInterrupt):
            announcements.write(order.pk, limit=100)
    assert told() == addresses(1, 2)  # the batch it died in is undone as a whole
    tell()
    assert told() == addresses(1, 2, 3, 4, 5)


def test_one_who_cannot_be_written_to_keeps_nobody_waiting_and_stays_in_the_order(monkeypatch):
    stop = make_stop()
    make_guests(stop, "seated", *(make_recipient(n) for n in range(1, 6)))
    move(stop)
    monkeypatch.setattr(announcements, "BATCH", 2)
    real = notices.write

    def fail_for_the_first(stop, told, order, **options):
        if told.person.key == "registration:1":
            raise ValueError("no words")
        return real(stop, told, order, **options)

    with monkeypatch.context() as patch:
        patch.setattr(notices, "write", fail_for_the_first)
        assert [announcements.write(Announcement.objects.get().pk, limit=100) for _ in range(2)] == [4, 0]
    assert told() == addresses(2, 3, 4, 5)
    assert announcements.owed(stop) == {"registration:1"}
    tell()
    assert (told(), announcements.owed(stop)) == (addresses(2, 3, 4, 5, 1), set())


def two_moves_with_a_batch_between(monkeypatch):
    """A worker tells of the first move while the second is confirmed. Answers which are to leave."""
    stop = make_stop()
    make_guests(stop, "seated", make_recipient(1))
    move(stop)
    order = Announcement.objects.get()
    writing, moved, real = threading.Event(), threading.Event(), notices.write

    def dawdle(*args, **options):
        writing.set()
        moved.wait(2)
        return real(*args, **options)

    def move_again():
        writing.wait(5)
        move(stop)
        moved.set()

    with monkeypatch.context() as patch, ThreadPoolExecutor(2) as threads:
        patch.setattr(notices, "write", dawdle)
        calls = (lambda: announcements.write_batch(order.pk, failed=set()), move_again)
        for future in [threads.submit(closing, call) for call in calls]:
            future.result(20)
    tell()
    queued = Message.objects.filter(purpose="moved", status=MessageStatus.QUEUED)
    return sorted(key.rpartition(":")[2] for key in queued.values_list("key", flat=True))


def closing(call):
    try:
        return call()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_batch_under_way_leaves_no_old_day_behind_the_next_move(monkeypatch, rings):
    assert two_moves_with_a_batch_between(monkeypatch) == ["3"]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_old_day_would_leave(monkeypatch, rings):
    monkeypatch.setattr(announcements.gate, "lock", lambda pk: Stop.objects.get(pk=pk))
    assert two_moves_with_a_batch_between(monkeypatch) == ["2", "3"]
