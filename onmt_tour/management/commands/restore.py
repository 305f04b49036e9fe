"""`manage.py restore FILE`: fills an empty database from a copy; its mail waits for a person's decision."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from onmt_tour import copies


class Command(BaseCommand):
    help = "Fill the empty database of DATABASE_URL from a copy that `backup` made. No mail leaves by itself."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            waiting = copies.load(file)
        except (copies.NotPossible, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"The database is restored. {waiting} mails of the copy wait; they may have left since it was "
            "made. Release or drop them at /pilotage/departs/."
        )
