"""`manage.py load_reference`: regions, markets, categories, holidays, the usual agenda. Safe to repeat."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from meetings import reference as meetings_reference
from regions import reference as regions_reference


class Command(BaseCommand):
    help = "Load the reference data: missing rows are made, what the staff changed stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--refresh", action="store_true", help="give the values of the files back to rows that differ"
        )

    def handle(self, *, refresh: bool, verbosity: int, **options: Any) -> None:
        with transaction.atomic():
            tallies = regions_reference.load(refresh=refresh) + meetings_reference.load(refresh=refresh)
        for tally in tallies:
            if tally.created or tally.updated or tally.kept or verbosity > 1:
                self.stdout.write(
                    f"{tally.model._meta.verbose_name_plural}: {tally.created} created, "
                    f"{tally.updated} updated, {tally.kept} kept as the staff left them"
                )
