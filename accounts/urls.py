"""Signing in and what belongs to one's own account; no sign-up, no change of address.

The names are allauth's, which looks its own pages up by them.
"""

from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path

from accounts.late import LateView


def open_to_all(name: str) -> LateView:
    view: LateView = login_not_required(LateView(name))
    return view


urlpatterns = [
    path("connexion/", open_to_all("allauth.account.views.login"), name="account_login"),
    path("connexion/code/", open_to_all("allauth.mfa.base.views.authenticate"), name="mfa_authenticate"),
    path("deconnexion/", open_to_all("allauth.account.views.logout"), name="account_logout"),
    path("inactif/", open_to_all("allauth.account.views.account_inactive"), name="account_inactive"),
    path("confirmation/", LateView("allauth.account.views.reauthenticate"), name="account_reauthenticate"),
    path("confirmation/code/", LateView("allauth.mfa.base.views.reauthenticate"), name="mfa_reauthenticate"),
    path("mot-de-passe/", LateView("allauth.account.views.password_change"), name="account_change_password"),
    path(
        "mot-de-passe/oubli/",
        open_to_all("allauth.account.views.password_reset"),
        name="account_reset_password",
    ),
    path(
        "mot-de-passe/oubli/envoye/",
        open_to_all("allauth.account.views.password_reset_done"),
        name="account_reset_password_done",
    ),
    path(
        "mot-de-passe/nouveau/fait/",
        open_to_all("allauth.account.views.password_reset_from_key_done"),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        open_to_all("allauth.account.views.password_reset_from_key"),
        name="account_reset_password_from_key",
    ),
    path("second-facteur/", LateView("allauth.mfa.base.views.index"), name="mfa_index"),
    path(
        "second-facteur/activer/", LateView("allauth.mfa.totp.views.activate_totp"), name="mfa_activate_totp"
    ),
    path(
        "second-facteur/desactiver/",
        LateView("allauth.mfa.totp.views.deactivate_totp"),
        name="mfa_deactivate_totp",
    ),
    path(
        "second-facteur/codes/",
        LateView("allauth.mfa.recovery_codes.views.view_recovery_codes"),
        name="mfa_view_recovery_codes",
    ),
    path(
        "second-facteur/codes/nouveaux/",
        LateView("allauth.mfa.recovery_codes.views.generate_recovery_codes"),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "second-facteur/codes/fichier/",
        LateView("allauth.mfa.recovery_codes.views.download_recovery_codes"),
        name="mfa_download_recovery_codes",
    ),
]
