"""`make run`: the whole portal on one machine, until Ctrl-C or SIGTERM.

Embedded services where no address is given, the data prepared, then gunicorn, a Celery worker
and beat under one process manager. When one of them stops, all stop; nothing is left running.
"""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import environ
from honcho.manager import Manager

from onmt_tour import embedded

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = "60"


class Portal(Manager):
    """honcho's manager; a signal that comes before every process has started is kept for then."""

    stop_asked = False

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
    for number in (signal.SIGTERM, signal.SIGINT):
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
    try:
        portal.loop()
    finally:
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
