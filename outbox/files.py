"""Without a mail server: each mail is a file to open in a mail reader."""

import os
import tempfile
from pathlib import Path

from outbox.courier import Answer, Mail, Talk, Verdict


class FileCourier:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> Answer | None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return Answer(Verdict.LATER, f"{self.folder}: {error.strerror}")
        return None

    def talk(self, mail: Mail) -> Talk:
        """Whole under its name or not there at all; the same message twice is one file."""
        yield from ()  # a folder never makes us wait
        target = self.folder / f"{mail.name}.eml"
        try:
            half, path = tempfile.mkstemp(prefix=".", suffix=".half", dir=self.folder)
            with os.fdopen(half, "wb") as file:
                file.write(mail.content)
            os.replace(path, target)
        except OSError as error:
            return Answer(Verdict.LATER, f"{target.name}: {error.strerror}")
        return Answer(Verdict.ACCEPTED, target.name)

    def close(self) -> None:
        return
