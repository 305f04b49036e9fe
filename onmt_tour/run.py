"""`make run`: the whole portal on one machine, until Ctrl-C or SIGTERM.

Embedded services where no address is given, the data prepared, then gunicorn, a Celery worker
and beat under one process manager. When one of them stops, all stop; nothing is left running.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, TextIO

import environ
import honcho.manager
from honcho.printer import Printer

from onmt_tour import embedded

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = "60"
# What is under way may end: a mail that a slow server is taking, a document. Then it is killed.
honcho.manager.KILL_WAIT = 30


class Parts:
    """Signals a part of the portal and not its children, as honcho would: a worker whose hands are
    killed complains at length, and a mail they were sending is in doubt."""

    def terminate(self, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)

    def kill(self, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


class Voice:
    """Standard output; when nobody listens any more (`| head`, a closed terminal), the portal stops."""

    def __init__(self, out: TextIO) -> None:
        self.out = out

    def write(self, text: str) -> None:
        try:
            self.out.write(text)
            self.out.flush()
        except OSError:
            nobody = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nobody, self.out.fileno())
            os.kill(os.getpid(), signal.SIGTERM)

    def flush(self) -> None:
        """Every word is out already."""

    def isatty(self) -> bool:
        return self.out.isatty()


class Portal(honcho.manager.Manager):
    """honcho's manager; a signal that comes before every process has started is kept for then."""

    stop_asked = False

    def __init__(self) -> None:
        super().__init__(Printer(Voice(sys.stdout)))
        self._procmgr = Parts()

    def sweep(self) -> None:
        """Nothing is left: neither what a part had begun, nor a part when the loop has failed."""
        for process in self._processes.values():
            if pid := process.get("pid"):
                self._procmgr.kill(pid)

    def terminate(self) -> None:
        if super()._all_started():
            super().terminate()
        else:
            self.stop_asked = True

    def _all_started(self) -> bool:
        started = bool(super()._all_started())
        if started and self.stop_asked:
            self.stop_asked = False
            super().terminate()
        return started


def main() -> int:
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN or number != signal.SIGHUP:  # nohup
            signal.signal(number, stop)
    env_file = Path(os.environ.setdefault("PORTAL_ENV_FILE", str(ROOT / ".env")))
    if env_file.is_file():
        environ.Env.read_env(env_file)
    port = os.environ.setdefault("PORT", "8000")
    os.environ.setdefault("SITE_URL", f"http://localhost:{port}")
    try:
        refuse_taken(port)
        with embedded.provided(os.environ, state=ROOT / "var" / "services"):
            return serve()
    except (embedded.EmbeddedError, PortTaken) as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failed:
        return failed.returncode


def stop(number: int, frame: Any) -> None:
    sys.exit(128 + number)


def stop_gently(number: int, frame: Any) -> None:
    """As SIGTERM, which honcho knows and its helpers of each part leave alone."""
    os.kill(os.getpid(), signal.SIGTERM)


class PortTaken(Exception):
    """Somebody else listens there."""


def refuse_taken(port: str) -> None:
    address = (os.environ.get("BIND", "127.0.0.1"), int(port))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise PortTaken(
                f"Port {port} cannot be had ({error.strerror}): stop who listens there, or choose "
                f"another one: PORT=8001 make run"
            ) from error


def serve() -> int:
    """Prepare the data, run the processes, announce the addresses; returns the exit code."""
    subprocess.run([sys.executable, "manage.py", "prepare"], cwd=ROOT, check=True)
    portal = Portal()
    for name, command in processes().items():
        portal.add_process(name, command, cwd=str(ROOT))
    # Says where the portal answers as soon as every part of it does.
    doctor = subprocess.Popen(
        [sys.executable, "manage.py", "doctor", "--wait", PATIENCE_SECONDS, "--announce"],
        cwd=ROOT,
        start_new_session=True,  # Ctrl-C is ours to handle
    )
    if signal.getsignal(signal.SIGHUP) is stop:
        signal.signal(signal.SIGHUP, stop_gently)
    try:
        portal.loop()
    finally:
        portal.sweep()
        doctor.terminate()
        doctor.wait()
    return int(portal.returncode or 0)


def processes() -> dict[str, str]:
    schedule = ROOT / "var" / "beat" / "schedule"
    schedule.parent.mkdir(parents=True, exist_ok=True)
    python = f"exec {sys.executable}"
    celery = "-m celery --app onmt_tour --quiet"
    # As root in a container Celery warns of pickle, which is off.
    calm = '-W "ignore:You\'re running the worker"'
    return {
        "web": f"{python} -m gunicorn --config python:onmt_tour.gunicorn_config onmt_tour.wsgi",
        "worker": f"{python} {calm} {celery} worker --queues mail,default --concurrency 2 "
        "--without-gossip --without-mingle --loglevel warning",
        "beat": f"{python} {celery} beat --scheduler onmt_tour.beat.Scheduler --schedule {schedule} "
        "--pidfile= --loglevel warning",
    }


if __name__ == "__main__":
    sys.exit(main())
