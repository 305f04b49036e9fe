"""Mails about accounts, to their owners, through the outbox like every other one."""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db.models import TextChoices
from django.urls import reverse
from django.utils import translation
from django.utils.http import int_to_base36

from accounts.models import User
from outbox import clock, queue


class Event(TextChoices):
    """What the owner of an account is told after it happened; whoever did not do it raises the alarm."""

    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    SECOND_FACTOR_ADDED = "second_factor_added"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    CODES_MADE = "codes_made"


def welcome(user: User) -> None:
    """A new account: its owner chooses the password."""
    _send_link(user, template="account_welcome")


def new_password(user: User) -> None:
    """The way to another password. Asking twice within a second is asking once."""
    _send_link(user, template="account_password")


def tell(user: User, event: Event) -> None:
    now = clock.now()
    queue.enqueue(
        key=f"account:{event}:{user.pk}:{now.isoformat()}",
        purpose="account",
        subject=f"user:{user.pk}",
        to=user.email,
        template="account_event",
        context={"event": event.value, "function": user.function},
        language=user.language,
    )


def password_link(user: User) -> str:
    """The address, in the user's language, where a new password is set; good for one use."""
    key = default_token_generator.make_token(user)
    with translation.override(user.language):
        path = reverse(
            "account_reset_password_from_key", kwargs={"uidb36": int_to_base36(user.pk), "key": key}
        )
    return settings.SITE_URL.rstrip("/") + path


def _send_link(user: User, *, template: str) -> None:
    link = password_link(user)
    queue.enqueue(
        key=f"{template}:{user.pk}:{hashlib.sha256(link.encode()).hexdigest()[:16]}",
        purpose="account",
        subject=f"user:{user.pk}",
        to=user.email,
        template=template,
        context={"link": link, "hours": settings.PASSWORD_RESET_TIMEOUT // 3600, "function": user.function},
        language=user.language,
        valid_until=clock.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
    )
