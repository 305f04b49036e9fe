"""The journal: one line per act of the staff. Ids and field names only."""

from collections.abc import Iterable, Mapping

from django.contrib.auth.models import AnonymousUser

from accounts.models import AuditEntry, User
from outbox import clock


def record(actor: User | AnonymousUser | None, verb: str, target: str, *, fields: Iterable[str] = ()) -> None:
    """Write one line; call it in the transaction of the act. `target` reads "stop:12"."""
    who = actor if isinstance(actor, User) else None
    AuditEntry.objects.create(at=clock.now(), actor=who, verb=verb, target=target, fields=sorted(fields))


def record_each(
    actor: User | AnonymousUser | None, verb: str, targets: Mapping[str, Iterable[str]], *, batch: int = 1_000
) -> None:
    """One line per target, with its fields; a statement for each `batch` lines."""
    who, now = actor if isinstance(actor, User) else None, clock.now()
    AuditEntry.objects.bulk_create(
        (
            AuditEntry(at=now, actor=who, verb=verb, target=target, fields=sorted(fields))
            for target, fields in targets.items()
        ),
        batch_size=batch,
    )
