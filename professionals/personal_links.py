"""The addresses that let a person do without an account, and who they open.

Each kind of token opens one thing: the confirmation of a request, a registration, or the badge,
which strangers see on a lapel and which therefore opens nothing that could be changed.
"""

from django.conf import settings
from django.db.models import QuerySet
from django.shortcuts import resolve_url
from django.utils import translation

from accounts import links
from accounts.links import BadToken
from meetings.models import Invitation
from professionals.models import Delegation, Professional, Registration, RegistrationStatus, SeatRequest

REGISTRATION, BADGE, CONFIRMATION, INVITATION = "registration", "badge", "seat_request", "invitation"
DELEGATION, GUEST_BADGE = "delegation", "guest_badge"


def registration_token(registration: Registration) -> str:
    return links.token(REGISTRATION, registration.pk, registration.nonce)


def registration_url(registration: Registration, *, language: str | None = None) -> str:
    """The person's own page, in their language unless told otherwise."""
    token = registration_token(registration)
    return absolute("professionals:registration", token, language or registration.professional.language)


def of_registration(registration: Registration) -> dict[str, str]:
    """What reminders lead to: the person's page, « je confirme » and « je libère ma place »."""
    token, language = registration_token(registration), registration.professional.language
    found = {"registration": absolute("professionals:registration", token, language)}
    if registration.status == RegistrationStatus.SEATED:
        found["confirm"] = absolute("professionals:reconfirm", token, language)
        found["withdraw"] = absolute("professionals:withdraw", token, language)
    return found


def badge_url(registration: Registration) -> str:
    token = links.token(BADGE, registration.pk, registration.nonce)
    return absolute("professionals:badge_check", token, registration.professional.language)


def guest_badge_token(invitation: Invitation) -> str:
    return links.token(GUEST_BADGE, invitation.pk, invitation.nonce)


def guest_badge_url(invitation: Invitation, language: str) -> str:
    """The same address as of any badge: who reads it cannot tell whose it is."""
    return absolute("professionals:badge_check", guest_badge_token(invitation), language)


def confirmation_url(asked: SeatRequest) -> str:
    token = links.token(CONFIRMATION, asked.pk, asked.nonce)
    return absolute("professionals:confirm", token, asked.language)


def delegation_token(delegation: Delegation) -> str:
    return links.token(DELEGATION, delegation.pk, delegation.nonce)


def delegation_url(delegation: Delegation) -> str:
    """Where who asked for the places names those who come."""
    token = delegation_token(delegation)
    return absolute("professionals:delegation", token, delegation.contact.language)


def answer_url(invitation: Invitation, language: str) -> str:
    """Where an invited professional says whether they come."""
    token = links.token(INVITATION, invitation.pk, invitation.nonce)
    return absolute("professionals:answer", token, language)


def revoke(registration: Registration) -> None:
    """Kill every link given out for a registration: its page and badge, and what leads to it, which is the
    link of the request that was confirmed and that of the invitation. Under the stop's lock."""
    registration.nonce = links.new_nonce()
    registration.save(update_fields=["nonce"])
    for asked in registration.seat_requests.all():
        SeatRequest.objects.filter(pk=asked.pk).update(nonce=links.new_nonce())
    for invitation in invitations_of(registration.professional).filter(stop=registration.stop_id):
        Invitation.objects.filter(pk=invitation.pk).update(nonce=links.new_nonce())


def invitations_of(person: Professional) -> QuerySet[Invitation]:
    """Those that were written to a professional by name."""
    return Invitation.objects.filter(audience="professionals", key=f"professional:{person.pk}")


def absolute(view: str, token: str, language: str) -> str:
    with translation.override(language):
        return settings.SITE_URL.rstrip("/") + resolve_url(view, token=token)


def registration_for(token: str, *, kind: str = REGISTRATION) -> Registration:
    """The registration a token opens, with what its page shows. Raises BadToken."""
    found = (
        Registration.objects.filter(pk=links.row(token))
        .select_related(
            "stop__current_release", "stop__tour", "stop__region", "professional__organisation__category"
        )
        .first()
    )
    if found is None:
        raise BadToken
    links.check(token, kind, found.pk, found.nonce)
    return found


def badge_for(token: str) -> Registration | Invitation:
    """Whose badge this is: of somebody registered, or of an official who was invited. Raises BadToken."""
    try:
        return registration_for(token, kind=BADGE)
    except BadToken:
        return invitation_for(token, kind=GUEST_BADGE)


def delegation_for(token: str) -> Delegation:
    """The delegation a token opens, with what its page shows. Raises BadToken."""
    found = (
        Delegation.objects.filter(pk=links.row(token))
        .select_related("stop__current_release", "stop__tour", "stop__region", "organisation", "contact")
        .first()
    )
    if found is None:
        raise BadToken
    links.check(token, DELEGATION, found.pk, found.nonce)
    return found


def request_for(token: str) -> SeatRequest:
    """The request a token confirms. Raises BadToken, also once the request is forgotten."""
    found = (
        SeatRequest.objects.filter(pk=links.row(token))
        .select_related("stop__current_release", "stop__region", "registration__professional", "delegation")
        .first()
    )
    if found is None:
        raise BadToken
    links.check(token, CONFIRMATION, found.pk, found.nonce)
    return found


def invitation_for(token: str, *, kind: str = INVITATION) -> Invitation:
    """The invitation a token opens. Raises BadToken."""
    found = (
        Invitation.objects.filter(pk=links.row(token))
        .select_related("stop__current_release", "stop__tour", "stop__region")
        .first()
    )
    if found is None:
        raise BadToken
    links.check(token, kind, found.pk, found.nonce)
    return found
