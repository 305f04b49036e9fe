"""Whoever carries a mail away, and what came of it."""

from collections.abc import Generator, Iterable
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


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, ready to go. `name` is one per message."""

    sender: str
    recipient: str
    content: bytes
    name: str


# Pauses wherever the other side has to speak; ends with what came of the mail.
Talk = Generator[None, None, Answer]


class Courier(Protocol):
    """One connection, kept while several mails are handed over, one at a time."""

    def open(self) -> Answer | None:
        """Be ready for the next mail. None when ready, else why not: nothing can leave now."""

    def talk(self, mail: Mail) -> Talk:
        """Hand one mail over. Never raises for what the other side does."""

    def close(self) -> None:
        """Say good-bye; harmless when nothing is open."""


def hand_over(courier: Courier, mail: Mail) -> Answer:
    """One mail, from its first word to its answer."""
    (answer,) = hand_over_together([courier.talk(mail)])
    return answer


def hand_over_together(talks: Iterable[Talk]) -> list[Answer]:
    """Several mails at once, each over a connection of its own: while one server thinks another is told."""
    talks = list(talks)
    answers: dict[int, Answer] = {}
    while len(answers) < len(talks):
        for number, talk in enumerate(talks):
            if number not in answers:
                try:
                    next(talk)
                except StopIteration as end:
                    answers[number] = end.value
    return [answers[number] for number in range(len(talks))]


def current() -> list[Courier]:
    """MAIL_CONNECTIONS ways to the mail server that EMAIL_URL names; without one, files under MAIL_DIR."""
    from outbox.files import FileCourier
    from outbox.smtp import Server, SmtpCourier

    if settings.EMAIL_URL:
        server = Server.from_url(settings.EMAIL_URL)
        return [SmtpCourier(server) for _ in range(settings.MAIL_CONNECTIONS)]
    return [FileCourier(Path(settings.MAIL_DIR))]


def patience() -> float:
    """Seconds after which a silent mail server is given up."""
    from outbox.smtp import Server

    return Server.from_url(settings.EMAIL_URL).timeout if settings.EMAIL_URL else 0.0
