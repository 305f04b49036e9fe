"""What the calendar of a registered person answered: who declines there is asked about their seat.

Nothing changes by itself: a calendar declines by a slip, or because somebody tidied it.
"""

from meetings import answers
from outbox.keys import person_of
from outbox.models import Message, Partstat
from professionals import mails, programme
from professionals.models import Registration, RegistrationStatus


def hear(message: Message, said: Partstat) -> None:
    """Ask by mail, once for each state of the entry; not about a state that is over, or a seat they left."""
    if said != Partstat.DECLINED:
        return
    pk = person_of(message.key).partition(":")[2]
    registration = (
        Registration.objects.filter(pk=pk, status=RegistrationStatus.SEATED, checked_in_at=None)
        .select_related("professional", "stop__current_release", "stop__tour")
        .first()
    )
    if registration is None or not answers.open_to_answers(registration.stop):
        return
    if message.calendar_sequence == programme.for_person(registration)["calendar"]["sequence"]:
        mails.declined_in_calendar(registration)
