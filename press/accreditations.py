"""Who of the press comes to a stop: an invitation accepted, by the journalist or noted by staff.

Who comes gets the stop for their calendar; who gives up gets it out again.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import User
from meetings import answers, gate, invitations, letters, notices
from meetings.models import Answer, Channel, Invitation, Stop
from meetings.visibility import PUBLIC
from outbox import clock, queue
from press import audience
from press.links import AUDIENCE, notice_url
from press.models import Journalist

ACCREDITED, ENDED = "accredited", "accreditation_ended"
PURPOSES = {
    ACCREDITED: _("accréditation confirmée"),
    ENDED: _("accréditation annulée"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list of a stop."""

    invitation: Invitation
    journalist: Journalist


@transaction.atomic
def accept(invitation: Invitation, journalist: Journalist) -> Invitation:
    """They come, on a seat held for the press. Raises answers.TooLate, held_seats.NoSeatLeft, gate.Busy."""
    before = invitation.answer
    now = answers.accept(invitation)
    if before != Answer.ACCEPTED:
        _tell(now, journalist, comes=True)
    return now


@transaction.atomic
def decline(invitation: Invitation, journalist: Journalist) -> Invitation:
    """They do not come, or no more. Raises answers.TooLate, gate.Busy."""
    before = invitation.answer
    now = answers.decline(invitation)
    if before == Answer.ACCEPTED:
        _tell(now, journalist, comes=False)
    return now


@transaction.atomic
def note(stop: Stop, journalist: Journalist, *, comes: bool, by: User) -> Invitation:
    """Staff note what a journalist told them, invited or not.

    Raises answers.TooLate, held_seats.NoSeatLeft, gate.Busy.
    """
    stop = gate.lock(stop.pk)
    if not answers.open_to_answers(stop):
        raise answers.TooLate
    invitation, _made = Invitation.objects.get_or_create(
        stop=stop,
        audience=AUDIENCE,
        key=journalist.key,
        defaults={"channel": Channel.LETTER, "written_at": clock.now()},
    )
    act = accept if comes else decline
    done = act(invitation, journalist)
    audit.record(by, "accredit" if comes else "accreditation_ended", f"invitation:{invitation.pk}")
    return done


def listed(stop: Stop) -> list[Entry]:
    """Everybody of the press who was asked, or comes, by media and name. Two queries."""
    rows = list(Invitation.objects.filter(stop=stop, audience=AUDIENCE))
    people = audience.by_key(row.key for row in rows)
    found = [Entry(row, people[row.key]) for row in rows if row.key in people]
    return sorted(found, key=lambda one: (one.journalist.outlet.casefold(), one.journalist.name_key))


def at_the_door(stop: Stop) -> list[Entry]:
    """Who of the press is expected."""
    return [one for one in listed(stop) if one.invitation.answer == Answer.ACCEPTED]


def _tell(invitation: Invitation, journalist: Journalist, *, comes: bool) -> None:
    stop, person = invitation.stop, audience.recipient(journalist, invitation)
    over = {*notices.OVERTAKEN, ACCREDITED, ENDED} - {invitations.PURPOSE}
    queue.supersede(subject=f"stop:{stop.pk}", purposes=over, person=person.key)
    if not letters.reaches(person.email):
        return
    purpose = ACCREDITED if comes else ENDED
    queue.enqueue(
        key=f"{purpose}:{person.key}:{stop.pk}:{invitation.calendar_step}",
        purpose=purpose,
        to=person.email,
        template=purpose,
        context={
            **invitations.context(stop, invitation, person, official=None),
            "notice_url": notice_url(stop, person.language),
        },
        language=person.language,
        subject=f"stop:{stop.pk}",
        valid_until=stop.starts_at,
        calendar=answers.entry(stop, person, PUBLIC, step=invitation.calendar_step, comes=comes),
        reply_to=letters.reply_to(stop),
    )
