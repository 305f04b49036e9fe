"""The journal: one line per act of the staff. Ids and field names only."""

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser

from accounts.models import AuditEntry, User
from outbox import clock


def record(actor: User | AnonymousUser | None, verb: str, target: str, *, fields: Iterable[str] = ()) -> None:
    """Write one line; call it in the transaction of the act. `target` reads "stop:12"."""
    who = actor if isinstance(actor, User) else None
    AuditEntry.objects.create(at=clock.now(), actor=who, verb=verb, target=target, fields=sorted(fields))
