"""gunicorn as it serves in earnest, and what the kernel says of its processes and of the database's."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2
TICK = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A gunicorn, and the PostgreSQL it asks (0: none)."""

    pid: int
    port: int
    database: int = 0

    @classmethod
    @contextlib.contextmanager
    def up(
        cls, application: str, environ: dict[str, str], *options: str, database: int = 0
    ) -> Iterator["Server"]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [
            *(sys.executable, "-m", "gunicorn", "--workers", str(WORKERS), "--worker-class", "sync"),
            *("--preload", "--bind", f"127.0.0.1:{port}", "--log-level", "error", "--no-control-socket"),
            *options,
            application,
        ]
        process = subprocess.Popen(command, cwd=ROOT, env=environ, start_new_session=True)
        try:
            wait(process, port)
            yield cls(process.pid, port, database)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)

    def seconds(self) -> float:
        """Processor time of the server and of its database so far, those gone included."""
        return tree(self.pid) + (tree(self.database) if self.database else 0.0)

    def workers(self) -> list[int]:
        return children(self.pid)


def wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise SystemExit(f"The server on port {port} does not start.")


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def tree(pid: int) -> float:
    """Seconds of processor, user and system, of a process and its children, ended ones too."""
    return TICK * sum(ticks(each) for each in (pid, *children(pid)))


def ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:  # ended meanwhile: its parent counts it
        return 0
    return sum(int(field) for field in fields[11:15])


def megabytes(pid: int) -> tuple[float, float]:
    """Resident memory, and the same with what is shared divided among those who share it."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value, *_ = line.split()
        found[name] = int(value) * 1024 / 1e6
    return found["Rss:"], found["Pss:"]


def postmaster(address: str) -> int:
    """The process of the embedded PostgreSQL behind this address."""
    folder = "/" + address.rpartition("/")[0].partition("@")[2].strip("/")
    lock = next(Path(folder).glob(".s.PGSQL.*.lock"))
    return int(lock.read_text().split()[0])
