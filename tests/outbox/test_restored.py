"""A copy of the database taken while mail leaves, and the portal restored from it: nothing leaves until a
person has decided."""

import subprocess

import pytest
from django.core.management import call_command

from outbox import epochs
from outbox.models import Message, Priority
from tests.outbox.site import Site, ask, prove, statuses, until, write

pytestmark = pytest.mark.faults


def test_in_a_restored_database_nothing_leaves_until_it_is_released(site, tmp_path):
    sent = write(10)
    site.ready()
    site.ring()
    until(lambda: statuses(sent) == ["sent"] * 10)
    write(10, name="late", priority=Priority.REMINDER)
    call_command("backup", tmp_path / "copy")
    site.ring()
    site.settled()  # what waited in the copy has left since
    prove(site.sink.taken())
    site.kill()
    try:
        restored_by_the_command(site, tmp_path / "copy")
        restored_by_hand(site, tmp_path / "copy")
    finally:
        site.kill()
        ask("drop database if exists copied with (force)")
        ask("drop database if exists restored with (force)")


def restored_by_the_command(site: Site, copy) -> None:
    ask("create database restored")
    with site.reached("restored"):
        call_command("restore", copy)
        assert epochs.waiting().count() == 10


def restored_by_hand(site: Site, copy) -> None:
    """With PostgreSQL's own program: the worker sees by itself that this is another database."""
    ask("create database copied")
    program = site.postgres.programs() / "pg_restore"
    where = f"--host={site.place.sockets}", "--username=portal", "--dbname=copied"
    subprocess.run([program, *where, "--no-owner", copy], check=True)
    address = site.addresses["DATABASE_URL"].removesuffix("portal") + "copied"
    site.worker(DATABASE_URL=address)
    with site.reached("copied"):
        until(epochs.unreleased)
        again = write(1, name="again", priority=Priority.REMINDER)  # as a routine would, not knowing
        answer = write(1, name="answer")
        site.ring("sweep")
        until(lambda: statuses(answer) == ["sent"])
        assert statuses(again) == ["queued"]
        assert site.sink.count().total() == 21
        assert epochs.release(leave=False) == 10
        site.ring("sweep")
        until(lambda: statuses(again) == ["sent"])
        assert set(site.sink.count().values()) == {1}
        assert Message.objects.filter(purpose="late", status="superseded").count() == 10
