"""Brings an empty or older database to where `make run` can serve: safe to repeat, keeps the data."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from accounts.models import User
from meetings.models import Tour
from onmt_tour import startup

EMAIL = "pilotage@portal.example"
PUBLISHED = 3


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--publish", type=int, default=PUBLISHED, help="how many stops of a new tour are public"
        )

    def handle(self, *, publish: int, **options: Any) -> None:
        if list(startup.migrations()):
            call_command("migrate", interactive=False)
        call_command("load_reference", stdout=self.stdout)
        if not Tour.objects.exists():
            call_command("load_tour", publish=publish, stdout=self.stdout)
        if not settings.DEBUG:
            call_command("collectstatic", verbosity=0, interactive=False)
        if not User.objects.filter(is_superuser=True).exists():
            call_command("create_staff", EMAIL, stdout=self.stdout)
