"""The entry of a stop in somebody's calendar: one per mailbox, whoever of its people come.

Who has no mail takes the entry from their own page; a mobile then stands for the mailbox (`known_by`).

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
    """By mail address, or mobile of who has none; one query, none for nobody."""
    addresses = set(addresses)
    if not addresses:
        return {}
    rows = (
        Registration.objects.filter(stop=stop, professional__known_by__in=addresses)
        .order_by()
        .values_list("professional__known_by")
        .annotate(
            people=Count("pk"),
            seated=Count("pk", filter=Q(status=RegistrationStatus.SEATED)),
            last_step=Max("calendar_step"),
        )
    )
    return {address: Mailbox(*counts) for address, *counts in rows}


def mailbox(registration: Registration, stop: Stop) -> Mailbox:
    """Who of this person's mailbox registered."""
    address = registration.professional.known_by
    return mailboxes(stop, [address])[address]


def move_on(registration: Registration, *, after: int) -> None:
    """The next mail about this entry outdoes the one of step `after`. Written for the whole mailbox."""
    theirs = Registration.objects.filter(
        stop=registration.stop_id, professional__known_by=registration.professional.known_by
    )
    registration.calendar_step = after + 1
    theirs.update(calendar_step=after + 1)
