"""The address at which a journalist answers, and later finds their accreditation again."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from accounts import links
from accounts.links import BadToken
from meetings.models import Invitation, Stop
from press.models import Journalist

KIND, AUDIENCE = "press", "press"


def token(invitation: Invitation) -> str:
    return links.token(KIND, invitation.pk, invitation.nonce)


def answer_url(invitation: Invitation, language: str) -> str:
    with translation.override(language):
        return settings.SITE_URL.rstrip("/") + reverse("press:mine", args=[token(invitation)])


def opened(text: str) -> tuple[Invitation, Journalist]:
    """The invitation a token opens, and whose it is. Raises BadToken, also once the person was erased."""
    found = (
        Invitation.objects.filter(pk=links.row(text), audience=AUDIENCE)
        .select_related("stop__current_release", "stop__tour", "stop__region")
        .first()
    )
    if found is None:
        raise BadToken
    links.check(text, KIND, found.pk, found.nonce)
    person = Journalist.objects.filter(pk=found.key.partition(":")[2]).first()
    if person is None:
        raise BadToken
    return found, person


def notice_url(stop: Stop, language: str) -> str:
    with translation.override(language):
        return settings.SITE_URL.rstrip("/") + reverse("press:notice", args=[stop.slug])
