"""`manage.py create_staff EMAIL`: an account with every right; its password is printed once."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from accounts import staff


class Command(BaseCommand):
    help = "Make an account with every right. Its random password is printed once and kept nowhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--function", default="Équipe de la tournée", help="shown in place of a name")
        parser.add_argument("--language", choices=["fr", "ar"], default="fr")

    def handle(self, *, email: str, function: str, language: str, **options: Any) -> None:
        try:
            validate_email(email)
            user, password = staff.create(email=email, function=function, language=language)
        except ValidationError as error:
            raise CommandError(f"{email} is not a mail address.") from error
        except staff.AddressTaken as error:
            raise CommandError(f"{email} has an account already.") from error
        self.stdout.write(f"Staff account, said once: {user.email}  {password}")
