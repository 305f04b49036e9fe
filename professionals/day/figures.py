"""How many are there, expected and waiting: by audience and by category. Counted, never stored."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from meetings.models import Stop
from professionals import presence
from professionals.day import expected
from professionals.day.expected import PROFESSIONALS, Person
from professionals.models import RegistrationStatus, WorkshopWait
from regions.models import Body

# Seen at a door and counted: who waits is not present until somebody gave them a seat.
PRESENT = (RegistrationStatus.SEATED, expected.ASKED)


@dataclass(frozen=True, slots=True)
class Row:
    label: str | Promise
    present: int
    expected: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Figures:
    """`present` counts who is there, expected or not; `expected` those a chair is meant for."""

    total: Row
    audiences: list[Row]
    categories: list[Row]
    workshops: list[Row]
    unsettled: int
    seats: int


def of(stop: Stop, language: str) -> Figures:
    people = expected.people(stop, language)
    there = set(presence.first_marks(stop))
    labels = {PROFESSIONALS: _("Professionnels"), **{body.value: body.label for body in Body}}
    audiences = _grouped(people, there, lambda person: person.audience)
    workshops = presence.doors(stop)
    waits = WorkshopWait.objects.filter(meeting__in=workshops) if workshops else WorkshopWait.objects.none()
    waiting = Counter(waits.values_list("meeting", flat=True))
    categories = _grouped((one for one in people if not one.is_official), there, lambda one: one.category)
    return Figures(
        total=_row(_("Ensemble"), people, there),
        audiences=[_row(labels[name], audiences[name], there) for name in labels if audiences.get(name)],
        categories=[_row(name, categories[name], there) for name in sorted(categories)],
        workshops=[
            replace(
                _row(
                    str(meeting),
                    [one for one in people if meeting.pk in one.workshops],
                    set(presence.first_marks(stop, meeting_id=meeting.pk)),
                ),
                waiting=waiting[meeting.pk],
            )
            for meeting in workshops
        ],
        unsettled=len(presence.unsettled(stop)),
        seats=stop.seats,
    )


def _grouped(
    people: Iterable[Person], there: set[str], group: Callable[[Person], str]
) -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = {}
    for person in people:
        found.setdefault(group(person), []).append(person)
    return found


def _row(label: str | Promise, people: Iterable[Person], there: set[str]) -> Row:
    people = list(people)
    return Row(
        label=label,
        present=sum(one.key in there and one.status in PRESENT for one in people),
        expected=sum(expected.comes(one) for one in people),
        waiting=sum(one.status == RegistrationStatus.WAITING for one in people),
    )
