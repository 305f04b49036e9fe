"""Who holds an invitation and did not answer: told when the stop changes, or asked anew.

An invitation overtaken by a change before it left was read by nobody: its person is not told of
the change but invited to the stop as it is now.
"""

import dataclasses

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from meetings import audiences, gate, invitations, letters, officials
from meetings.audiences import Recipient
from meetings.models import Answer, Channel, Invitation, Stop, StopStatus
from outbox import clock, suppressions
from outbox.models import Message, MessageStatus

AUDIENCE = "invited"


def register_audience() -> None:
    audiences.register(
        audiences.Audience(
            name=AUDIENCE,
            label=_("Invités par courriel, sans réponse"),
            members=unanswered,
            invitable=False,
        )
    )


def unanswered(stop: Stop) -> list[Recipient]:
    """Those of the holders who read their letter, or will, with the address where they answer."""
    rows = {
        (row.audience, row.key): row
        for row in Invitation.objects.filter(stop=stop, channel=Channel.MAIL, answer=Answer.NONE).exclude(
            key__in=_overtaken(stop)
        )
    }
    found = []
    for name in sorted({audience for audience, _key in rows}):
        for person in audiences.get(name).members(stop):
            row = rows.get((name, person.key))
            if row and person.email:
                address = invitations.answer_url(row, person.language)
                found.append(dataclasses.replace(person, links={**person.links, "invitation": address}))
    return found


def overtaken_at() -> list[Stop]:
    """Stops ahead some of whose invitations never left."""
    subjects = Message.objects.filter(purpose=invitations.PURPOSE, status=MessageStatus.SUPERSEDED)
    numbers = [
        subject.removeprefix("stop:") for subject in subjects.values_list("subject", flat=True).distinct()
    ]
    stops = Stop.objects.filter(pk__in=numbers, status=StopStatus.PUBLISHED)
    return [stop for stop in stops if clock.now() < stop.starts_at]


@transaction.atomic
def rewrite(stop_id: int, *, size: int = invitations.BATCH) -> int:
    """Write invitations anew that were overtaken by a change before they left; answers how many.

    Those people never heard of the stop: they are invited as it is now.
    """
    stop = gate.lock(stop_id)
    waiting = Invitation.objects.filter(
        stop=stop, key__in=_overtaken(stop), channel=Channel.MAIL, answer=Answer.NONE
    )
    rows = list(waiting.order_by("pk"))
    names = {row.audience for row in rows if invitations.invitable(stop, row.audience)}
    members = {(name, p.key): p for name in names for p in audiences.get(name).members(stop)}
    refusing = suppressions.among(row.recipient_hash for row in rows)
    offices = officials.by_key(row.key for row in rows)
    written = 0
    for row in rows:
        person = members.get((row.audience, row.key))
        if person and person.email and row.recipient_hash not in refusing and written < size:
            written += invitations.enqueue(stop, row, person, official=offices.get(row.key))
    return written


def _overtaken(stop: Stop) -> set[str]:
    """Keys of the people all of whose invitations were superseded."""
    rows = Message.objects.filter(subject=f"stop:{stop.pk}", purpose=invitations.PURPOSE).values_list(
        "key", "status"
    )
    overtaken: set[str] = set()
    standing: set[str] = set()
    for key, status in rows:
        person = letters.person_of(key)
        (overtaken if status == MessageStatus.SUPERSEDED else standing).add(person)
    return overtaken - standing
