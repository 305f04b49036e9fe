"""`manage.py load_tour`: a first draft of the tour, from the reference data."""

from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from meetings import tours
from meetings.models import Stop


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(_("Écrivez la date ainsi : 2026-12-03.")) from error


def count(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(_("Écrivez un nombre d’étapes."))
    return int(text)


class Command(BaseCommand):
    help = "Draft the tour of the twelve regions; a tour that exists already is kept as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--start", type=day, help="first day, for example 2026-12-03")
        parser.add_argument("--publish", type=count, default=0, metavar="N", help="publish the first N stops")

    def handle(self, *args: Any, **options: Any) -> None:
        start = options["start"] or tours.default_start()
        try:
            tour, drafted = tours.load(start=start)
        except tours.NoRegions as error:
            raise CommandError(_("Chargez d’abord les régions : manage.py load_reference.")) from error
        except tours.StartIsPast as error:
            raise CommandError(_("Une tournée ne commence pas dans le passé.")) from error
        except OverflowError as error:
            raise CommandError(_("Aucun jour n’est possible après cette date.")) from error
        if drafted:
            for stop in tour.stops.order_by("rank"):
                self.stdout.write(f"{stop.rank:2d}  {stop.date:%d/%m/%Y}  {stop}")
            for sentence in tours.unknown(tour):
                self.stdout.write(sentence)
        else:
            self.stdout.write(_("La tournée en cours est gardée telle quelle : %(tour)s.") % {"tour": tour})
        for stop, problems in tours.publish_first(tour, options["publish"]):
            self.stdout.write(self._outcome(stop, problems))

    def _outcome(self, stop: Stop, problems: list[str]) -> str:
        if problems:
            return _("%(stop)s : pas publiée. %(problems)s") % {"stop": stop, "problems": " ".join(problems)}
        return _("%(stop)s : publiée.") % {"stop": stop}
