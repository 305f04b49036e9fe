"""The entry of a stop in somebody's calendar: one per mailbox, whoever of its people come.

Readers know an entry by its uid and the address it was sent to, and drop what does not outdo what they
have. Colleagues who share a mailbox share the entry: its step is theirs together, so that what one of
them is sent outdoes what another was sent before. Everything here happens under the stop's lock.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max, Q

from meetings.models import Stop
from professionals.models import Registration, RegistrationStatus


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Who of a mailbox registered for a stop, those who left included."""

    people: int
    seated: int
    last_step: int


def mailboxes(stop: Stop, addresses: Iterable[str]) -> dict[str, Mailbox]:
    """By address; one query, none for nobody."""
    addresses = set(addresses)
    if not addresses:
        return {}
    rows = (
        Registration.objects.filter(stop=stop, professional__email__in=addresses)
        .order_by()
        .values_list("professional__email")
        .annotate(
            people=Count("pk"),
            seated=Count("pk", filter=Q(status=RegistrationStatus.SEATED)),
            last_step=Max("calendar_step"),
        )
    )
    return {address: Mailbox(*counts) for address, *counts in rows}


def move_on(registration: Registration, *, after: int) -> None:
    """The next mail about this entry outdoes the one of step `after`. Written for the whole mailbox."""
    mailbox = Registration.objects.filter(
        stop=registration.stop_id, professional__email=registration.professional.email
    )
    registration.calendar_step = after + 1
    mailbox.update(calendar_step=after + 1)
