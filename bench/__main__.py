"""`make bench`: the agenda page and each download against a bare Django view, in the same run.

Both are served by gunicorn with 2 sync workers. Rounds alternate, so that a busy moment of the
machine falls on all alike. Two ratios are printed: requests a second, which the client shares the
machine with, and processor time a request, which is the servers' alone.
"""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.client import Target, ask, asked
from onmt_tour import embedded

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "2"))
WORKERS = 2
PAGES = {
    "agenda page": "/fr/agenda/",
    "agenda page, Arabic": "/ar/agenda/",
    "home page": "/fr/",
    "PDF": "/fr/agenda/agenda.pdf",
    "ICS": "/fr/agenda/agenda.ics",
    "CSV": "/fr/agenda/agenda.csv",
    "JSON": "/fr/agenda/agenda.json",
}


@dataclass
class Result:
    """What one target was asked, over all rounds."""

    requests: int = 0
    ticks: int = 0  # processor time of its server
    rates: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return sorted(self.rates)[len(self.rates) // 2]

    @property
    def microseconds(self) -> float:
        return self.ticks / os.sysconf("SC_CLK_TCK") / max(1, self.requests) * 1e6


def main() -> None:
    state = ROOT / "var" / "bench-services"
    with embedded.services(state, durable=True) as addresses, contextlib.ExitStack() as servers:
        environ = production(addresses)
        prepare(environ)
        bare = servers.enter_context(Server.up("bench.bare", environ))
        portal = servers.enter_context(Server.up("onmt_tour.wsgi", environ))
        targets = {"bare view, 20 kB": (bare, Target(bare.port, "/"))}
        for name, path in PAGES.items():
            targets |= page(name, portal, Target(portal.port, path))
        show(measure(targets))


def production(addresses: dict[str, str]) -> dict[str, str]:
    """The settings of production, but for https, which is the proxy's."""
    chosen = {
        "DEBUG": "0",
        "PORTAL_EMBEDDED": "1",
        "PORTAL_ENV_FILE": os.devnull,
        "DJANGO_SETTINGS_MODULE": "onmt_tour.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "LINK_KEY": secrets.token_urlsafe(50),
        "ADDRESS_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1",
        "TRUSTED_PROXIES": "",
        "SECURE_SSL_REDIRECT": "0",
        "LOG_LEVEL": "ERROR",
    }
    return {**os.environ, **addresses, **chosen}


def prepare(environ: dict[str, str]) -> None:
    """The draft tour, all of it published."""
    subprocess.run(
        [sys.executable, "manage.py", "prepare", "--publish", "12"],
        cwd=ROOT,
        env=environ,
        check=True,
        stdout=subprocess.DEVNULL,
    )


@dataclass(frozen=True)
class Server:
    pid: int
    port: int

    @classmethod
    @contextlib.contextmanager
    def up(cls, application: str, environ: dict[str, str]) -> Iterator["Server"]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [
            *(sys.executable, "-m", "gunicorn", "--workers", str(WORKERS), "--preload"),
            *("--bind", f"127.0.0.1:{port}", "--log-level", "error", "--no-control-socket", application),
        ]
        process = subprocess.Popen(command, cwd=ROOT, env=environ, start_new_session=True)
        try:
            wait(process, port)
            yield cls(process.pid, port)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)

    def ticks(self) -> int:
        """Processor time of the workers so far, user and system."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        found = [Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split() for child in children]
        return sum(int(fields[11]) + int(fields[12]) for fields in found)


def wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise SystemExit(f"The server on port {port} does not start.")


def page(name: str, server: Server, target: Target) -> dict[str, tuple[Server, Target]]:
    """The page itself, compressed as browsers ask for it, and its repetition with what they then send."""
    for _ in range(20):  # every worker has it ready
        answer = ask(target)
        if answer.status == 503:
            time.sleep(1)
    if answer.status != 200:
        raise SystemExit(f"{target.path} answers {answer.status}, not 200.")
    found = {f"{name}, {len(answer.body) / 1000:.0f} kB": (server, target)}
    if etag := answer.headers.get("etag"):
        again = Target(target.port, target.path, {"If-None-Match": etag})
        if ask(again).status != 304:
            raise SystemExit(f"{target.path} repeated with its ETag does not answer 304.")
        found[f"{name}, 304"] = (server, again)
    return found


def measure(targets: dict[str, tuple[Server, Target]]) -> dict[str, Result]:
    results = {name: Result() for name in targets}
    for _ in range(ROUNDS):
        for name, (server, target) in targets.items():
            result, before, began = results[name], server.ticks(), time.monotonic()
            done = asked(target, seconds=SECONDS)
            result.requests += done
            result.ticks += server.ticks() - before
            result.rates.append(done / (time.monotonic() - began))
    return results


def show(results: dict[str, Result]) -> None:
    bare = next(iter(results.values()))
    print(f"{ROUNDS} rounds of {SECONDS:g} s, gunicorn with {WORKERS} sync workers, median of the rounds\n")
    print(f"{'':28} {'requests/s':>10} {'ratio':>6} {'µs each':>8} {'ratio':>6}")
    for name, result in results.items():
        rate, processor = result.rate / bare.rate, bare.microseconds / max(result.microseconds, 1e-9)
        print(f"{name:28} {result.rate:10.0f} {rate:6.2f} {result.microseconds:8.0f} {processor:6.2f}")


if __name__ == "__main__":
    main()
