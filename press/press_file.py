"""The press file: who is in it, kept right, and erased when they ask."""

from typing import Any

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import User
from meetings import answers
from meetings.models import Answer, Invitation
from outbox import clock, keys
from outbox.models import Message
from outbox.queue import NOT_BEGUN
from press.links import AUDIENCE
from press.models import Journalist
from professionals.names import normalise

KEPT = (
    *("name", "name_ar", "outlet", "kind", "function", "email", "phone", "language", "region"),
    *("source", "legal_basis", "active"),
)


class AlreadyThere(Exception):
    """Somebody of this name, address and media is in the file."""


def add(*, by: User | None, **said: Any) -> Journalist:
    """Put somebody into the file. Raises AlreadyThere."""
    return _written(Journalist(created_at=clock.now()), said, by=by, verb="added")


def change(journalist: Journalist, *, by: User | None, **said: Any) -> Journalist:
    """Correct what is kept of somebody. Raises AlreadyThere."""
    return _written(journalist, said, by=by, verb="changed")


@transaction.atomic
def erase(journalist: Journalist, *, by: User | None) -> None:
    """Everything of this person goes: their row, their invitations and accreditations, what was written to
    them. Of mail that left, the keyed hash of the address and the purpose remain; what waits goes."""
    mails = Message.objects.filter(key__contains=keys.naming(journalist.key))
    mails.filter(status__in=NOT_BEGUN).delete()
    mails.update(recipient="", headline="", text="", html="", calendar="", reply_to="", headers={}, answer="")
    rows = Invitation.objects.filter(audience=AUDIENCE, key=journalist.key)
    for row in rows.filter(answer=Answer.ACCEPTED).select_related("stop").order_by("stop"):
        if answers.open_to_answers(row.stop):
            answers.decline(row)  # the seat goes to who waits for one
    rows.delete()
    audit.record(by, "deleted", f"journalist:{journalist.pk}")
    journalist.delete()


def _written(journalist: Journalist, said: dict[str, Any], *, by: User | None, verb: str) -> Journalist:
    if unknown := set(said) - set(KEPT):
        raise ValueError(unknown)
    if "name" in said:
        said["name_key"] = normalise(said["name"])
    if "email" in said:
        said["email"] = said["email"].strip().lower()
    changed = sorted(name for name, value in said.items() if getattr(journalist, name) != value)
    for name in changed:
        setattr(journalist, name, said[name])
    new = journalist.pk is None
    try:
        with transaction.atomic():
            if new or changed:
                journalist.save(update_fields=None if new else changed)
                audit.record(by, verb, f"journalist:{journalist.pk}", fields=() if new else changed)
    except IntegrityError as error:
        raise AlreadyThere from error
    return journalist
