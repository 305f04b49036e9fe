"""What the calendar of an invited person answered: who declines there is asked whether they mean it.

Nothing changes by itself: an assistant tidies a calendar. The person named in an official's place has no
link of their own, and is not asked; what their calendar said is shown.
"""

from meetings import answers, audiences, invitations, letters, officials
from meetings.models import Answer, Invitation
from outbox import queue
from outbox.keys import person_of
from outbox.models import Message, Partstat

PURPOSE = "declined_in_calendar"


def hear(message: Message, said: Partstat) -> None:
    """Ask by mail, once for each state of the entry; not about one that is over, or an answer taken back."""
    stop = message.subject.removeprefix("stop:")
    if said != Partstat.DECLINED or not stop.isdecimal():
        return
    key = person_of(message.key)
    row = (
        Invitation.objects.filter(key=key, stop=int(stop), answer=Answer.ACCEPTED)
        .select_related("stop__current_release", "stop__tour")
        .first()
    )
    if row is None or not answers.open_to_answers(row.stop):
        return
    if message.calendar_sequence == row.stop.sequence + row.calendar_step:
        _ask(row)


def _ask(row: Invitation) -> None:
    stop = row.stop
    for person in audiences.get(row.audience).those(stop, [row.key]):
        if not person.email:
            continue
        official = officials.by_key([person.key]).get(person.key)
        queue.enqueue(
            key=f"{PURPOSE}:{person.key}:{stop.pk}:{stop.sequence + row.calendar_step}",
            purpose=PURPOSE,
            to=person.email,
            template=PURPOSE,
            context=invitations.context(stop, row, person, official=official),
            language=person.language,
            subject=f"stop:{stop.pk}",
            valid_until=stop.starts_at,
            reply_to=letters.reply_to(stop),
        )
