"""Invitations that a change overtook before they left: written anew.

Nobody read them, so their people are not told of the change but invited to the stop as it is now.
"""

from django.db import transaction

from meetings import audiences, gate, invitations, letters, mail_texts, officials, unsubscribing
from meetings.models import Answer, Channel, Invitation, Stop, StopStatus
from outbox import clock
from outbox.keys import person_of
from outbox.models import Message, MessageStatus


def stops() -> list[Stop]:
    """Stops ahead some of whose invitations never left."""
    subjects = Message.objects.filter(purpose=invitations.PURPOSE, status=MessageStatus.SUPERSEDED)
    numbers = [
        subject.removeprefix("stop:") for subject in subjects.values_list("subject", flat=True).distinct()
    ]
    stops = Stop.objects.filter(pk__in=numbers, status=StopStatus.PUBLISHED)
    return [stop for stop in stops if clock.now() < stop.starts_at]


@transaction.atomic
def rewrite(stop_id: int, *, size: int = invitations.BATCH) -> int:
    """Write about `size` invitations anew that a change overtook before they left; answers how many.

    Those people never heard of the stop: they are invited as it is now.
    """
    stop = gate.lock(stop_id)
    waiting = Invitation.objects.filter(
        stop=stop, key__in=_overtaken(stop), channel=Channel.MAIL, answer=Answer.NONE
    )
    rows, written = list(waiting.select_related("campaign").order_by("pk")), 0
    for start in range(0, len(rows), size):
        written += _enqueue(stop, rows[start : start + size])
        if written:
            break  # the lock is held for a fraction of a second
    return written


def _enqueue(stop: Stop, rows: list[Invitation]) -> int:
    keys = [row.key for row in rows]
    names = {row.audience for row in rows if invitations.invitable(stop, row.audience)}
    found = {name: audiences.get(name).those(stop, keys) for name in names}
    members = {
        (name, person.key): person
        for name in names
        for person in unsubscribing.willing(found[name], invitations.PURPOSE, name)
    }
    offices = officials.by_key(keys, hold=True)
    there = mail_texts.standing(stop.tour_id, invitations.PURPOSE)
    return sum(
        invitations.enqueue(stop, row, person, text, official=offices.get(row.key), order=row.campaign)
        for row in rows
        if (person := members.get((row.audience, row.key)))
        and letters.reaches(person.email)
        and (text := there.get((mail_texts.kind_of(invitations.PURPOSE, row.audience), person.language)))
    )


def _overtaken(stop: Stop) -> set[str]:
    """Keys of the people all of whose invitations were superseded."""
    rows = Message.objects.filter(subject=f"stop:{stop.pk}", purpose=invitations.PURPOSE).values_list(
        "key", "status"
    )
    overtaken: set[str] = set()
    standing: set[str] = set()
    for key, status in rows:
        person = person_of(key)
        (overtaken if status == MessageStatus.SUPERSEDED else standing).add(person)
    return overtaken - standing
