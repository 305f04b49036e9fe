"""manage.py seed: volume data for development and measuring; never on a portal that serves."""

import random
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from onmt_tour import seed_press
from onmt_tour.seed import published_stops, seed


class Command(BaseCommand):
    help = "Skewed volume data: half the registrations at the first stop, two scripts, every state."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=2000, help="how many professionals (2000)")
        parser.add_argument("--draw", type=int, default=12, help="seed of the random draw (12)")

    def handle(self, *, people: int, draw: int, **_: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("Only with DEBUG: these people do not exist.")
        if people < 1:
            raise CommandError("--people must be at least 1.")
        try:
            stops = published_stops()
            made = seed(stops, people=people, draw=random.Random(draw))  # noqa: S311
            seed_press.seed(stops, journalists=max(3, people // 50), draw=random.Random(draw))  # noqa: S311
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(
            f"{made.professionals} professionals, {made.registrations} registrations, "
            f"{made.invitations} invitations, {made.messages} messages."
        )
