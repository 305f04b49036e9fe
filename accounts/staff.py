"""Accounts of the people who run the tour. Nobody signs up: the team makes them."""

import secrets

from django.db import transaction

from accounts import audit
from accounts.models import User

PASSWORD_BYTES = 15  # 20 characters, 120 bits


class AddressTaken(Exception):
    """Somebody has this mail address already."""


@transaction.atomic
def create(*, email: str, function: str, language: str = "fr", by: User | None = None) -> tuple[User, str]:
    """An account with every right, and its password: said here once and kept nowhere.

    Raises AddressTaken. With DEBUG off its owner sets up a second factor at the first sign-in.
    """
    address = email.strip().lower()
    if User.objects.filter(email=address).exists():
        raise AddressTaken
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    user = User.objects.create_superuser(address, password, function=function, language=language)
    audit.record(by, "added", f"user:{user.pk}")
    return user, password
