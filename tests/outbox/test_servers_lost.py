"""The servers the mail stands on, killed, emptied, restarted and filled while it leaves.

PostgreSQL has the queue: what it has committed is so. Valkey has the bell only: losing it loses no mail.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from outbox.models import Message, MessageStatus
from tests.outbox.site import Site, ask, prove, statuses, until, write
from tests.outbox.test_worker_killed import held_before

pytestmark = pytest.mark.faults

NO_SPACE = "No space left on device"


def test_valkey_killed_emptied_and_restarted_loses_and_doubles_no_mail(site):
    """Two beats ring each second, as each minute in earnest; nobody else does after the first ring."""
    messages = write(300)
    site.sink.slow(0.01)
    for _ in range(2):
        site.worker(concurrency=2)
        site.beat()
    site.ring()
    until(lambda: len(site.sink.taken()) > 20)
    site.kill_valkey()
    until(lambda: len(site.sink.taken()) > 60)  # whoever is delivering goes on
    site.valkey.start()
    messages += write(100, name="late")  # nobody rings for these
    until(lambda: Message.objects.filter(purpose="late", status=MessageStatus.SENT).exists())
    site.client.flushall()
    messages += write(20, name="later")
    until(lambda: statuses(messages) == ["sent"] * 420)

    prove(site.sink.taken())


def test_postgresql_restarted_between_the_servers_250_and_the_commit_doubts_nothing(site):
    """The worker was told once, keeps the answer, and writes it as soon as there is a database."""
    messages = write(20)
    site.sink.hold("END", after=4)
    site.ready()
    site.ring()
    until(site.sink.held)
    site.stop_postgres()
    site.sink.release()
    until(lambda: len(site.sink.taken()) == 5)
    site.postgres.start()
    until(lambda: statuses(messages)[4] == MessageStatus.SENT)  # before any sweep
    site.settled()
    assert statuses(messages) == ["sent"] * 20
    prove(site.sink.taken())


def test_postgresql_without_power_while_it_writes_what_was_sent_doubts_nothing(site):
    messages = write(5)
    site.ready()
    with held_before("sent") as until_held:
        site.ring()
        until_held()
        site.restart_postgres()
    site.settled()
    assert statuses(messages) == ["sent"] * 5
    prove(site.sink.taken())


@pytest.mark.soak
def test_postgresql_without_power_in_the_middle_of_a_campaign_loses_and_doubles_nothing(site):
    messages = write(200)
    site.sink.slow(0.005)
    site.ready(connections=3)
    site.ring()
    until(lambda: len(site.sink.taken()) > 40)
    site.restart_postgres()
    site.settled()
    assert statuses(messages) == ["sent"] * 200
    prove(site.sink.taken())


def test_a_full_disk_stops_the_mail_and_doubles_none(site):
    messages = write(150)
    site.sink.hold("END", after=10)
    site.ready()
    with small_disk(site) as fill:
        site.ring()
        until(site.sink.held)
        fill()
        site.sink.release()
        until(lambda: NO_SPACE in (site.place.home() / "pg" / "server.log").read_text())
        assert len(site.sink.taken()) < 150
    site.settled()
    assert statuses(messages) == ["sent"] * 150
    prove(site.sink.taken())


@contextmanager
def small_disk(site: Site) -> Iterator[Callable[[], None]]:
    """The mails on a disk of their own of some megabytes, and what fills it up; room again at the end.

    Where nobody may mount one the database only says it is full: the same error (53100), raised by a
    trigger.
    """
    disk = site.place.private(site.place.sockets / "disk")
    mount = ("mount", "-t", "tmpfs", "-o", f"size=3m,uid={site.place.owner.pw_uid},mode=700", "tmpfs", disk)
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        yield said_to_be_full
        ask("drop trigger no_space on outbox_message; drop function no_space()")
        return
    filler = disk / "filler"
    try:
        ask(f"create tablespace small location '{disk}'")
        ask("alter table outbox_message set tablespace small")
        yield lambda: fill_up(filler)
        filler.unlink()
        site.settled()
    finally:
        filler.unlink(missing_ok=True)
        ask("alter table outbox_message set tablespace pg_default")
        ask("checkpoint")
        ask("drop tablespace small")
        # Lazily: a server process may hold on to a file that is gone.
        subprocess.run(["umount", "--lazy", disk], check=True)


def fill_up(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return


def said_to_be_full() -> None:
    ask(f"""
        create function no_space() returns trigger language plpgsql as
        'begin raise exception using errcode = ''disk_full'', message = ''{NO_SPACE}''; end';
        create trigger no_space before update on outbox_message
        for each row execute function no_space()""")
