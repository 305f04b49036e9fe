"""Who was there: present, excused, represented, absent; for the mails of the morrow and for the minutes.

Present is who has a mark that stands (`presence`); what the team notes comes next, then what officials
answered; whoever is none of these was absent. A mark outweighs every excuse.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.models import User
from meetings import gate, tables
from meetings.models import Answer, Stop
from outbox import clock
from professionals import presence
from professionals.day.models import Apology, Excuse, RollCall
from professionals.models import Registration
from professionals.papers import people


class State(models.TextChoices):
    PRESENT = "present", gettext_lazy("présent(e)")
    EXCUSED = "excused", gettext_lazy("excusé(e)")
    REPRESENTED = "represented", gettext_lazy("représenté(e) par")
    ABSENT = "absent", gettext_lazy("absent(e)")


class AlreadyPresent(Exception):
    """The person was seen: nobody excuses them."""


class Unnamed(Exception):
    """Nobody is named who came in their place."""


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the roll, in words of one language."""

    key: str  # "registration:7", "invitation:12"; "" for an official nobody invited
    audience: str
    name: str
    function: str
    organisation: str
    state: State
    represented_by: str = ""


def of(stop: Stop, language: str) -> list[Line]:
    """Officials in the order of protocol, then those who had a seat, by name. A few queries for all."""
    seen = presence.first_marks(stop)
    noted = {presence_key(excuse): excuse for excuse in Excuse.objects.filter(stop=stop)}
    with translation.override(language):
        lines = [
            _of_guest(guest, language, seen, noted) for guest in people.guests(stop, answers=Answer.values)
        ]
        return lines + [_of_person(row, language, seen, noted) for row in people.seated(stop)]


def states(stop: Stop) -> dict[int, State]:
    """By number of registration: what became of everybody who had a seat."""
    return _by_number(stop, presence.REGISTRATION)


def invitations(stop: Stop) -> dict[int, State]:
    """By number of invitation: what became of every official who was invited."""
    return _by_number(stop, presence.INVITATION)


def _by_number(stop: Stop, kind: str) -> dict[int, State]:
    lines = [line for line in of(stop, "fr") if line.key.startswith(f"{kind}:")]
    return {int(line.key.partition(":")[2]): line.state for line in lines}


@transaction.atomic
def settle(stop: Stop, *, key: str, state: str, represented_by: str = "", by: User) -> None:
    """Note what became of one person; « absent » takes an excuse back.

    Raises AlreadyPresent for who was seen and is to be something else, Unnamed, presence.NotOfThisStop,
    presence.DoorClosed before the day, presence.NotSeated, gate.Busy.
    """
    stop = gate.lock(stop.pk)
    if not presence.may_mark(stop, at=clock.now()):
        raise presence.DoorClosed
    person = presence.person_of(stop, key)
    if state == State.PRESENT:
        presence.mark(stop, key=key, by=by)
        return
    if key in presence.first_marks(stop, key=key):
        raise AlreadyPresent
    column = "registration" if isinstance(person, Registration) else "invitation"
    whose: dict[str, Any] = {column: person}
    name = represented_by.strip()[:160]
    if state == State.ABSENT:
        Excuse.objects.filter(**whose).delete()
    elif state == State.REPRESENTED and not name:
        raise Unnamed
    else:
        values = {
            "stop": stop, "at": clock.now(), "by": by, "apology": Apology(state),
            "represented_by": name if state == State.REPRESENTED else "",
        }  # fmt: skip
        Excuse.objects.update_or_create(**whose, defaults=values)
    audit.record(by, "settled_presence", key, fields=[state])


@transaction.atomic
def close(stop: Stop, *, by: User) -> bool:
    """The roll was gone through: the mails to those who were not there may leave. Twice is once.

    Raises presence.DoorClosed before the day of the stop, gate.Busy.
    """
    stop = gate.lock(stop.pk)
    if not presence.may_mark(stop, at=clock.now()):
        raise presence.DoorClosed
    _call, new = RollCall.objects.get_or_create(stop=stop, defaults={"at": clock.now(), "by": by})
    if new:
        audit.record(by, "roll_closed", f"stop:{stop.pk}")
    return new


def is_closed(stop: Stop) -> bool:
    return RollCall.objects.filter(stop=stop.pk).exists()


def not_there(stop: Stop, *chosen: State) -> list[int]:
    """Registrations in these states; nobody before the team has gone through the roll."""
    if not is_closed(stop):
        return []
    return [pk for pk, state in states(stop).items() if state in chosen]


def csv(stop: Stop, language: str) -> bytes:
    """For the minutes: by audience, officials in the order of protocol."""
    lines = of(stop, language)
    with translation.override(language):
        columns = [_("Public"), _("Nom"), _("Fonction"), _("Organisation"), _("État"), _("Représenté(e) par")]
        return tables.write(columns, [_cells(line) for line in lines])


def count(lines: Iterable[Line]) -> list[tuple[str, int]]:
    found = list(lines)
    return [(str(state.label), sum(line.state == state for line in found)) for state in State]


def presence_key(excuse: Excuse) -> str:
    if excuse.registration_id:
        return f"registration:{excuse.registration_id}"
    return f"invitation:{excuse.invitation_id}"


def _cells(line: Line) -> list[str]:
    return [
        line.audience,
        line.name,
        line.function,
        line.organisation,
        str(line.state.label),
        line.represented_by,
    ]


def _of_guest(guest: people.Guest, language: str, seen: Any, noted: dict[str, Excuse]) -> Line:
    key = f"invitation:{guest.invitation.pk}" if guest.invitation else ""
    state, stands_in = _state(key, seen, noted)
    stood_in = ""
    if guest.is_replaced:
        stood_in = guest.name(language) or guest.replacement_function()
    if state == State.ABSENT and guest.answer == Answer.DECLINED:
        state = State.EXCUSED
    # Who came for them was seen under their invitation.
    elif guest.is_replaced and state in (State.PRESENT, State.ABSENT):
        state, stands_in = (State.REPRESENTED if state == State.PRESENT else State.ABSENT), stood_in
    official = guest.official
    name = official.name_ar if language == "ar" and official.name_ar else official.name or official.name_ar
    body = str(official.get_body_display())
    represented = stands_in if state == State.REPRESENTED else ""
    return Line(key, body, name, guest.function(language), body, state, represented)


def _of_person(row: Registration, language: str, seen: Any, noted: dict[str, Excuse]) -> Line:
    key = f"registration:{row.pk}"
    state, stands_in = _state(key, seen, noted)
    functions = people.functions_of_person(row, language)
    return Line(
        key=key,
        audience=_("Professionnels du tourisme"),
        name=people.names_of_person(row, language)[0]["text"],
        function=functions[0]["text"] if functions else "",
        organisation=people.house_of(row, language)["text"],
        state=state,
        represented_by=stands_in,
    )


def _state(key: str, seen: Any, noted: dict[str, Excuse]) -> tuple[State, str]:
    if key in seen:
        return State.PRESENT, ""
    if excuse := noted.get(key):
        return State(excuse.apology), excuse.represented_by
    return State.ABSENT, ""
