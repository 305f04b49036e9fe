"""How fast mail leaves, against a raw loop that writes the same mails to the same server.

Both build each mail, with the same parts, for its own recipient. The loop is smtplib over one
connection and knows nothing more: no database, no claim, no doubt. The outbox is a Celery worker of
concurrency 2, as in earnest; PostgreSQL has every commit on disk before it answers. Both in turns;
the median of the rounds counts. `python -m bench.mail [MAILS]`.
"""

import os
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from bench import sink
from bench.__main__ import production
from bench.servers import ROOT, TICK, children, postmaster, ticks, tree
from onmt_tour import embedded

if TYPE_CHECKING:
    from outbox.models import Message

MAILS = 2000
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
REQUIRED = 0.5
QUERIES = 4
STATE = ROOT / "var" / "bench-services"
CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n" + "X-A:b\r\n" * 100


@dataclass(frozen=True)
class Round:
    raw: float  # mails a second
    ours: float
    worker: float  # seconds of processor a mail
    database: float
    loop: float


def messages(mails: int, *, priority: int = 0) -> "Iterator[Message]":
    """Mails of the size of a confirmation, in French, with a calendar entry; not written yet."""
    from outbox import clock
    from outbox.models import Message
    from outbox.queue import hash_of, new_message_id

    now = clock.now()
    for number in range(mails):
        to = f"etablissement-{number}@hotel.example"
        yield Message(
            key=f"bench:{number}",
            purpose="seat",
            priority=priority,
            recipient=to,
            recipient_hash=hash_of(to),
            language="fr",
            headline="Votre place à Dakhla",
            text=f"Votre place {number} est réservée. " * 40,
            html=f"<p>Votre place {number} est réservée.</p>" * 200,
            calendar=CALENDAR,
            calendar_method="REQUEST",
            message_id=new_message_id(),
            written_at=now,
            due_at=now,
        )


def write(mails: int, *, priority: int = 0) -> None:
    """So many mails in the queue, and no others in the table."""
    from django.db import connection

    from outbox.models import Message

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE outbox_message CASCADE")
    Message.objects.bulk_create(messages(mails, priority=priority), batch_size=500)


def raw(server: sink.Sink, mails: int) -> tuple[float, float]:
    """Mails a second, and seconds of processor a mail, of smtplib and nothing else."""
    from outbox import clock, mime

    ready = list(messages(mails))
    begun, used = time.perf_counter(), time.process_time()
    with smtplib.SMTP("127.0.0.1", server.port) as smtp:
        for message in ready:
            content = mime.build(message, now=clock.now())
            smtp.sendmail("tournee@portal.example", [message.recipient], content)
    return mails / (time.perf_counter() - begun), (time.process_time() - used) / mails


def ours(mails: int, *, hands: int) -> float:
    """Mails a second of the worker, from the first ring until the last is written down as sent."""
    from outbox import doorbell
    from outbox.models import Message, MessageStatus

    left = Message.objects.exclude(status=MessageStatus.SENT)
    begun = time.perf_counter()
    for _ in range(hands):
        doorbell.ring()
    while left.exists():
        time.sleep(0.02)
    return mails / (time.perf_counter() - begun)


@contextmanager
def worker(*, concurrency: int) -> Iterator[int]:
    """A Celery worker for the mail, ready; yields its process."""
    from onmt_tour.celery import app

    command = f"celery --quiet --app onmt_tour worker --queues mail --concurrency {concurrency}"
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", *command.split(), "--loglevel", "ERROR"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        until = time.monotonic() + 60
        while not app.control.inspect(timeout=1).ping():
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit("The worker does not start.")
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def compare(server: sink.Sink, mails: int, *, database: int) -> list[Round]:
    with worker(concurrency=2) as pid:
        return [one_round(server, mails, worker=pid, database=database) for _ in range(ROUNDS)]


def one_round(server: sink.Sink, mails: int, *, worker: int, database: int) -> Round:
    rate, loop = raw(server, mails)
    write(mails)
    arrived = server.taken.value
    hands, base = hands_of(worker), tree(database)
    found = ours(mails, hands=2)
    assert server.taken.value - arrived == mails, "as many have arrived as are said to be sent"
    return Round(rate, found, (hands_of(worker) - hands) / mails, (tree(database) - base) / mails, loop)


def hands_of(worker: int) -> float:
    return TICK * sum(ticks(pid) for pid in (worker, *children(worker)))


def queries(server: sink.Sink, mails: int = 100) -> float:
    """Queries a mail, counted in this process."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from outbox import delivery

    write(mails)
    with CaptureQueriesContext(connection) as asked:
        while delivery.run() is not None:
            pass
    return len(asked) / mails


def show(rounds: list[Round], mails: int) -> None:
    for each in rounds:
        print(
            f"  raw loop {each.raw:5.0f} a second ({each.loop * 1e6:4.0f} µs of processor), "
            f"outbox {each.ours:5.0f} ({each.worker * 1e6:4.0f} µs, database {each.database * 1e6:4.0f} µs)"
        )
    ratio = median(each.ours / each.raw for each in rounds)
    print(f"mail: {ratio:.2f} of the raw loop; at least {REQUIRED}: {word(ratio >= REQUIRED)}")


def word(met: bool) -> str:
    return "met" if met else "NOT MET"


def main(mails: int = MAILS) -> None:
    with sink.up() as server, embedded.services(STATE, durable=True) as addresses:
        os.environ |= {**production(addresses), "EMAIL_URL": server.url}
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        call_command("migrate", verbosity=0)
        size = len(next(built())) / 1024
        print(f"mail: {mails} mails of {size:.0f} kB in {ROUNDS} rounds, worker of concurrency 2")
        show(compare(server, mails, database=postmaster(addresses["DATABASE_URL"])), mails)
        asked = queries(server)
        print(f"mail: {asked:.2f} queries a mail; at most {QUERIES}: {word(asked <= QUERIES)}")
        connection.close()


def built() -> Iterator[bytes]:
    from outbox import clock, mime

    return (mime.build(message, now=clock.now()) for message in messages(1))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
