"""How fast mail leaves, against a raw loop that writes the same mails to the same server.

Both build each mail, with the same parts, for its own recipient. The loop is smtplib over one
connection and knows nothing more: no database, no claim, no doubt. The outbox is a Celery worker of
concurrency 2, as in earnest; PostgreSQL has every commit on disk before it answers. Both in turns;
the median of the rounds counts. Then the same signed (DKIM) by both; and how long a confirmation waits
while ten thousand invitations leave. `python -m bench.mail [MAILS]`; `python -m bench.mail soak [MAILS]`
says whether the worker's memory is flat over 50,000, which takes minutes.
"""

import os
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from bench import sink
from bench.__main__ import production
from bench.servers import ROOT, TICK, children, megabytes, postmaster, ticks, tree
from onmt_tour import embedded

if TYPE_CHECKING:
    from outbox.models import Message

MAILS = 2000
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
REQUIRED = 0.5
QUERIES = 4
SECONDS = 2.0  # for 99 of 100 confirmations
CAMPAIGN = 10_000
SOAK = 50_000
FLAT = 5.0  # MB by which a process may grow after its first tenth
STATE = ROOT / "var" / "bench-services"
CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n" + "X-A:b\r\n" * 100


@dataclass(frozen=True)
class Round:
    raw: float  # mails a second
    ours: float
    worker: float  # seconds of processor a mail
    database: float
    loop: float


def messages(mails: int, *, priority: int = 0, key: str = "bench") -> "Iterator[Message]":
    """Mails of the size of a confirmation, in French, with a calendar entry; not written yet."""
    from outbox import clock
    from outbox.models import Message
    from outbox.queue import hash_of, new_message_id

    now = clock.now()
    for number in range(mails):
        to = f"etablissement-{number}@hotel.example"
        yield Message(
            key=f"{key}:{number}",
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
    from outbox import clock, mime, signature

    ready = list(messages(mails))
    begun, used = time.perf_counter(), time.process_time()
    with smtplib.SMTP("127.0.0.1", server.port) as smtp:
        for message in ready:
            content = signature.signed(mime.build(message, now=clock.now()))
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


def compare(server: sink.Sink, mails: int, *, database: int, rounds: int = ROUNDS) -> list[Round]:
    with worker(concurrency=2) as pid:
        return [one_round(server, mails, worker=pid, database=database) for _ in range(rounds)]


def waits(campaign: int) -> list[float]:
    """Seconds from the writing of a confirmation until it is written down as sent, in order of length,
    one every twentieth of a second while a campaign leaves."""
    from outbox import doorbell
    from outbox.models import Message, MessageStatus, Priority

    write(campaign, priority=Priority.CAMPAIGN)
    left = Message.objects.filter(priority=Priority.CAMPAIGN).exclude(status=MessageStatus.SENT)
    with worker(concurrency=2):
        for _ in range(2):
            doorbell.ring()
        number = 0
        while left.exists():
            Message.objects.bulk_create(messages(1, key=f"confirmation:{number}"))
            doorbell.ring()
            number += 1
            time.sleep(0.05)
        answers = Message.objects.filter(priority=Priority.ANSWER)
        while answers.exclude(status=MessageStatus.SENT).exists():
            time.sleep(0.02)
    moments = answers.values_list("written_at", "final_at")
    return sorted((final - written).total_seconds() for written, final in moments if final)


def show_waits(found: list[float], campaign: int) -> None:
    late = found[min(len(found) - 1, len(found) * 99 // 100)]
    print(
        f"mail: {len(found)} confirmations while {campaign} invitations leave: half within "
        f"{median(found) * 1000:.0f} ms, 99 of 100 within {late * 1000:.0f} ms; at most "
        f"{SECONDS * 1000:.0f}: {word(late <= SECONDS)}"
    )


def soak(mails: int) -> None:
    """Memory of each process of the worker after a tenth and at the end."""
    from outbox import doorbell
    from outbox.models import Message, MessageStatus

    write(mails)
    left = Message.objects.exclude(status=MessageStatus.SENT)
    begun, early = time.perf_counter(), dict[int, float]()
    with worker(concurrency=2) as pid:
        for _ in range(2):
            doorbell.ring()
        while count := left.count():
            if not early and count < mails * 0.9:
                early = {child: megabytes(child)[0] for child in children(pid)}
            time.sleep(0.5)
        late = {child: megabytes(child)[0] for child in children(pid)}
    grown = max(late[child] - weight for child, weight in early.items())
    told = ", ".join(f"{early[child]:.1f} and {late[child]:.1f} MB" for child in early)
    print(
        f"mail: {mails} in {time.perf_counter() - begun:.0f} s; each process after a tenth and at the end: "
        f"{told}; grows by {grown:.1f} MB, at most {FLAT:g}: {word(grown <= FLAT)}"
    )


@contextmanager
def signing() -> Iterator[None]:
    """A key of the bench's own, for the worker and for this process."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from django.conf import settings

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(key)
        file.flush()
        os.environ |= {"DKIM_SELECTOR": "bench", "DKIM_KEY_FILE": file.name}
        settings.DKIM_SELECTOR, settings.DKIM_KEY_FILE = "bench", file.name
        try:
            yield
        finally:
            settings.DKIM_SELECTOR = os.environ["DKIM_SELECTOR"] = ""


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


def show(rounds: list[Round], *, what: str = "", required: float = REQUIRED) -> None:
    for each in rounds:
        print(
            f"  {what}raw loop {each.raw:5.0f} a second ({each.loop * 1e6:4.0f} µs of processor), "
            f"outbox {each.ours:5.0f} ({each.worker * 1e6:4.0f} µs, database {each.database * 1e6:4.0f} µs)"
        )
    ratio = median(each.ours / each.raw for each in rounds)
    print(f"mail: {what}{ratio:.2f} of the raw loop; at least {required}: {word(ratio >= required)}")


def word(met: bool) -> str:
    return "met" if met else "NOT MET"


def main(what: str = "", mails: str = "") -> None:
    with sink.up() as server, embedded.services(STATE, durable=True) as addresses:
        os.environ |= {**production(addresses), "EMAIL_URL": server.url}
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        call_command("migrate", verbosity=0)
        if what == "soak":
            soak(int(mails or SOAK))
        else:
            run(server, int(what or MAILS), database=postmaster(addresses["DATABASE_URL"]))
        connection.close()


def run(server: sink.Sink, mails: int, *, database: int) -> None:
    size = len(next(built())) / 1024
    print(f"mail: {mails} mails of {size:.0f} kB in {ROUNDS} rounds, worker of concurrency 2")
    show(compare(server, mails, database=database))
    asked = queries(server)
    print(f"mail: {asked:.2f} queries a mail; at most {QUERIES}: {word(asked <= QUERIES)}")
    with signing():
        show(compare(server, max(mails // 5, 50), database=database, rounds=1), what="signed (DKIM), ")
    show_waits(waits(CAMPAIGN * mails // MAILS), CAMPAIGN * mails // MAILS)


def built() -> Iterator[bytes]:
    from outbox import clock, mime

    return (mime.build(message, now=clock.now()) for message in messages(1))


if __name__ == "__main__":
    main(*sys.argv[1:])
