"""A delegation as an establishment asks for it, confirmed."""

from typing import Any

from django.db import transaction

from meetings import gate
from meetings.models import Stop
from outbox import clock
from outbox.models import Message
from professionals import mails
from professionals.delegations import asking
from professionals.models import Delegation
from tests.factories import make_professional


@transaction.atomic
def ask_for(stop: Stop, places: int, *, whole: bool = False, **fields: Any) -> Delegation:
    fields.setdefault("contact", None)
    contact = fields.pop("contact") or make_professional()
    return asking.admit(
        gate.lock(stop.pk), contact=contact, places=places, whole=whole, asked_at=clock.now(), **fields
    )


def standing(*delegations: Delegation) -> list[tuple[str, int, int]]:
    """Of each its status, places given, places asked for."""
    rows = Delegation.objects.in_bulk([one.pk for one in delegations])
    return [(rows[one.pk].status, rows[one.pk].granted, rows[one.pk].places) for one in delegations]


def headlines(delegation: Delegation) -> list[str]:
    """Of what was written to who asked and was not overtaken."""
    found = Message.objects.filter(
        purpose__in=mails.DELEGATION, key__contains=f":delegation:{delegation.pk}:"
    )
    return list(found.exclude(status="superseded").order_by("pk").values_list("headline", flat=True))
