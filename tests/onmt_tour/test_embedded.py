"""The embedded services: counted users, whole clusters, no surprise for anybody's data."""

import os
import pwd
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from onmt_tour import embedded

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.faults


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "services"
    yield folder
    with embedded.services(folder, wanted=(), durable=False):
        pass  # whoever a test killed leaves its servers to us
    embedded.discard(folder)


def sockets(state: Path) -> Path:
    return embedded.Place.of(state).sockets


def up(state: Path) -> tuple[bool, bool]:
    """Whether PostgreSQL and Valkey of `state` answer."""
    folder = sockets(state)
    return (
        embedded.answers(folder / ".s.PGSQL.5432") is not None,
        embedded.answers(folder / "valkey.sock", say=b"PING") == b"+PONG\r\n",
    )


def connect(state: Path) -> psycopg.Connection:
    return psycopg.connect(host=str(sockets(state)), user="portal", dbname="portal", autocommit=True)


def hold(state: Path) -> subprocess.Popen[str]:
    """Another process that uses the services until its standard input is closed."""
    program = f"""
        import sys
        from pathlib import Path
        from onmt_tour import embedded
        with embedded.services(Path({str(state)!r}), durable=False):
            print("up", flush=True)
            sys.stdin.read()
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def test_the_last_one_out_stops_the_servers(state: Path) -> None:
    with embedded.services(state, durable=False):
        other = hold(state)
    assert up(state) == (True, True)
    other.communicate()
    assert up(state) == (False, False)


def test_a_killed_user_leaves_the_servers_to_the_next_one(state: Path) -> None:
    killed = hold(state)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert up(state) == (True, True)
    with embedded.services(state, durable=False):
        pass
    assert up(state) == (False, False)


def test_data_outlive_the_servers(state: Path) -> None:
    with embedded.services(state, durable=False), connect(state) as connection:
        connection.execute("create table note (text text)")
        connection.execute("insert into note values ('étape')")
    with embedded.services(state, durable=False), connect(state) as connection:
        assert connection.execute("select text from note").fetchall() == [("étape",)]


def test_the_sockets_are_reached_by_the_servers_user_alone(state: Path) -> None:
    with embedded.services(state, durable=False) as addresses:
        folder = sockets(state)
        found = folder.stat()
        owner = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else os.geteuid()
        assert (found.st_uid, found.st_mode & 0o777) == (owner, 0o700)
        with connect(state) as connection:
            assert connection.execute("show listen_addresses").fetchone() == ("",)
        assert redis.Redis.from_url(addresses["REDIS_URL"]).config_get("port") == {"port": "0"}


def test_the_servers_are_never_root(state: Path) -> None:
    with embedded.services(state, durable=False):
        pid = int((embedded.Place.of(state).home() / "pg/postmaster.pid").read_text().split()[0])
        assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_a_folder_somebody_else_laid_there_is_refused(state: Path, tmp_path: Path) -> None:
    folder = sockets(state)
    folder.rmdir()
    folder.symlink_to(tmp_path)
    with (
        pytest.raises(embedded.EmbeddedError, match="belongs to someone else"),
        embedded.services(state),
    ):
        pass
    folder.unlink()


def test_data_of_another_major_version_are_left_alone_with_advice(state: Path) -> None:
    with embedded.services(state, durable=False):
        pass
    written = embedded.Place.of(state).home() / "pg/PG_VERSION"
    ours = written.read_text()
    written.write_text("17\n")
    before = sorted(path.name for path in written.parent.iterdir())
    with (
        pytest.raises(embedded.EmbeddedError, match=r"made by PostgreSQL 17; .*Nothing was changed"),
        embedded.services(state, durable=False),
    ):
        pass
    assert sorted(path.name for path in written.parent.iterdir()) == before
    written.write_text(ours)


def test_a_cluster_half_made_is_made_again(state: Path) -> None:
    half = embedded.Place.of(state).home() / "pg.half"
    half.mkdir(mode=0o700)
    (half / "PG_VERSION").write_text("18\n")
    with embedded.services(state, durable=False), connect(state) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


@pytest.mark.parametrize(("durable", "fsync"), [(True, "on"), (False, "off")])
def test_only_ordinary_tests_may_lose_a_commit(state: Path, durable: bool, fsync: str) -> None:
    with embedded.services(state, durable=durable), connect(state) as connection:
        settings = [
            connection.execute(f"show {name}").fetchone()
            for name in ("fsync", "synchronous_commit", "full_page_writes")
        ]
        assert settings == [(fsync,)] * 3


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({}, ()),
        ({"DEBUG": "false"}, ()),
        ({"DEBUG": "true"}, ("postgres", "valkey")),
        ({"PORTAL_EMBEDDED": "1"}, ("postgres", "valkey")),
        ({"DEBUG": "1", "DATABASE_URL": "postgres://db/portal"}, ("valkey",)),
        ({"DEBUG": "1", "REDIS_URL": "redis://cache"}, ("postgres",)),
        ({"DEBUG": "1", "DATABASE_URL": "postgres://db/portal", "REDIS_URL": "redis://cache"}, ()),
    ],
)
def test_only_what_is_unset_is_embedded_and_only_where_that_is_allowed(
    environ: dict[str, str], wanted: tuple[str, ...]
) -> None:
    assert embedded.unset(environ) == wanted


def test_the_addresses_stand_in_the_environment_for_the_time_of_the_command(state: Path) -> None:
    environ = {"DEBUG": "1", "DATABASE_URL": "postgres://db/portal", "REDIS_URL": ""}
    with embedded.provided(environ, state=state) as ours:
        assert ours is True
        assert environ == {
            "DEBUG": "1",
            "DATABASE_URL": "postgres://db/portal",
            "REDIS_URL": f"unix://{sockets(state)}/valkey.sock?db=0",
            "CELERY_BROKER_URL": f"redis+socket://{sockets(state)}/valkey.sock?virtual_host=1",
        }
        assert up(state) == (False, True)
    assert environ == {"DEBUG": "1", "DATABASE_URL": "postgres://db/portal"}
