"""`manage.py import_people FILE`: officials out of a CSV or XLSX file. Writes nothing without --write."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from meetings import guests
from regions import people_import
from regions.people_import import Plan
from regions.sheets import Unreadable
from regions.table_import import Act, ChangedMeanwhile, Origin, Refused

WORDS = {
    Act.CREATE: "à créer",
    Act.UPDATE: "à mettre à jour",
    Act.SAME: "inchangés",
    Act.REFUSED: "refusées",
}


class Command(BaseCommand):
    help = (
        "Officials (Wilaya, region, CRT, ministry, CNT, ONMT) out of a CSV (`;` or `,`; UTF-8 or cp1252) "
        "or XLSX file. Without --write it says what would happen, row by row. One wrong row: nothing is "
        "written. Columns: institution, fonction (both required), région, nom, prénom, nom en arabe, "
        "fonction (ar), civilité, titre, adresse électronique, téléphone, langue, rang protocolaire, "
        "en fonction, source, base légale."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--source", default="", help="where the data come from, for rows that do not say it"
        )
        parser.add_argument("--legal-basis", default="", help="by what right they are kept, likewise")
        parser.add_argument(
            "--guests",
            action="store_true",
            help="put them on the guest lists of the stops to come: their region's, or all for the country's",
        )
        mode = parser.add_mutually_exclusive_group()
        mode.add_argument("--write", action="store_true", help="write, when every row is right")
        mode.add_argument("--dry-run", action="store_true", help="only say what would happen (the default)")

    def handle(
        self, *, file: Path, source: str, legal_basis: str, write: bool, guests: bool, **options: Any
    ) -> None:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} : {error.strerror}") from error
        origin = Origin(source=source, legal_basis=legal_basis)
        try:
            if write:
                self.write(content, origin=origin, with_guests=guests)
            else:
                self.say(people_import.plan(content, origin=origin))
        except Unreadable as error:
            raise CommandError(str(error)) from error
        except Refused as refused:
            self.say(refused.plan)
        except ChangedMeanwhile as error:
            raise CommandError("Ces responsables viennent d’être modifiés ailleurs : recommencez.") from error
        if not write:
            self.stdout.write("Rien n’a été écrit. Pour importer : ajoutez --write.")

    @transaction.atomic
    def write(self, content: bytes, *, origin: Origin, with_guests: bool) -> None:
        done = people_import.run(content, origin=origin, by=None)
        self.say(done)
        if with_guests:
            new = guests.expect([row.official for row in done.rows], by=None)
            self.stdout.write(f"Invités ajoutés aux étapes : {new}")
        self.stdout.write("Importé.")

    def say(self, plan: Plan) -> None:
        """Line numbers and what is wrong with them; no names, which would stay in somebody's log."""
        for row in plan.rows:
            for words in (*row.errors, *row.warnings):
                self.stdout.write(f"Ligne {row.number} – {words}")
        for heading in plan.ignored:
            self.stdout.write(f"Colonne ignorée : {heading}")
        if plan.for_all:
            self.stdout.write("Aucune colonne « région » : toutes ces personnes seraient de tout le pays.")
        for act, words in WORDS.items():
            self.stdout.write(f"{len(plan.of(act))} {words}")
        if plan.refused:
            raise CommandError("Corrigez ces lignes : rien n’a été écrit.")
