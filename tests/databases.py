"""Databases with every migration, made once and copied: to run them all takes a quarter of a minute.

Each worker of a run has a database of its own, and what breaks servers has a cluster of its own; both
begin as a copy of what is kept here, from run to run, until a migration changes. That the migrations lead
from nothing to the same place is proved by whatever begins with nothing (tests/onmt_tour/test_run.py).
"""

import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from psycopg import sql

from onmt_tour import embedded

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "test-services"
TEMPLATE, CLUSTER = "migrated_", "cluster-"
WRITTEN_BY_MIGRATE = ("django_migrations", "django_content_type", "auth_permission")
# The libraries, some of which bring migrations of their own.
LIBRARIES = ROOT / "requirements" / "dev.txt"


def edition() -> str:
    """Of the migrations and the data they may read: another as soon as one of them says something else."""
    ours = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).is_relative_to(ROOT)]
    files = [file for app in ours for file in sorted(app.glob("migrations/*.py"))]
    files += [file for app in ours for file in sorted(app.glob("data/**/*")) if file.is_file()]
    said = hashlib.sha256()
    for file in (*files, LIBRARIES):
        said.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return said.hexdigest()[:16]


def make(name: str) -> None:
    """A database of this name on the server of the tests, with every migration and what they write."""
    with _turn():
        ask("create database {} template {}", name, _template())


def drop(name: str) -> None:
    ask("drop database if exists {} with (force)", name)


def empty() -> None:
    """Leave the rows that `migrate` writes, and no other. Nothing else fires, and no constraint is looked at.

    Django truncates every table and writes its own rows anew, which takes half a second however little a
    test has written.
    """
    tables = [table for table in connection.introspection.table_names() if table not in WRITTEN_BY_MIGRATE]
    name = connection.ops.quote_name
    written = " union all ".join(
        f"select '{table}' where exists (select from {name(table)})"  # noqa: S608 - our own tables
        for table in tables
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute(written)
        for (table,) in cursor.fetchall():
            cursor.execute(f"delete from {name(table)}")  # noqa: S608


def lay_down_cluster(state: Path) -> None:
    """Let the services of `state`, which were never up, begin with a database that has every migration."""
    with _turn():
        kept = _cluster()
    embedded.run("cp", "--archive", kept, embedded.Place.of(state).home() / "pg")


def ask(question: str, *names: str) -> list[tuple]:
    """Of the server of the tests, in none of its databases; {} for each name."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(sql.SQL(question).format(*map(sql.Identifier, names)))
        return cursor.fetchall() if cursor.description else []


@contextmanager
def reached(name: str) -> Iterator[None]:
    """This process's connection leads to the database of this name on the same server."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _template() -> str:
    """The name of the database that is copied, made now where the migrations have changed."""
    name, half = TEMPLATE + edition(), "half_migrated"
    known = [row[0] for row in ask("select datname from pg_database")]
    if name not in known:
        for old in known:
            if old == half or old.startswith(TEMPLATE):
                drop(old)
        ask("create database {}", half)
        with reached(half):
            call_command("migrate", verbosity=0, interactive=False)
        ask("alter database {} rename to {}", half, name)
    return name


def _cluster() -> Path:
    """The files of a cluster whose database `portal` has every migration, made of the template."""
    place = embedded.Place.of(KEPT)
    kept = place.home() / f"{CLUSTER}{edition()}"
    if not kept.exists():
        for old in kept.parent.glob(f"{CLUSTER}*"):
            shutil.rmtree(old)
        _make_cluster(KEPT / "cluster", kept)
    return kept


def _make_cluster(state: Path, target: Path) -> None:
    here, there = embedded.Place.of(KEPT), embedded.Place.of(state)
    programs, dump = embedded.Postgres(here, durable=False).programs(), state / "dump"
    with embedded.services(state, wanted=(embedded.POSTGRES,), durable=False):
        source = ("--host", here.sockets, "--username=portal", "--format=custom", "--file", dump)
        embedded.run(programs / "pg_dump", *source, _template())
        aim = ("--host", there.sockets, "--username=portal", "--dbname=portal", "--exit-on-error")
        embedded.run(programs / "pg_restore", *aim, dump)
    (there.home() / "pg").rename(target)
    embedded.discard(state)


@contextmanager
def _turn() -> Iterator[None]:
    """One worker at a time looks and makes; the others find what it has made."""
    with (KEPT / "databases.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
