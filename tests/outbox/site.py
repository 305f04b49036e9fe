"""A whole portal of mail for tests that break it: its own PostgreSQL (every commit on disk) and Valkey,
Celery workers and beats, and a mail server in a process of its own. The test's own connection leads to
that database, so that rows are made and read as everywhere.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import environ
import redis
from celery import Celery
from django.conf import settings
from django.db import connection

from onmt_tour import embedded
from outbox import backlog, clock
from outbox.models import Message, MessageStatus, Priority
from outbox.queue import hash_of, new_message_id
from tests import databases
from tests.outbox.sink_process import Sink, Taken

UNDER_WAY = [MessageStatus.QUEUED, MessageStatus.CLAIMED, MessageStatus.SENDING]
EMPTIED = ("outbox_message", "outbox_hold", "outbox_suppression")


def until(true: Callable[[], object], *, seconds: float = 60) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, "it did not happen"
        time.sleep(0.02)


def ask(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


class Process:
    """A part of the portal, in a session of its own."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, *command],
                env=environment,
                cwd=settings.BASE_DIR,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    def signal(self, number: int) -> None:
        """The parent and its children at once."""
        os.killpg(self.process.pid, number)

    def kill(self) -> None:
        """None of them asked."""
        if self.process.poll() is None:
            self.signal(signal.SIGKILL)
            self.process.wait()


class Site:
    def __init__(self, folder: Path) -> None:
        self.folder, self.sink = folder, Sink()
        self.processes: list[Process] = []
        self.standing: dict[int, Process] = {}
        self.place = embedded.Place.of(folder / "services")
        databases.lay_down_cluster(folder / "services")
        self.postgres = embedded.Postgres(self.place, durable=True)
        self.valkey = embedded.Valkey(self.place, durable=True)
        self.postgres.start()
        self.valkey.start()
        self.addresses = {**self.postgres.addresses(), **self.valkey.addresses()}
        self.bell = Celery(set_as_current=False)
        # Not `broker_url`: the environment, which leads to the other tests' broker, goes before it.
        self.bell.conf.update(broker_write_url=self.addresses["CELERY_BROKER_URL"])
        self.bell.conf.broker_transport_options = {"global_keyprefix": "portal:"}
        self.bell.conf.task_default_queue = "mail"
        self.client = redis.Redis(unix_socket_path=str(self.valkey.socket))

    @contextmanager
    def reached(self, name: str = "portal") -> Iterator[None]:
        """This process's connection leads to the database of this name here, with every migration."""
        said = connection.settings_dict
        before = {key: said[key] for key in ("HOST", "PORT", "NAME", "USER", "PASSWORD")}
        there = environ.Env.db_url_config(self.addresses["DATABASE_URL"])
        connection.close()
        said.update({key: there[key] for key in before} | {"NAME": name})
        try:
            yield
        finally:
            connection.close()
            said.update(before)

    def end(self) -> None:
        self.kill()
        self.sink.stop()
        self.bell.close()
        self.valkey.stop()
        self.postgres.stop()
        embedded.discard(self.folder / "services")

    def kill(self) -> None:
        """Every worker and beat, none of them asked."""
        for process in self.processes:
            process.kill()
        self.processes.clear()

    def afresh(self) -> None:
        """No mail, no ring, an obliging mail server. The worker that stands goes on living."""
        for process in self.processes:
            if process not in self.standing.values():
                process.kill()
        self.processes = list(self.standing.values())
        ask(f"truncate {', '.join(EMPTIED)} cascade")
        self.client.flushall()
        self.sink.afresh()

    # Parts

    def start(self, *command: str, app: str = "tests.outbox.hurried", **environment: str) -> Process:
        variables = {
            **os.environ,
            **self.addresses,
            "DJANGO_SETTINGS_MODULE": "onmt_tour.settings",
            "REDIS_PREFIX": "portal:",
            "EMAIL_URL": self.sink.url,
            **environment,
        }
        log = self.folder / f"{command[0]}-{time.monotonic_ns()}.log"
        self.processes.append(Process(["-m", "celery", "--app", app, *command], variables, log))
        return self.processes[-1]

    def ready(self, *, connections: int = 1) -> Process:
        """A worker of one hand, the one that lives where there is one like it."""
        found = self.standing.get(connections)
        if found is None or found.process.poll() is not None:
            self.dismiss()
            self.standing = {connections: self._worker(connections=connections)}
        return self.standing[connections]

    def dismiss(self) -> None:
        """The worker that stands, if there is one, takes nothing from those of the test."""
        for other in self.standing.values():
            other.kill()
        self.standing = {}

    def worker(self, **options: Any) -> Process:
        """A worker of the test's own; nobody else stands by."""
        self.dismiss()
        return self._worker(**options)

    def _worker(
        self, *, concurrency: int = 1, connections: int = 1, offset: float = 0, **more: str
    ) -> Process:
        return self.start(
            *("worker", "--queues", "mail,default", "--concurrency", str(concurrency)),
            *("--without-mingle", "--without-gossip", "--loglevel", "INFO"),
            **{"MAIL_CONNECTIONS": str(connections), "CLOCK_OFFSET_SECONDS": str(round(offset)), **more},
        )

    def beat(self, *, offset: float = 0) -> Process:
        schedule = self.folder / f"schedule-{time.monotonic_ns()}"
        return self.start(
            *("beat", "--scheduler", "onmt_tour.beat.Scheduler", "--schedule", str(schedule), "--pidfile="),
            CLOCK_OFFSET_SECONDS=str(round(offset)),
        )

    def ring(self, task: str = "deliver_due") -> None:
        self.bell.send_task(f"outbox.tasks.{task}", queue="mail")

    # Servers

    def stop_postgres(self) -> None:
        connection.close()
        self.postgres.stop()

    def restart_postgres(self) -> None:
        """As if the power had gone: no server process is asked, none may finish."""
        connection.close()
        data = self.place.home() / "pg"
        options = ("-D", data, "-m", "immediate", "-w", "-t", embedded.START_SECONDS, "stop")
        embedded.run(self.postgres.programs() / "pg_ctl", *options, **self.postgres.how)
        self.postgres.start()

    def kill_valkey(self) -> None:
        """Killed, and what it kept on disk is lost."""
        os.kill(self.client.info("server")["process_id"], signal.SIGKILL)
        self.client.close()
        self.valkey.socket.unlink()
        for kept in (self.place.home() / "valkey").glob("*.rdb"):
            kept.unlink()

    # What is due, and how it ends

    def settled(self, *, seconds: float = 60, sweeping: bool = True) -> None:
        """Wait until nothing is under way, sweeping as beat does; what was put off is due at once."""
        limit = time.monotonic() + seconds
        while Message.objects.filter(status__in=UNDER_WAY).exists():
            assert time.monotonic() < limit, Counter(Message.objects.values_list("status", flat=True))
            let_be_due()
            if sweeping:
                self.ring("sweep")
            time.sleep(0.2)


