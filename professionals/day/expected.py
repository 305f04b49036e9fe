"""Who may come to the door of a stop: people with a registration, and officials who were invited.

One list for the screen, for the device that keeps it and for the counts. It says what a door needs to
recognise somebody, and nothing that would help to reach them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts import links
from meetings import officials
from meetings.models import Answer, Invitation, Stop
from professionals import badges, names, personal_links, presence
from professionals.models import (
    Organisation,
    Professional,
    Registration,
    RegistrationQuerySet,
    RegistrationStatus,
    WorkshopSeat,
)
from regions.languages import pick, texts
from regions.models import Body, Official

PROFESSIONALS = "professionals"
ASKED = "asked"  # the status of an official who did not answer
COMES = (Answer.ACCEPTED, Answer.REPLACED)
SHOWN = 40  # people on one page: who is not among them types a letter more


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the door may meet, with what is shown of them."""

    key: str  # "registration:7", "invitation:12"
    name: str
    name_ar: str
    organisation: str
    function: str
    audience: str  # PROFESSIONALS, or an institution
    category: str  # legal category of professionals
    status: str  # of the registration; of officials "seated" when they said they come, else "asked"
    code: str  # of the badge
    badge: str  # what the square code is recognised by
    workshops: tuple[int, ...] = ()
    also: str = ""  # other spellings to be found by

    @property
    def folded(self) -> str:
        """What a search looks into: names in both scripts, establishment, function."""
        return names.normalise(f"{self.name} {self.name_ar} {self.organisation} {self.function} {self.also}")

    @property
    def standing(self) -> str:
        """Of whoever has no chair waiting for them."""
        return standings()[self.status]

    @property
    def is_official(self) -> bool:
        return self.audience != PROFESSIONALS

    @property
    def shown_code(self) -> str:
        return badges.in_groups(self.code)


def people(stop: Stop, language: str) -> list[Person]:
    """Everybody, by name. Four queries."""
    found = [*_professionals(stop, language), *_officials(stop, language)]
    return sorted(found, key=lambda person: (names.normalise(person.name), person.key))


def person(stop: Stop, key: str, language: str) -> Person | None:
    """One of them, whatever became of the registration; None for nobody of this stop."""
    kind, _colon, number = key.partition(":")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    if kind == presence.REGISTRATION:
        rows = _registrations(stop).filter(pk=int(number))
        return next(iter(_written(rows, language)), None)
    asked = Invitation.objects.filter(stop=stop, audience__in=officials.BODIES, pk=int(number))
    return next(iter(_invited(asked, language)), None) if kind == presence.INVITATION else None


def search(everybody: Iterable[Person], typed: str) -> list[Person]:
    """By name in either script, establishment or function, every word of it; or by the code of a badge."""
    words = names.normalise(typed).split()
    code = badges.read(typed)
    return [
        one
        for one in everybody
        if (code and one.code == code) or (words and all(word in one.folded for word in words))
    ]


def comes(person: Person) -> bool:
    """Whether a chair is meant for them."""
    return person.status == RegistrationStatus.SEATED


def _registrations(stop: Stop) -> RegistrationQuerySet:
    return Registration.objects.filter(stop=stop).select_related("professional__organisation__category")


def _professionals(stop: Stop, language: str) -> Iterable[Person]:
    return _written(_registrations(stop).active(), language)


def _written(rows: Iterable[Registration], language: str) -> Iterable[Person]:
    rows = list(rows)
    chosen: dict[int, list[int]] = {}
    taken = WorkshopSeat.objects.filter(registration__in=rows)
    for pk, meeting in taken.values_list("registration", "meeting"):
        chosen.setdefault(pk, []).append(meeting)
    for row in rows:
        professional = row.professional
        yield Person(
            key=presence.key_of(row),
            name=professional.name,
            name_ar=professional.name_ar,
            organisation=_in_language(professional.organisation, "name", language),
            function=_in_language(professional, "function", language),
            audience=PROFESSIONALS,
            category=pick(texts(professional.organisation.category, "name"), language),
            status=row.status,
            code=badges.code(row),
            badge=badges.seal_hash(links.token(personal_links.BADGE, row.pk, row.nonce)),
            workshops=tuple(sorted(chosen.get(row.pk, ()))),
            also=f"{professional.organisation.name} {professional.organisation.name_ar}",
        )


def _in_language(row: Organisation | Professional, name: str, language: str) -> str:
    """In Arabic where the reader is, and the row has it."""
    arabic = getattr(row, f"{name}_ar") if language == "ar" else ""
    return str(arabic or getattr(row, name))


def _officials(stop: Stop, language: str) -> Iterable[Person]:
    rows = Invitation.objects.filter(stop=stop, audience__in=officials.BODIES)
    return _invited(rows.exclude(answer=Answer.DECLINED), language)


def _invited(rows: Iterable[Invitation], language: str) -> Iterable[Person]:
    rows = list(rows)
    known = officials.by_key(row.key for row in rows)
    for row in rows:
        if official := known.get(row.key):
            yield _guest(row, official, language)


def _guest(row: Invitation, official: Official, language: str) -> Person:
    function = officials.function(official, language)
    name, name_ar = official.name, official.name_ar
    if row.answer == Answer.REPLACED:
        name, name_ar = row.replacement_name or row.replacement_function, ""
        function = _("représente : %(function)s") % {"function": function}
    return Person(
        key=presence.key_of(row),
        name=name or name_ar or function,
        name_ar=name_ar if name else "",
        organisation=str(Body(row.audience).label),
        function=function if name or name_ar else "",
        audience=row.audience,
        category="",
        status=RegistrationStatus.SEATED if row.answer in COMES else ASKED,
        code=badges.code(row),
        badge=badges.seal_hash(personal_links.guest_badge_token(row)),
    )


def standings() -> dict[str, str]:
    """What each status is called at the door."""
    return {
        ASKED: _("Invité(e), sans réponse"),
        **{status.value: str(status.label).capitalize() for status in RegistrationStatus},
    }
