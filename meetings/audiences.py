"""Audiences: named groups of people around a stop. Apps above fill the registry in AppConfig.ready.

A text goes "to these audiences at this moment"; who they are at that moment is asked here.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.functional import _StrPromise

    from meetings.models import Invitation, Stop


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person to write to. `key` names them for good within their audience."""

    email: str
    name: str
    language: str
    key: str  # "official:12", "professional:40", "registration:7"
    links: dict[str, str] = field(default_factory=dict)  # purpose -> absolute https address
    phone: str = ""  # as in +212600000000; for those who must be told by telephone
    calendar_step: int = 0  # added to the stop's sequence in this person's calendar entry
    assistant: str = ""  # where copies go of what informs them, today


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the team knows them: what a list of theirs says of a key."""

    name: str
    function: str  # or establishment, or media
    language: str


@dataclass(frozen=True, slots=True)
class Audience:
    name: str
    label: "str | _StrPromise"
    members: "Callable[[Stop], Iterable[Recipient]]"
    invitable: bool  # may be invited by campaign (those seated already may not)
    # Invited people register, so that registration must be open to ask them; the press only answers.
    register: bool = True
    letters: str = "professional"  # "invitation_<letters>", "no_answer_<letters>": templates of mails
    # Absolute address, in a language, where these people answer an invitation; none: as officials do.
    answer_url: "Callable[[Invitation, str], str] | None" = None
    # How staff recognise the people behind these keys, in one query; gone people are left out.
    names: "Callable[[Iterable[str]], Mapping[str, str]] | None" = None
    # The members behind some keys, without reading all the others; none: they are picked from `members`.
    some: "Callable[[Stop, Collection[str]], Iterable[Recipient]] | None" = None
    # The same in parts, for lists; gone people are left out. One query.
    persons: "Callable[[Iterable[str]], Mapping[str, Person]] | None" = None
    # Who registered for the stop, by key, and when: of the people behind the keys of this audience.
    registered: "Callable[[Stop], Mapping[str, datetime]] | None" = None

    def those(self, stop: "Stop", keys: Collection[str] | None) -> Iterable[Recipient]:
        """The members whose key is among `keys`; every member for None."""
        if keys is None:
            return self.members(stop)
        if self.some is not None:
            return self.some(stop, keys)
        return [person for person in self.members(stop) if person.key in keys]


_registry: dict[str, Audience] = {}


def register(audience: Audience) -> None:
    _registry[audience.name] = audience


def get(name: str) -> Audience:
    """Raises KeyError for a name nobody registered."""
    return _registry[name]


def every() -> list[Audience]:
    return list(_registry.values())
