"""Does a row speak of an official who is there already? Only what is beyond doubt counts.

Rules are tried from the surest to the least sure, each over all rows before the next, and nobody
is taken twice: so importing a file again finds everybody that it made.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from regions.models import Official
from regions.sheets import folded

Place = tuple[int | None, str]  # region, institution
ByPlace = dict[Place, list[Official]]


@dataclass(frozen=True, slots=True)
class Person:
    """What tells people of one place apart; names and functions without case and accents."""

    place: Place
    function: str
    email: str
    name: str
    name_ar: str

    @property
    def anonymous(self) -> bool:
        return not (self.email or self.name or self.name_ar)


Rule = Callable[[Person, Person], bool]
# (in the file, there already) -> the same person.
RULES: Sequence[Rule] = (
    lambda row, kept: row == kept,
    lambda row, kept: row.function == kept.function and one_email(row, kept) and one_name(row, kept),
    lambda row, kept: row.function == kept.function and one_email(row, kept),
    lambda row, kept: row.function == kept.function and one_name(row, kept),
    lambda row, kept: one_email(row, kept) and one_name(row, kept),
    # A function noted before its holder was known, or spoken of without its holder.
    lambda row, kept: row.function == kept.function and (row.anonymous or kept.anonymous),
)


def one_email(row: Person, kept: Person) -> bool:
    return bool(row.email) and row.email == kept.email


def one_name(row: Person, kept: Person) -> bool:
    return (bool(row.name) and row.name == kept.name) or (bool(row.name_ar) and row.name_ar == kept.name_ar)


def person(official: Official) -> Person:
    return Person(
        place=(official.region_id, official.body),
        function=folded(official.function_fr),
        email=official.email.lower(),
        name=folded(official.name),
        name_ar=folded(official.name_ar),
    )


def officials_by_place(*, lock: bool = False) -> ByPlace:
    """Everybody who is there; `lock` keeps them as they are until the transaction ends."""
    found: ByPlace = defaultdict(list)
    everybody = Official.objects.select_related("region").order_by("pk")
    if lock:
        everybody = everybody.select_for_update(of=("self",), no_key=True)
    for official in everybody:
        found[official.region_id, official.body].append(official)
    return found


def match(rows: Sequence[Person], present: ByPlace) -> list[Official | None]:
    """For each row the official it speaks of; None for somebody new, or where two would do."""
    people = {official.pk: person(official) for place in present.values() for official in place}
    found: list[Official | None] = [None] * len(rows)
    taken: set[int] = set()
    for rule in RULES:
        for number, row in enumerate(rows):
            if found[number] is None:
                free = [each for each in present.get(row.place, []) if each.pk not in taken]
                fitting = [each for each in free if rule(row, people[each.pk])]
                if len(fitting) == 1:
                    found[number] = fitting[0]
                    taken.add(fitting[0].pk)
    return found


def doubts(row: Person, present: ByPlace) -> Iterator[str]:
    """What staff should look at before somebody is added."""
    here = [person(official) for official in present.get(row.place, [])]
    if any(each.function == row.function for each in here):
        yield _("Une autre personne porte déjà cette fonction : vérifiez qu’elle est encore en fonction.")
    elif any(one_email(row, each) for each in here):
        yield _("Cette adresse sert déjà à une autre personne de la même institution.")
