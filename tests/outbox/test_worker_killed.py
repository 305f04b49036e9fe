"""A real Celery worker, killed without ado where it hurts most; another one finishes its work.

Counted where it matters, at the mail server: nothing is lost, nothing arrives twice, and what
nobody can know is shown to staff. Beat is played by the test: it sends the sweep.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from outbox import doorbell, queue, tasks
from outbox.delivery import LEASE
from outbox.models import Message, MessageStatus
from tests.factories import make_message
from tests.outbox.sink import Sink

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

DOOR = 4711  # an advisory lock that the trigger below waits for
# In this database: the tests beside us have doors of their own, in theirs.
WAITING = """
    select pid from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())"""


class Worker:
    """`celery worker` as the portal runs it, on this test's database, keys and mail server."""

    def __init__(
        self, folder: Path, sink: Sink, *, offset: float = 0, concurrency: int = 1, connections: int = 1
    ) -> None:
        database = os.environ["DATABASE_URL"].rpartition("/")[0]
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "onmt_tour.settings",
            "DATABASE_URL": f"{database}/{connection.settings_dict['NAME']}",
            "REDIS_PREFIX": settings.REDIS_PREFIX,
            "EMAIL_URL": sink.url,
            "CLOCK_OFFSET_SECONDS": str(round(offset)),
            "MAIL_CONNECTIONS": str(connections),
        }
        command = f"celery --app onmt_tour worker --queues mail --concurrency {concurrency}"
        command += " --without-mingle --without-gossip --loglevel INFO"
        with (folder / f"worker-{time.monotonic_ns()}.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command.split()],
                env=environment,
                cwd=settings.BASE_DIR,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """The parent and its children at once, none of them asked."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def start(tmp_path: Path, sink: Sink) -> Iterator[Callable[..., Worker]]:
    started: list[Worker] = []

    def worker(**options: Any) -> Worker:
        started.append(Worker(tmp_path, sink, **options))
        return started[-1]

    yield worker
    for process in started:
        if process.process.poll() is None:
            process.kill()


@pytest.fixture(autouse=True)
def _queues_emptied(broker) -> None:
    """The fixture does it: a worker killed in the middle leaves its task with the broker."""


def until(true: Callable[[], object], *, seconds: float = 30) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, "it did not happen"
        time.sleep(0.02)


def ask(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def held_before(status: str) -> Iterator[Callable[[], None]]:
    """Whoever writes `status` waits at the door. Yields a way to wait until somebody does."""
    ask(f"""
        create function wait_at_the_door() returns trigger language plpgsql as
        'begin perform pg_advisory_xact_lock({DOOR}); return new; end';
        create trigger door before update on outbox_message for each row
        when (new.status = '{status}' and old.status <> new.status)
        execute function wait_at_the_door();
        select pg_advisory_lock({DOOR})""")
    try:
        yield lambda: until(lambda: ask(WAITING))
    finally:
        # A killed worker's statement does not go on by itself once the door opens.
        ask(WAITING.replace("pid", "pg_terminate_backend(pid, 5000)"))
        ask(f"select pg_advisory_unlock({DOOR})")
        ask("drop trigger door on outbox_message; drop function wait_at_the_door()")


@contextmanager
def held_by(sink: Sink, stage: str) -> Iterator[Callable[[], None]]:
    """Until the end, when whoever waits there is dead."""
    hold = sink.hold(stage)
    yield lambda: until(hold.reached.is_set)
    sink.forget()


def held_at(point: str, sink: Sink):
    return {
        "after the claim": lambda: held_before("sending"),
        "after sending was written": lambda: held_by(sink, "MAIL"),
        "after DATA, before 250": lambda: held_by(sink, "END"),
        "after 250, before it was written": lambda: held_before("sent"),
    }[point]()


def kill_one_at(point: str, *, start, sink: Sink, mails: int = 3, connections: int = 1) -> list[Message]:
    """A worker killed at the first of its mails, a second worker that finishes."""
    messages = [make_message() for _ in range(mails)]
    with held_at(point, sink) as until_held:
        worker = start(connections=connections)
        assert doorbell.ring()
        until_held()
        worker.kill()

    beyond = LEASE.total_seconds() + 10  # the killed worker's lease and patience have run out
    start(offset=beyond)
    tasks.sweep.delay()
    until(lambda: not Message.objects.filter(status__in=["queued", "claimed", "sending"]).exists())
    for message in messages:
        message.refresh_from_db()
    return messages


@pytest.mark.parametrize(
    ("point", "status", "arrived"),
    [
        ("after the claim", MessageStatus.SENT, 1),
        ("after sending was written", MessageStatus.IN_DOUBT, 0),
        ("after DATA, before 250", MessageStatus.IN_DOUBT, 0),
        ("after 250, before it was written", MessageStatus.IN_DOUBT, 1),
    ],
)
def test_a_worker_killed_loses_no_mail_and_doubles_none(point, status, arrived, start, sink):
    first, *others = kill_one_at(point, start=start, sink=sink)

    assert first.status == status
    assert {message.status for message in others} == {MessageStatus.SENT}
    arrivals = {first.message_id: arrived, **{message.message_id: 1 for message in others}}
    assert sink.count() == +Counter(arrivals)
    assert Counter(fact_of(mail) for mail in sink.accepted) == +Counter(
        {fact(message): arrivals[message.message_id] for message in [first, *others]}
    )
    # Nothing is lost: each has arrived, or staff are told that nobody knows.
    assert all(arrivals[m.message_id] or m.status == MessageStatus.IN_DOUBT for m in [first, *others])


def test_a_worker_killed_leaves_one_doubt_at_most_on_each_of_its_connections(start, sink):
    messages = kill_one_at("after DATA, before 250", start=start, sink=sink, mails=8, connections=3)

    doubts = [message for message in messages if message.status == MessageStatus.IN_DOUBT]
    assert doubts == messages[:3]
    assert {message.status for message in messages[3:]} == {MessageStatus.SENT}
    assert sink.count() == {message.message_id: 1 for message in messages[3:]}


def fact(message: Message) -> tuple[str, str, str]:
    """Person, purpose and revision: what may be told once."""
    return message.recipient, message.purpose, message.key.rpartition(":")[2]


def fact_of(mail: EmailMessage) -> tuple[str, str, str]:
    return fact(Message.objects.get(recipient=mail["To"], headline=mail["Subject"]))


def test_the_killing_above_would_double_a_mail_that_is_simply_tried_again(start, sink):
    """An outbox without doubt sends again what it began: if this fails, the test above is empty."""
    ask("""
        create function try_again() returns trigger language plpgsql as
        'begin new.status := ''queued''; new.claim := ''''; new.lease_until := null; return new; end';
        create trigger no_doubt before update on outbox_message for each row
        when (new.status = 'in_doubt') execute function try_again()""")
    try:
        first, *others = kill_one_at("after 250, before it was written", start=start, sink=sink)
    finally:
        ask("drop trigger no_doubt on outbox_message; drop function try_again()")

    assert sink.count() == {first.message_id: 2, **{message.message_id: 1 for message in others}}


def test_two_workers_rung_at_too_often_deliver_each_mail_once(start, sink):
    messages = [make_message() for _ in range(80)]
    for _ in range(8):  # as after a redelivery: the same ring again and again
        tasks.deliver_due.delay()
    start(concurrency=2)
    start(concurrency=2)
    until(lambda: not Message.objects.exclude(status=MessageStatus.SENT).exists())

    assert sink.count() == {message.message_id: 1 for message in messages}
    assert sink.connections > 1


def test_a_worker_told_to_stop_finishes_the_mail_it_has_begun(start, sink):
    message = make_message()
    hold = sink.hold("END")
    worker = start()
    doorbell.ring()
    until(hold.reached.is_set)
    worker.process.terminate()
    time.sleep(0.2)
    sink.release()

    assert worker.process.wait(timeout=20) == 0
    message.refresh_from_db()
    assert message.status == MessageStatus.SENT
    assert sink.count() == {message.message_id: 1}


def test_a_mail_refused_after_its_stop_moved_does_not_leave_later(start, sink):
    """The server refuses for now what it was being told when the stop moved."""
    message, other = make_message(purpose="seat"), make_message(purpose="moved")
    sink.answers["RCPT"] = ["451 come back later", "451 come back later"]
    hold = sink.hold("RCPT")
    worker = start()
    doorbell.ring()
    until(hold.reached.is_set)
    queue.supersede(subject="stop:1", purposes=["seat"])
    sink.release()
    until(lambda: Message.objects.filter(answer__startswith="451").count() == 2)
    worker.kill()
    start(offset=600)  # the hour at which both would be tried again
    tasks.sweep.delay()
    until(lambda: Message.objects.filter(status=MessageStatus.SENT).exists())

    message.refresh_from_db()
    assert (message.status, message.overtaken) == (MessageStatus.SUPERSEDED, True)
    assert sink.count() == {other.message_id: 1}
