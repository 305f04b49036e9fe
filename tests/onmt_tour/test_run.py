"""`make run`, as a stranger meets it: everything up, everything down again, the data kept."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from onmt_tour import embedded
from tests.conftest import Prepared

ROOT = Path(__file__).resolve().parents[2]
MARK = "PORTAL_TEST_MARK"
pytestmark = pytest.mark.faults


@pytest.fixture
def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "services"
    yield folder
    with embedded.services(folder, wanted=(), durable=False):
        pass
    embedded.discard(folder)


class Run:
    """One `make run` on services of its own; every process it starts carries a mark."""

    def __init__(self, state: Path, port: int) -> None:
        self.mark = uuid.uuid4().hex
        ours = {"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "SITE_URL", "DJANGO_SETTINGS_MODULE"}
        environ = {name: value for name, value in os.environ.items() if name not in ours}
        environ |= {"DEBUG": "1", "PORTAL_ENV_FILE": os.devnull, "PORTAL_STATE": str(state)}
        environ |= {"PORT": str(port), "REDIS_PREFIX": "run:", MARK: self.mark}
        self.environ = environ
        self.process = subprocess.Popen(
            [sys.executable, "-m", "onmt_tour.run"],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said: list[str] = []

    def until(self, sentence: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if sentence in line:
                return
        raise AssertionError("".join(self.said))

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        self.said.append(rest)
        return self.process.returncode

    def wait_for(self, command: str) -> None:
        until = time.monotonic() + 60
        while not any(command in each for each in self.left_running()):
            assert time.monotonic() < until, command
            time.sleep(0.02)

    def left_running(self) -> list[str]:
        """Commands of the processes that carry the mark."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if f"{MARK}={self.mark}".encode() in (folder / "environ").read_bytes():
                    found.append((folder / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue  # it ended meanwhile
        return found


def answers(port: int, path: str) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return int(answer.status)


def test_a_run_serves_stops_without_trace_and_keeps_its_data(state: Path, free_port: int) -> None:
    first = Run(state, free_port)
    first.until("Ctrl-C stops everything")
    said = "".join(first.said)
    assert len(re.findall(r"Staff account, said once: \S+@\S+  \S{20}\n", said)) == 1
    assert f"http://localhost:{free_port}/" in said
    assert [answers(free_port, path) for path in ("/readyz", "/fr/", "/ar/agenda/")] == [200, 200, 200]
    # The worker is in the middle of a document.
    publish = [sys.executable, "manage.py", "load_tour", "--publish", "6"]
    subprocess.run(publish, cwd=ROOT, env=first.environ, check=True, capture_output=True)
    first.wait_for("meetings.typesetting.compile")
    assert first.end(signal.SIGTERM) == 128 + signal.SIGTERM
    assert first.left_running() == []
    assert not sockets_answer(state)
    assert complaints(first) == []

    second = Run(state, free_port)
    second.until("Ctrl-C stops everything")
    assert "Staff account" not in "".join(second.said)
    assert answers(free_port, "/fr/agenda/") == 200
    assert second.end(signal.SIGINT) == 128 + signal.SIGINT
    assert second.left_running() == []
    assert not sockets_answer(state)
    assert complaints(second) == []


@pytest.mark.parametrize(
    "goes", ["the reader of a pipe", pytest.param("the terminal", marks=pytest.mark.soak)]
)
def test_a_run_that_nobody_listens_to_any_more_stops_without_trace(
    prepared: Prepared, state: Path, free_port: int, goes: str
) -> None:
    prepared(state)
    run = Run(state, free_port)
    run.until("started")
    assert run.process.stdout is not None
    run.process.stdout.close()
    if goes == "the terminal":
        run.process.send_signal(signal.SIGHUP)
    assert run.process.wait(timeout=90) == 128 + signal.SIGTERM
    assert run.left_running() == []
    assert not sockets_answer(state)


def complaints(run: Run) -> list[str]:
    return [line for line in "".join(run.said).splitlines() if re.search("ERROR|Error:|Traceback", line)]


def sockets_answer(state: Path) -> bool:
    folder = embedded.Place.of(state).sockets
    return any(embedded.answers(folder / name) is not None for name in (".s.PGSQL.5432", "valkey.sock"))


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.soak)])
def test_a_run_interrupted_while_it_prepares_leaves_nothing(
    state: Path, free_port: int, number: signal.Signals
) -> None:
    run = Run(state, free_port)
    run.until("Applying")
    assert run.end(number) == 128 + number
    assert run.left_running() == []
    assert not sockets_answer(state)


def test_a_port_that_is_taken_is_said_before_anything_starts(state: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = Run(state, port)
        said, _ = run.process.communicate(timeout=30)
    assert run.process.returncode == 1
    assert said == (
        f"Port {port} cannot be had (Address already in use): stop who listens there, "
        "or choose another one: PORT=8001 make run\n"
    )
    assert not state.exists()


def make(folder: Path, target: str, python: str) -> subprocess.CompletedProcess[str]:
    (folder / "Makefile").write_text((ROOT / "Makefile").read_text())
    # `make test` runs this: what it tells its own makes would be printed too.
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", target, f"PYTHON={python}"],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_missing_python3_venv_is_named_with_its_apt_line(tmp_path: Path) -> None:
    python = tmp_path / "python3"
    python.write_text('#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; *) exit 0;; esac\n')
    python.chmod(0o755)
    done = make(tmp_path, ".venv/bin/python", str(python))
    assert done.returncode != 0
    assert done.stdout == "python3-venv is missing. On Debian or Ubuntu: apt install python3-venv\n"


def test_a_missing_python_is_named_with_its_apt_line(tmp_path: Path) -> None:
    done = make(tmp_path, ".venv/bin/python", "")
    assert done.returncode != 0
    assert done.stdout == (
        "Python 3.11 or newer is missing. On Debian or Ubuntu: apt install python3 python3-venv\n"
    )
