"""onmt_tour.copies: a copy is whole or not there; only an empty database is filled."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from onmt_tour import copies

pytestmark = pytest.mark.django_db


def test_a_copy_never_replaces_one(tmp_path: Path) -> None:
    path = tmp_path / "copy"
    path.write_text("older")
    with pytest.raises(CommandError, match="exists"):
        call_command("backup", path)
    assert path.read_text() == "older"


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "_where", lambda: ["--dbname=nowhere", "--host=/nowhere"])
    monkeypatch.setattr(copies.connections, "close_all", lambda: None)
    with pytest.raises(CommandError, match="pg_dump failed"):
        call_command("backup", tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "copy"
    path.touch()
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", path)
    with pytest.raises(CommandError, match="is no file"):
        call_command("restore", tmp_path / "nothing")
