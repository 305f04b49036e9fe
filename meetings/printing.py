"""Printed documents: each made once, by a process of its own, and kept on disk under its content's key.

Whoever asks first starts the typesetter; it holds the lock of its key for as long as it lives, so that
those who ask meanwhile wait for its file, and a typesetter that was killed is replaced by the next one.

What names people is private: a folder of its own that no other account of the machine opens, and that is
emptied within a day.
"""

import fcntl
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from django.conf import settings

TYPESETTER = [sys.executable, "-m", "meetings.typesetting.compile"]
BOOKKEEPER = [sys.executable, "-m", "meetings.typesetting.workbook"]
LOOK_AGAIN_AFTER = 0.02  # seconds
KEPT_DAYS = 14
PRIVATE_KEPT_DAYS = 1
DAY = 24 * 3600
Form = Literal["pdf", "png", "xlsx"]

logger = logging.getLogger(__name__)


class NotReady(Exception):
    """The document is not there yet; asking again a little later will do."""


class Failed(Exception):
    """The typesetter refused the document: nothing that waiting would mend."""


@dataclass
class _Typesetter:
    process: subprocess.Popen[bytes]
    complaints: IO[bytes]

    def is_over(self) -> bool:
        return self.process.poll() is not None

    def check(self) -> None:
        """Raises Failed where it refused, NotReady where something ended it."""
        code = self.process.returncode
        self.complaints.seek(0)
        said = self.complaints.read().decode(errors="replace").strip()
        if code > 0:
            raise Failed(said)
        if code < 0:
            logger.warning("The typesetter was ended by signal %s. %s", -code, said)
            raise NotReady


def document(
    key: str,
    words: Callable[[], dict[str, Any]],
    *,
    patience: float,
    form: Form = "pdf",
    private: bool = False,
) -> bytes:
    """The file of this key and form, made from `words()` if nobody made it yet.

    The key stands for everything the document says. `private` is for what names people. Raises NotReady
    after `patience` seconds, while what was begun goes on, and Failed.
    """
    path = (_private_folder() if private else _folder()) / f"{key}.{form}"
    until = time.monotonic() + patience
    typesetter = None
    while True:
        # What names people goes a day after it was made, whoever still asks for it.
        if (pdf := _kept(path, for_longer=not private)) is not None:
            return pdf
        if typesetter is None:
            typesetter = _begin(path, words)
        elif typesetter.is_over():
            typesetter.check()
            typesetter = None
        if time.monotonic() > until:
            raise NotReady
        time.sleep(LOOK_AGAIN_AFTER)


def ring() -> None:
    """Have the PDFs made ahead of the first reader. Losing the ring loses nothing."""
    from meetings import tasks

    tasks.prepare_documents.delay()


def sweep() -> None:
    """Throw away what nobody asked for during KEPT_DAYS, and what names people after a day."""
    _throw_away(_folder(), days=KEPT_DAYS)
    sweep_private()


def sweep_private() -> None:
    """Throw away what names people, a day after it was made."""
    _throw_away(_private_folder(), days=PRIVATE_KEPT_DAYS)


def _throw_away(folder: Path, *, days: int) -> None:
    oldest = time.time() - days * DAY
    for path in folder.iterdir():
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
        except FileNotFoundError:
            continue  # another process swept it


def _folder() -> Path:
    folder = Path(settings.DOCUMENT_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _private_folder() -> Path:
    folder = Path(settings.PRIVATE_DOCUMENT_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _kept(path: Path, *, for_longer: bool) -> bytes | None:
    try:
        pdf = path.read_bytes()
        if for_longer and path.stat().st_mtime < time.time() - DAY:
            os.utime(path)  # somebody still wants it
    except FileNotFoundError:
        return None
    return pdf


def _begin(path: Path, words: Callable[[], dict[str, Any]]) -> _Typesetter | None:
    """Start the typesetter, unless one is at work on this key or has just finished."""
    with path.with_suffix(".lock").open("ab") as lock, tempfile.TemporaryFile() as spoken:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        if path.exists():
            return None
        spoken.write(json.dumps(words()).encode())
        spoken.seek(0)
        complaints = tempfile.TemporaryFile()  # noqa: SIM115 - read when the process is over
        # The child inherits the open lock: it is let go when the child ends, however it ends.
        process = subprocess.Popen(
            [*(BOOKKEEPER if path.suffix == ".xlsx" else TYPESETTER), str(path), str(settings.FONT_DIR)],
            cwd=settings.BASE_DIR,
            stdin=spoken,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            pass_fds=[lock.fileno()],
        )
    return _Typesetter(process, complaints)
