"""Who stands on the papers of a stop: officials in the order of protocol, then professionals by name.

Papers are read in both scripts: what a person is called in the other one stands beside.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from meetings import officials
from meetings.models import Answer, Invitation, Meeting, MeetingKind, Stop
from professionals.models import Registration
from regions.models import Official

ARABIC = re.compile(r"[\u0600-\u06ff]")
Said = dict[str, str]  # "text" and its "lang"
# Who may still come: no answer is no refusal.
AWAITED = (Answer.NONE, Answer.ACCEPTED, Answer.REPLACED)
CONFIRMED = (Answer.ACCEPTED, Answer.REPLACED)


@dataclass(frozen=True, slots=True)
class Guest:
    """An official of a stop, or who comes in their place. A name is "" where only the function is known."""

    official: Official
    answer: Answer
    invitation: Invitation | None

    @property
    def key(self) -> str:
        return f"official:{self.official.pk}"

    @property
    def is_replaced(self) -> bool:
        return self.answer == Answer.REPLACED

    def name(self, language: str) -> str:
        """Of whoever is expected on the chair, in this script if it is known."""
        if self.is_replaced and self.invitation:
            return self.invitation.replacement_name
        if language == "ar":
            return self.official.name_ar or self.official.name
        return self.official.name or self.official.name_ar

    def function(self, language: str) -> str:
        return officials.function(self.official, language)

    def replacement_function(self) -> str:
        return self.invitation.replacement_function if self.is_replaced and self.invitation else ""


def guests(stop: Stop, *, answers: Iterable[str] = AWAITED) -> list[Guest]:
    """The officials of a stop whose answer is among `answers`, in the order of protocol. Two queries."""
    wanted = set(answers)
    rows = Invitation.objects.filter(stop=stop, audience__in=officials.BODIES)
    invited = {(row.audience, row.key): row for row in rows}
    found = []
    for official in officials.expected(stop):
        row = invited.get((official.body, f"official:{official.pk}"))
        guest = Guest(official, Answer(row.answer) if row else Answer.NONE, row)
        if guest.answer in wanted:
            found.append(guest)
    return found


def seated(stop: Stop) -> list[Registration]:
    """Everybody with a seat, in the order of their names. One query."""
    found = stop.registrations.seated().select_related("professional__organisation")
    return list(found.order_by("professional__name_key", "pk"))


def expected_at(meeting: Meeting, stop: Stop) -> tuple[list[Guest], list[Registration]]:
    """Who is to sign for a meeting: the invited at the council's, those who chose it at a workshop,
    whoever comes at the others."""
    if meeting.kind == MeetingKind.WORKSHOP:
        chosen = set(meeting.workshop_seats.values_list("registration_id", flat=True))
        return [], [row for row in seated(stop) if row.pk in chosen]
    invited = guests(stop)
    if meeting.kind in (MeetingKind.COUNCIL, MeetingKind.PRESS):
        return invited, []
    return invited, seated(stop)


def said(text: str) -> Said:
    """A text that people typed, with the language that its script says."""
    return {"text": text, "lang": "ar" if ARABIC.search(text) else "fr"}


def in_both(latin: str, arabic: str, language: str) -> list[Said]:
    """What is known of a name, the page's script first, each text once."""
    ordered = (arabic, latin) if language == "ar" else (latin, arabic)
    return [said(text) for text in dict.fromkeys(ordered) if text]


def names_of(guest: Guest, language: str) -> list[Said]:
    """How an official, or who stands in, is called: the name in both scripts, else the function."""
    if guest.is_replaced:
        known = [said(name)] if (name := guest.name(language)) else []
        if not known and (function := guest.replacement_function()):
            known = [said(function)]
        return known or [said(guest.function(language))]
    official = guest.official
    return in_both(official.name, official.name_ar, language) or in_both(
        official.function_fr, official.function_ar, language
    )


def functions_of(guest: Guest, language: str) -> Iterator[Said]:
    """What stands below the name: the function, or whom they represent. Nothing is said twice."""
    official = guest.official
    if guest.is_replaced:
        if guest.name(language) and (function := guest.replacement_function()):
            yield said(function)
        yield said(_("représente : %(function)s") % {"function": guest.function(language)})
    elif official.name or official.name_ar:
        yield from in_both(official.function_fr, official.function_ar, language)


def names_of_person(registration: Registration, language: str) -> list[Said]:
    person = registration.professional
    return in_both(person.name, person.name_ar, language)


def functions_of_person(registration: Registration, language: str) -> list[Said]:
    """As the person wrote it, in one script or both; many did not."""
    person = registration.professional
    return in_both(person.function, person.function_ar, language)


def house_of(registration: Registration, language: str) -> Said:
    """The establishment, by its name in the page's script where it has one."""
    house = registration.professional.organisation
    return in_both(house.name, house.name_ar, language)[0]
