"""Nobody works with a password alone: a session counts once it has passed a second factor.

With DEBUG off a session that has not sees its own set-up pages and nothing else; on public pages it
is nobody's, so that no page shows more to it than to everybody.
"""

from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from accounts import audit
from accounts.models import User

METHOD = "mfa"  # as allauth records it
# What sets up or asks for the second factor, or leaves. The codes are shown right after the set-up.
OPEN = {
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_reauthenticate",
}


class SecondFactorMiddleware:
    """Stands after AuthenticationMiddleware and LoginRequiredMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not settings.SECOND_FACTOR_REQUIRED:
            return None
        if request.resolver_match and request.resolver_match.view_name in OPEN:
            return None
        if not getattr(view, "login_required", True):
            request.user = known(request)
            return None
        enrolled = is_mfa_enabled(request.user, [Authenticator.Type.TOTP])
        if enrolled and shown(request, request.user):
            return None
        if enrolled:  # in another session
            following = urlencode({"next": request.get_full_path()})
            return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?{following}")
        return HttpResponseRedirect(reverse("mfa_activate_totp"))


def known(request: HttpRequest) -> Any:
    """Who reads a public page, found out when the page asks: most do not, and must not vary by it."""
    found = request.user

    def look() -> User | AnonymousUser:
        enrolled = found.is_authenticated and is_mfa_enabled(found, [Authenticator.Type.TOTP])
        return found if enrolled and shown(request, found) else AnonymousUser()

    return SimpleLazyObject(look)


def shown(request: HttpRequest, user: Any) -> bool:
    """A second factor was shown, or set up, in this session."""
    return any(record["method"] == METHOD for record in get_authentication_records(request, user))


def connect() -> None:
    """Called once, when the app is ready."""
    authenticator_added.connect(_added, dispatch_uid="second_factor_added")
    authenticator_removed.connect(_removed, dispatch_uid="second_factor_removed")


def _added(*, request: HttpRequest, user: User, authenticator: Authenticator, **rest: Any) -> None:
    # Setting it up took a code of it.
    record_authentication(request, user, METHOD, id=authenticator.pk, type=authenticator.type)
    audit.record(user, "second_factor_added", f"user:{user.pk}", fields=[authenticator.type])


def _removed(*, request: HttpRequest, user: User, authenticator: Authenticator, **rest: Any) -> None:
    audit.record(user, "second_factor_removed", f"user:{user.pk}", fields=[authenticator.type])
