"""`manage.py backup FILE`: a copy of the whole database in one file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from onmt_tour import copies


class Command(BaseCommand):
    help = "Write a copy of the whole database to a file that only its owner can read."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            copies.make(file)
        except (copies.NotPossible, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"The database is in {file}. Uploaded files (MEDIA_DIR) are not.")
