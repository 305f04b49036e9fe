"""A real Celery worker, killed without ado where it hurts most, stopped for too long, doubled; and the
broker that gives a task twice.

Counted where it matters, at the mail server: nothing is lost, nothing arrives twice, and what
nobody can know is shown to staff.
"""

import random
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from outbox import queue
from outbox.models import Message, MessageStatus
from tests.outbox.site import Site, ask, let_lapse, prove, statuses, until, write

pytestmark = pytest.mark.faults

DOOR = 4711  # an advisory lock that the trigger below waits for
# In this database: whoever tests beside us has doors of their own, in theirs.
WAITING = """
    select pid from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())"""


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
def held_by(site: Site, stage: str) -> Iterator[Callable[[], None]]:
    """Until the end, when whoever waits there is dead."""
    site.sink.hold(stage)
    yield lambda: until(site.sink.held)
    site.sink.release(forget=True)


def held_at(point: str, site: Site):
    return {
        "after the claim": lambda: held_before("sending"),
        "after sending was written": lambda: held_by(site, "MAIL"),
        "after DATA, before 250": lambda: held_by(site, "END"),
        "after 250, before it was written": lambda: held_before("sent"),
    }[point]()


def kill_one_at(point: str, site: Site, *, mails: int = 3, connections: int = 1) -> list[Message]:
    """A worker killed at the first of its mails, a second worker that finishes."""
    messages = write(mails)
    worker = site.ready(connections=connections)
    with held_at(point, site) as until_held:
        site.ring()
        until_held()
        worker.kill()

    let_lapse()  # the killed worker's lease has run out
    site.ready()
    site.settled()
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
def test_a_worker_killed_loses_no_mail_and_doubles_none(point, status, arrived, site):
    first, *others = kill_one_at(point, site)

    assert statuses([first, *others]) == [status, MessageStatus.SENT, MessageStatus.SENT]
    assert site.sink.count()[first.message_id] == arrived
    prove(site.sink.taken(), killed=1)


def test_a_worker_killed_leaves_one_doubt_at_most_on_each_of_its_connections(site):
    messages = kill_one_at("after DATA, before 250", site, mails=8, connections=3)

    assert statuses(messages) == ["in_doubt"] * 3 + ["sent"] * 5
    prove(site.sink.taken(), killed=3)


@pytest.mark.soak
def test_the_killing_above_would_double_a_mail_that_is_simply_tried_again(site):
    """An outbox without doubt sends again what it began: if this fails, the tests here are empty."""
    ask("""
        create function try_again() returns trigger language plpgsql as
        'begin new.status := ''queued''; new.claim := ''''; new.lease_until := null; return new; end';
        create trigger no_doubt before update on outbox_message for each row
        when (new.status = 'in_doubt') execute function try_again()""")
    try:
        first, *_others = kill_one_at("after 250, before it was written", site)
    finally:
        ask("drop trigger no_doubt on outbox_message; drop function try_again()")

    assert site.sink.count()[first.message_id] == 2
    with pytest.raises(AssertionError, match="twice"):
        prove(site.sink.taken(), killed=1)


def test_a_worker_stopped_beyond_its_lease_and_woken_sends_nothing_again(site):
    """Its mail under way is in doubt until it wakes and says so; the rest of its batch is another's."""
    messages = write(12)
    sleeper = site.worker()
    site.sink.hold("MAIL")
    site.ring()
    until(site.sink.held)
    sleeper.signal(signal.SIGSTOP)
    site.sink.release()
    let_lapse()
    site.ready()
    site.settled()
    assert statuses(messages) == ["in_doubt"] + ["sent"] * 11
    prove(site.sink.taken(), killed=1)

    sleeper.signal(signal.SIGCONT)
    until(lambda: statuses(messages) == ["sent"] * 12)
    prove(site.sink.taken())


def test_a_task_that_the_broker_gives_twice_sends_nothing_twice(site):
    """Its first worker is slow beyond the broker's patience; the same ring was heard many times before."""
    messages = write(20)
    site.sink.hold("END", after=3)
    slow = site.worker()
    site.ring()
    until(site.sink.held)
    for _ in range(8):
        site.ring()
    other = site.worker()  # what was given and not acknowledged is given again as a worker begins
    until(lambda: received(slow) & received(other))
    site.sink.release()
    site.settled(sweeping=False)

    assert statuses(messages) == ["sent"] * 20
    prove(site.sink.taken())


def received(worker) -> set[str]:
    """The tasks that this worker was given, by their numbers."""
    said = re.findall(r"Task outbox\.tasks\.deliver_due\[([0-9a-f-]+)\] received", worker.log.read_text())
    return set(said)


def test_a_worker_told_to_stop_finishes_the_mail_it_has_begun(site):
    messages = write(1)
    site.sink.hold("END")
    worker = site.worker()
    site.ring()
    until(site.sink.held)
    worker.process.terminate()
    time.sleep(0.2)
    site.sink.release()

    assert worker.process.wait(timeout=20) == 0
    assert statuses(messages) == ["sent"]
    prove(site.sink.taken())


def test_a_mail_refused_after_its_stop_moved_does_not_leave_later(site):
    """The server refuses for now what it was being told when the stop moved."""
    (message,), (other,) = write(1), write(1, name="moved")
    for each in (message, other):
        site.sink.answers("RCPT", each.recipient, "451 come back later")
    site.sink.hold("RCPT")
    site.ready()
    site.ring()
    until(site.sink.held)
    queue.supersede(subject="stop:1", purposes=["seat"])
    site.sink.release()
    until(lambda: Message.objects.filter(answer__startswith="451").count() == 2)
    site.settled()

    assert statuses([message, other]) == ["superseded", "sent"]
    assert site.sink.count() == {other.message_id: 1}
    prove(site.sink.taken())


@pytest.mark.soak
def test_ten_workers_killed_at_any_moment_of_two_thousand_mails(site):
    seed = random.randrange(10**6)
    print(f"killed at the moments of seed {seed}")  # shown where this fails
    moments, hands = random.Random(seed), 8
    write(2000)
    site.sink.slow(0.005)
    for _ in range(10):
        before = len(site.sink.taken())
        worker = site.worker(concurrency=2, connections=4)
        site.ring(), site.ring()
        until(lambda: len(site.sink.taken()) > before)  # noqa: B023
        time.sleep(moments.uniform(0, 0.5))
        worker.kill()
        let_lapse()
    assert Message.objects.filter(status=MessageStatus.QUEUED).exists(), "the last had work left as well"
    site.sink.slow(0)
    site.ready(connections=4)
    site.settled(seconds=300)

    prove(site.sink.taken(), killed=10 * hands)
    assert Message.objects.filter(status__in=[MessageStatus.SENT, MessageStatus.IN_DOUBT]).count() == 2000
