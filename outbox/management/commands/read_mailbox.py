"""`manage.py read_mailbox`: what came back of our mails, from the mailbox, a pipe, or files."""

import mailbox as files
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils.translation import gettext as _

from outbox import imap, incoming, mailbox
from outbox.incoming import Taken

NOT_FOR_US, LATER = 65, 75  # EX_DATAERR, EX_TEMPFAIL: what mail servers make of a pipe's end
PIPE = "-"


class Command(BaseCommand):
    help = (
        "Read what came back: failed deliveries, complaints, answers of calendars. Without SOURCE from "
        "MAILBOX_URL; - is one mail on standard input, a path an mbox, a Maildir or a folder of mails."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", nargs="?", default="", metavar="SOURCE")

    def handle(self, *, source: str, **options: Any) -> None:
        try:
            if source == PIPE:
                self._pipe()
            elif source:
                self._say(Counter(incoming.take(raw) for raw in _mails(Path(source))))
            else:
                self._mailbox()
        except DatabaseError as error:
            raise CommandError(
                _("La base de données ne répond pas : à relire plus tard."), returncode=LATER
            ) from error

    def _pipe(self) -> None:
        """Ends with 65 where a person should read the mail: whoever calls delivers it to a mailbox."""
        taken = incoming.take(sys.stdin.buffer.read(incoming.LIMIT + 1))
        if taken is Taken.LEFT:
            raise CommandError(
                _("Ce message ne dit rien d’un de nos courriels : à lire par une personne."),
                returncode=NOT_FOR_US,
            )
        self._say(Counter([taken]))

    def _mailbox(self) -> None:
        if not settings.MAILBOX_URL:
            raise CommandError(_("MAILBOX_URL n’est pas renseignée, et aucun fichier n’est donné."))
        try:
            self._say(mailbox.read(imap.Account.from_url(settings.MAILBOX_URL)))
        except (imap.Away, ValueError) as error:
            raise CommandError(
                _("La boîte (MAILBOX_URL) ne peut pas être lue : %(why)s") % {"why": error}, returncode=LATER
            ) from error

    def _say(self, done: Counter[Taken]) -> None:
        self.stdout.write(
            _(
                "Non remis : %(failures)d. Signalés indésirables : %(complaints)d. Réponses d’agenda : "
                "%(replies)d. Déjà lus : %(known)d. Laissés à lire par une personne : %(left)d."
            )
            % {
                "failures": done[Taken.FAILURE],
                "complaints": done[Taken.COMPLAINT],
                "replies": done[Taken.REPLY],
                "known": done[Taken.KNOWN],
                "left": done[Taken.LEFT],
            }
        )


def _mails(path: Path) -> Iterator[bytes]:
    """The mails in an mbox, a Maildir, or a folder with one in each file; nothing there is changed."""
    if path.is_dir():
        folders = [path / "new", path / "cur"] if (path / "cur").is_dir() else [path]
        for folder in folders:
            for file in sorted(one for one in folder.iterdir() if one.is_file()):
                yield _beginning(file)
    elif not path.is_file():
        raise CommandError(_("%(path)s n’existe pas.") % {"path": path})
    elif _beginning(path, size=5) == b"From ":
        box = files.mbox(path, create=False)
        for key in box.iterkeys():
            yield box.get_bytes(key)
    else:
        yield _beginning(path)


def _beginning(path: Path, size: int = incoming.LIMIT + 1) -> bytes:
    with path.open("rb") as file:
        return file.read(size)
