"""« Ce ne sont pas des doublons »: two rows the team told apart, offered no more until that is taken back.

Whoever is merged into another takes along from whom they were told apart, and back when that is undone.
"""

from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from outbox import clock
from professionals.duplicates.models import ApartOrganisations, ApartPeople, MergeKind

PAIRS: dict[str, type[ApartPeople] | type[ApartOrganisations]] = {
    MergeKind.PROFESSIONAL: ApartPeople,
    MergeKind.ORGANISATION: ApartOrganisations,
}


class CannotTellApart(Exception):
    """One of them is no longer there, or they are one and the same."""


@transaction.atomic
def tell(kind: MergeKind, one: int, other: int, *, by: User) -> None:
    """The two are not the same. Twice is once. Raises CannotTellApart."""
    pairs = PAIRS[kind]
    model: Any = pairs._meta.get_field("one").remote_field.model
    one, other = sorted((one, other))
    # Held, so that neither is merged away at this moment.
    there = model.objects.select_for_update(of=("self",), no_key=True).order_by("pk").in_bulk([one, other])
    if len(there) != 2:
        raise CannotTellApart
    _, new = pairs.objects.get_or_create(one_id=one, other_id=other, defaults={"at": clock.now(), "by": by})
    if new:
        audit.record(by, "told_apart", f"{kind.value}:{one}", fields=[f"{kind.value}:{other}"])


@transaction.atomic
def take_back(kind: MergeKind, pk: int, *, by: User) -> None:
    """The two may be the same after all. Twice is once."""
    pair = PAIRS[kind].objects.select_for_update().filter(pk=pk).first()
    if pair is not None:
        pair.delete()
        audit.record(
            by, "told_alike", f"{kind.value}:{pair.one_id}", fields=[f"{kind.value}:{pair.other_id}"]
        )


def told(kind: MergeKind) -> set[tuple[int, int]]:
    """Every pair that was told apart, the smaller number first. One query."""
    return set(PAIRS[kind].objects.values_list("one_id", "other_id"))


def are(kind: MergeKind, one: int, other: int) -> bool:
    one, other = sorted((one, other))
    return PAIRS[kind].objects.filter(one=one, other=other).exists()


def carry(kind: MergeKind, *, gone: int, kept: int) -> list[dict[str, Any]]:
    """From whom the one was told apart, the other is now. Answers how it was, for `give_back`."""
    pairs, was = PAIRS[kind], []
    for pair in pairs.objects.of(gone):
        someone = pair.other_id if pair.one_id == gone else pair.one_id
        one, other = sorted((kept, someone))
        _, new = pairs.objects.get_or_create(
            one_id=one, other_id=other, defaults={"at": pair.at, "by_id": pair.by_id}
        )
        was.append({"from": someone, "at": pair.at.isoformat(), "by": pair.by_id, "new": new})
        pair.delete()
    return was


def give_back(kind: MergeKind, was: list[dict[str, Any]], *, gone: int, kept: int) -> None:
    """As it was before `carry`, save what is no longer there or was taken back since."""
    pairs = PAIRS[kind]
    model: Any = pairs._meta.get_field("one").remote_field.model
    there = set(model.objects.filter(pk__in=[one["from"] for one in was]).values_list("pk", flat=True))
    for one in was:
        carried = pairs.objects.filter(
            **dict(zip(("one", "other"), sorted((kept, one["from"])), strict=True))
        )
        if one["from"] in there and carried.exists():
            first, second = sorted((gone, one["from"]))
            pairs.objects.create(one_id=first, other_id=second, at=one["at"], by_id=one["by"])
            if one["new"]:
                carried.delete()
