"""allauth's forms with our words, and fields that read left-to-right in Arabic too."""

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.mfa import app_settings as MFA
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from accounts.models import User

ADDRESS = {"dir": "ltr", "autocomplete": "username", "spellcheck": "false"}
# Eight digits for a recovery code, six for a code of the telephone: no length is imposed.
CODE = {"dir": "ltr", "autocomplete": "one-time-code", "inputmode": "numeric"}


def dressed(field: forms.Field, label: Any, attrs: dict[str, str], *, hint: Any = "") -> None:
    """Our label and hint; no placeholder, which would say the label twice."""
    field.label, field.help_text = label, hint
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dressed(self.fields["login"], _("Adresse électronique"), ADDRESS)
        dressed(self.fields["password"], _("Mot de passe"), {"dir": "ltr"})


class ForgottenForm(ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dressed(self.fields["email"], _("Adresse électronique"), ADDRESS)


class OneUse:
    """A code opens once in all the time that it is good for; allauth remembers it for half a minute."""

    user: User

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        seconds = MFA.TOTP_PERIOD * (2 * MFA.TOTP_TOLERANCE + 1)
        if not cache.add(f"allauth.code:{self.user.pk}:{code}", True, timeout=seconds):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(OneUse, AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = _("Le code à 6 chiffres de votre téléphone, ou l’un de vos codes de secours.")
        dressed(self.fields["code"], _("Code"), CODE, hint=hint)


class CodeAgainForm(OneUse, ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = _("Le code à 6 chiffres de votre téléphone, ou l’un de vos codes de secours.")
        dressed(self.fields["code"], _("Code"), CODE, hint=hint)


class FirstCodeForm(OneUse, ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dressed(self.fields["code"], _("Code à 6 chiffres affiché par l’application"), CODE)
