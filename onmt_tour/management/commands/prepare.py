"""Brings an empty or older database to where `make run` can serve: safe to repeat, keeps the data."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from accounts.models import User
from meetings import mail_texts
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
        if settings.DEBUG:
            self._validate()

    def _validate(self) -> None:
        """In a demonstration the account made for it stands for the words as they come; nobody else's do."""
        account = User.objects.filter(email=EMAIL, is_superuser=True).first()
        tour = Tour.objects.filter(is_current=True).first()
        if account is None or tour is None:
            return
        for text in mail_texts.newest(tour.pk).filter(written_by=None, validated_at=None):
            mail_texts.validate(text, by=account)
