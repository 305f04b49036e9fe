"""A client that asks one address as often as it can for a bounded time. `wrk` where it is installed.

gunicorn's sync workers close each connection, so each request has its own, with either client.
"""

import multiprocessing
import re
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

ASKERS = 4


@dataclass(frozen=True)
class Target:
    """What to ask: an address of this machine and, perhaps, headers."""

    port: int
    path: str
    headers: dict[str, str] = field(default_factory=dict)

    def request(self) -> bytes:
        lines = [f"GET {self.path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def ask(target: Target) -> Answer:
    """One request, its whole answer."""
    with socket.create_connection(("127.0.0.1", target.port), timeout=30) as connection:
        connection.sendall(target.request())
        received = b""
        while part := connection.recv(65536):
            received += part
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Answer(int(first.split()[1]), headers, body)


def asked(target: Target, *, seconds: float) -> int:
    """How many requests were answered in `seconds`."""
    if wrk := shutil.which("wrk"):
        return with_wrk(wrk, target, seconds=seconds)
    counts = []
    for _ in range(ASKERS):
        ours, theirs = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.Process(target=count, args=(target, seconds, theirs))
        process.start()
        counts.append((process, ours))
    total = 0
    for process, pipe in counts:
        process.join()
        total += pipe.recv()
    return total


def count(target: Target, seconds: float, pipe: Connection) -> None:
    request, until, done = target.request(), time.monotonic() + seconds, 0
    while time.monotonic() < until:
        with socket.create_connection(("127.0.0.1", target.port), timeout=30) as connection:
            connection.sendall(request)
            while connection.recv(65536):
                pass
        done += 1
    pipe.send(done)


def with_wrk(wrk: str, target: Target, *, seconds: float) -> int:
    headers = [word for name, value in target.headers.items() for word in ("-H", f"{name}: {value}")]
    address = f"http://127.0.0.1:{target.port}{target.path}"
    command = [wrk, "-t1", f"-c{ASKERS}", f"-d{max(1, round(seconds))}s", *headers, address]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"(\d+) requests in", done.stdout)
    return int(found[1]) if found else 0
