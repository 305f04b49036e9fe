"""Holding mails back: written, ready, and not leaving until staff let go.

Nothing is marked on the mails themselves. Whether one is held is asked as it is claimed and again, in the
same statement, as its sending begins; so a hold stops what a worker has in hand as well, and letting go
loses nothing: what still makes sense leaves, what a change overtook does not.
"""

from collections.abc import Iterable
from typing import TypedDict

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from outbox import clock, doorbell, epochs
from outbox.models import Hold, Priority


class Line(TypedDict, total=False):
    """Which mails: those that agree in every field said."""

    subject: str
    purpose: str
    audience: str
    language: str


FIELDS = ("subject", "purpose", "audience", "language")
EVERYTHING: Line = {}


def not_held() -> Q:
    """Messages that may leave: no hold agrees, no restore keeps them. A hold never stops an answer to one's
    own act."""
    agreeing = Hold.objects.filter(ended_at=None)
    for name in FIELDS:
        agreeing = agreeing.filter(Q(**{name: ""}) | Q(**{name: OuterRef(name)}))
    return (Q(priority=Priority.ANSWER) | ~Q(Exists(agreeing))) & epochs.free()


def hold(line: Line) -> bool:
    """Keep these mails from leaving; False where they are held already."""
    said = _said(line)
    row = Hold(**said, at=clock.now())
    # The constraint decides between two who hold at once.
    Hold.objects.bulk_create([row], ignore_conflicts=True)
    return Hold.objects.filter(**said, ended_at=None, at=row.at).exists()


@transaction.atomic
def let_go(line: Line) -> bool:
    """Let these mails leave, unless another hold keeps them; False where this line was not held."""
    ended = Hold.objects.filter(**_said(line), ended_at=None).update(ended_at=clock.now())
    if ended:
        doorbell.ring_at_commit()
    return bool(ended)


def standing() -> list[Hold]:
    """The holds in force, the oldest first."""
    return list(Hold.objects.filter(ended_at=None).order_by("at", "pk"))


def holding(line: Line, rows: Iterable[Hold]) -> Hold | None:
    """Which of these holds keeps a line from leaving: its own, or else one that holds others as well."""
    marks = _said(line)
    found = [row for row in rows if all(getattr(row, name) in ("", said) for name, said in marks.items())]
    return max(found, key=lambda row: sum(bool(getattr(row, name)) for name in FIELDS), default=None)


def suspended() -> bool:
    """Whether everything is held but answers."""
    return Hold.objects.filter(**_said(EVERYTHING), ended_at=None).exists()


def _said(line: Line) -> dict[str, str]:
    return {name: line.get(name, "") for name in FIELDS}  # type: ignore[misc]
