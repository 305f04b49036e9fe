"""Who may ask for a seat at a stop, and how many each establishment may have."""

from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from meetings import attendance, gate
from meetings.models import Access, Stop

FIELDS = ("access", "per_organisation", "offer_minutes")


@transaction.atomic
def change(stop: Stop, *, by: User | None, **wanted: Any) -> None:
    """Change `access`, `per_organisation` or `offer_minutes`; who has a place keeps it.

    Those waiting for approval go on waiting for it, whatever the stop becomes. Raises gate.Busy, and
    ValueError for another field.
    """
    if foreign := set(wanted) - set(FIELDS):
        raise ValueError(f"not changed through here: {sorted(foreign)}")
    stop = gate.lock(stop.pk)
    changed = [name for name, value in wanted.items() if getattr(stop, name) != value]
    if not changed:
        return
    before = attendance.taken_at(stop)
    for name in changed:
        setattr(stop, name, Access(wanted[name]) if name == "access" else wanted[name])
    stop.save(update_fields=changed)  # the row's trigger makes public pages new
    attendance.current().room_changed(stop, before=before)
    audit.record(by, "access_changed", f"stop:{stop.pk}", fields=changed)
