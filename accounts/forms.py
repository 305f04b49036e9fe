"""allauth's forms with our words, and fields that read left-to-right in Arabic too."""

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy as _

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


class CodeForm(AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = _("Le code à 6 chiffres de votre téléphone, ou l’un de vos codes de secours.")
        dressed(self.fields["code"], _("Code"), CODE, hint=hint)


class CodeAgainForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = _("Le code à 6 chiffres de votre téléphone, ou l’un de vos codes de secours.")
        dressed(self.fields["code"], _("Code"), CODE, hint=hint)


class FirstCodeForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dressed(self.fields["code"], _("Code à 6 chiffres affiché par l’application"), CODE)
