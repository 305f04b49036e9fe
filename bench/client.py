"""A client that keeps so many requests under way for a bounded time, in one process and by one loop.

gunicorn's sync workers close each connection, so each request has its own. `wrk` would do the same for
less, and is used where it is installed; what the client itself costs is told with the results.
"""

import re
import resource
import select
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field

ACCEPTED = "gzip, deflate, br"  # as browsers ask


@dataclass(frozen=True)
class Target:
    """What to ask: an address of this machine and, perhaps, headers."""

    port: int
    path: str
    headers: dict[str, str] = field(default_factory=dict)

    def request(self) -> bytes:
        lines = [f"GET {self.path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: close"]
        headers = {"Accept-Encoding": ACCEPTED, **self.headers}
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Count:
    """Requests answered, in how many seconds, and the client's own seconds of processor."""

    requests: int
    seconds: float
    own: float


def ask(target: Target) -> Answer:
    """One request, its whole answer."""
    with socket.create_connection(("127.0.0.1", target.port), timeout=60) as connection:
        connection.sendall(target.request())
        received = b""
        while part := connection.recv(65536):
            received += part
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Answer(int(first.split()[1]), headers, body)


def asked(target: Target, *, seconds: float, clients: int, status: int) -> Count:
    """Ask over and over. Raises SystemExit at the first answer of another status."""
    before = own_seconds()
    began = time.monotonic()
    if wrk := shutil.which("wrk"):
        done = with_wrk(wrk, target, seconds=seconds, clients=clients)
    else:
        done = Loop(target, status).run(seconds=seconds, clients=clients)
    return Count(done, time.monotonic() - began, own_seconds() - before)


def own_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


class Loop:
    """Connections that are opened, written to and read to their end, each followed by another."""

    def __init__(self, target: Target, status: int) -> None:
        self.address = ("127.0.0.1", target.port)
        self.target, self.request = target, target.request()
        self.expected = f" {status} ".encode()
        self.poll = select.epoll()
        self.open: dict[int, socket.socket] = {}
        self.silent: set[int] = set()  # has not answered yet
        self.buffer = bytearray(1 << 20)

    def run(self, *, seconds: float, clients: int) -> int:
        """So many under way for `seconds`, then until each is answered: none is left to the next in turn."""
        for _ in range(clients):
            self.begin()
        until, done = time.monotonic() + seconds, 0
        while self.open:
            for number, event in self.poll.poll(1):
                if event & select.EPOLLOUT:
                    self.open[number].send(self.request)
                    self.poll.modify(number, select.EPOLLIN)
                elif self.read(number):
                    done += 1
                    if time.monotonic() < until:
                        self.begin()
        self.poll.close()
        return done

    def begin(self) -> None:
        connection = socket.socket()
        connection.setblocking(False)
        connection.connect_ex(self.address)
        number = connection.fileno()
        self.open[number] = connection
        self.silent.add(number)
        self.poll.register(number, select.EPOLLOUT)

    def read(self, number: int) -> bool:
        """Whether the answer has come to its end."""
        connection = self.open[number]
        size = connection.recv_into(self.buffer)
        if number in self.silent:
            if self.expected not in self.buffer[:16]:
                raise SystemExit(f"{self.target.path} answers {bytes(self.buffer[:40])!r}.")
            self.silent.discard(number)
        if size:
            return False
        self.poll.unregister(number)
        del self.open[number]
        connection.close()
        return True


def with_wrk(wrk: str, target: Target, *, seconds: float, clients: int) -> int:
    headers = {"Accept-Encoding": ACCEPTED, **target.headers}
    options = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    address = f"http://127.0.0.1:{target.port}{target.path}"
    command = [wrk, "-t1", f"-c{clients}", f"-d{max(1, round(seconds))}s", *options, address]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"(\d+) requests in", done.stdout)
    return int(found[1]) if found else 0