def write(mails: int, *, name: str = "seat", **fields: Any) -> list[Message]:
    """So many mails that are due, each to a person of its own. The subject of each is its key, so the
    mail server counts by person, purpose and revision."""
    now = clock.now()
    rows = []
    for number in range(mails):
        to, key = f"{name}-{number}@hotel.example", f"{name}:registration:{number}:1"
        said = {"purpose": name, "subject": "stop:1", "priority": Priority.ANSWER, "language": "fr"}
        rows.append(
            Message(
                key=key,
                headline=key,
                text="Bonjour.",
                html="<p>Bonjour.</p>",
                recipient=to,
                recipient_hash=hash_of(to),
                message_id=new_message_id(),
                **{"written_at": now, "due_at": now, **said, **fields},
            )
        )
    return Message.objects.bulk_create(rows, batch_size=500)


def let_lapse() -> None:
    """The leases of what is in hand have run out long ago."""
    ask(
        "update outbox_message set lease_until = lease_until - interval '1 hour'"
        " where lease_until is not null"
    )


def let_be_due() -> None:
    """The hour has come at which what was refused is tried again."""
    ask(
        "update outbox_message set due_at = due_at - interval '1 day'"
        " where status = 'queued' and due_at > now() and attempts > 0"
    )


def statuses(messages: list[Message]) -> list[str]:
    found = dict(Message.objects.values_list("pk", "status"))
    return [found[message.pk] for message in messages]


def prove(taken: list[Taken], *, killed: int = 0, refused: int = 0) -> None:
    """0 lost, 0 twice, in doubt at most one for each killed connection and shown, `refused` for good;
    the state shown of each mail is what the mail server knows of it."""
    arrived, told = Counter(mail.message_id for mail in taken), Counter((mail.to, mail.key) for mail in taken)
    assert set(arrived.values()) <= {1} and set(told.values()) <= {1}, "something has left twice"
    states = dict(Message.objects.values_list("message_id", "status"))
    doubts = {one for one, status in states.items() if status == MessageStatus.IN_DOUBT}
    sent = {one for one, status in states.items() if status == MessageStatus.SENT}
    lost = [one for one, status in states.items() if status == MessageStatus.FAILED]
    assert set(arrived) - doubts == sent, "a state says otherwise than the mail server"
    assert len(doubts) <= killed
    assert len(lost) == refused
    shown = backlog.look()
    assert (shown.in_doubt, shown.failed) == (len(doubts), refused)
