"""How allauth behaves here: no sign-up, mails through the outbox, our client address, our QR code."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from accounts import audit, letters, square_code
from accounts.client_address import client_address
from accounts.models import User

# allauth's name of a mail -> what happened.
EVENTS = {
    "account/email/password_changed": letters.Event.PASSWORD_CHANGED,
    "account/email/password_reset": letters.Event.PASSWORD_CHANGED,
    "mfa/email/totp_activated": letters.Event.SECOND_FACTOR_ADDED,
    "mfa/email/totp_deactivated": letters.Event.SECOND_FACTOR_REMOVED,
    "mfa/email/recovery_codes_generated": letters.Event.CODES_MADE,
}


class UnknownMail(Exception):
    """allauth wants to write a mail that the outbox has no words for."""


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Those whom the administration does not let in land where their role works."""
        user = request.user
        if getattr(user, "is_staff", False):
            return super().get_login_redirect_url(request)
        return resolve_url(settings.ROLE_HOMES.get(getattr(user, "role", ""), "/"))

    def post_login(self, request: HttpRequest, user: User, **hints: Any) -> HttpResponse:
        """The administration, whose addresses know no language, speaks the one of the sign-in page."""
        response = super().post_login(request, user, **hints)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            getattr(request, "LANGUAGE_CODE", user.language),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        audit.record(user, "signed_in", f"user:{user.pk}")
        return response

    def set_password(self, user: User, password: str) -> None:
        user.set_password(password)
        user.save(update_fields=["password"])
        audit.record(user, "changed", f"user:{user.pk}", fields=["password"])

    def is_reauthentication_required(self, *, app: str, **hints: Any) -> bool:
        """Whoever signed in a moment ago is not asked again."""
        records = get_authentication_records(self.request, self.request.user)
        # allauth stamps them with the machine's clock, which no offset moves.
        if records and time.time() - records[-1]["at"] < REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **hints))

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        letters.new_password(user)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        letters.tell(user, EVENTS[template_prefix])

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        raise UnknownMail(template_prefix)


class FactorAdapter(DefaultMFAAdapter):
    def build_totp_svg(self, url: str) -> str:
        """Drawn into the page: the CSP refuses images in `data:` addresses."""
        return square_code.drawn(url, label=_("Code QR de votre second facteur"))


def attempted_address(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The mail address that somebody tries to sign in with, as accounts have it."""
    typed = (credentials or {}).get("email") or request.POST.get("login") or ""
    return str(typed).strip().lower()
