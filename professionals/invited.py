"""Professionals who were invited by name: they come, and are registered at once, or they do not.

The link was written to their own mailbox, so it proves what a confirmation link would.
"""

from django.db import transaction

from accounts.links import BadToken
from meetings import answers
from meetings.answers import TooLate
from meetings.models import Invitation
from professionals import personal_links, seats
from professionals.models import Professional, Registration

__all__ = ["TooLate", "by_token", "come", "decline", "may_answer"]

AUDIENCE = "professionals"


def by_token(token: str) -> tuple[Invitation, Professional]:
    """The invitation a token opens, and whose it is. Raises BadToken."""
    invitation = personal_links.invitation_for(token)
    kind, _, number = invitation.key.partition(":")
    if invitation.audience != AUDIENCE or kind != "professional" or not number.isdigit():
        raise BadToken
    person = Professional.objects.filter(pk=int(number)).select_related("organisation").first()
    if person is None:
        raise BadToken
    return invitation, person


def may_answer(invitation: Invitation) -> bool:
    return answers.open_to_answers(invitation.stop)


@transaction.atomic
def come(invitation: Invitation, person: Professional) -> Registration:
    """A seat, or a place in the queue. Raises seats.RegistrationClosed, TooLate, gate.Busy."""
    registration = seats.register(invitation.stop, professional=person, invitation=invitation)
    answers.accept(invitation)
    return registration


@transaction.atomic
def decline(invitation: Invitation, person: Professional) -> None:
    """They do not come; a seat they took before is given up. Raises TooLate, gate.Busy."""
    registration = person.registrations.active().filter(stop=invitation.stop_id).first()
    if registration:
        try:
            seats.withdraw(registration)
        except seats.CannotWithdraw as error:
            raise TooLate from error
    answers.decline(invitation)
