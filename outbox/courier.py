"""Whoever carries a mail away, and what came of it."""

from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Protocol

from django.conf import settings


class Verdict(Enum):
    ACCEPTED = auto()  # theirs now
    LATER = auto()  # surely not taken: try again
    NEVER = auto()  # refused for good
    UNKNOWN = auto()  # everything was handed over and no answer came: nobody knows


@dataclass(frozen=True, slots=True)
class Answer:
    verdict: Verdict
    text: str


class Courier(Protocol):
    """One conversation, kept while several mails are handed over."""

    def open(self) -> Answer | None:
        """Be ready for the next mail. None when ready, else why not: nothing can leave now."""

    def hand_over(self, *, sender: str, recipient: str, content: bytes, name: str) -> Answer:
        """Hand one mail over. Never raises for what the other side does. `name` is one per message."""

    def close(self) -> None:
        """Say good-bye; harmless when nothing is open."""


def current() -> Courier:
    """A mail server where EMAIL_URL names one, else files under MAIL_DIR."""
    from outbox.files import FileCourier
    from outbox.smtp import Server, SmtpCourier

    if settings.EMAIL_URL:
        return SmtpCourier(Server.from_url(settings.EMAIL_URL))
    return FileCourier(Path(settings.MAIL_DIR))


def patience() -> float:
    """Seconds after which a silent mail server is given up."""
    from outbox.smtp import Server

    return Server.from_url(settings.EMAIL_URL).timeout if settings.EMAIL_URL else 0.0
