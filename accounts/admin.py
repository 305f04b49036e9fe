"""Accounts and the journal, for those who have every right."""

from typing import Any

import allauth.account.admin
import allauth.mfa.admin  # noqa: F401
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import audit, letters
from accounts.models import AuditEntry, User
from accounts.recorded import ReadOnlyAdmin, RecordedAdmin, target

# The stock form asks for a password alone.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# An account has one address, its own: a second list could only differ. Authenticators show below,
# without their secret. (Their admin modules are imported above, so that they do not register later.)
admin.site.unregister([EmailAddress, Authenticator])

OWN_FIELDS = ("email", "function", "role", "language")
RIGHTS = ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")


class LowerCaseEmail:
    """Addresses are compared in lower case, so that is how they are kept."""

    cleaned_data: dict[str, Any]

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class NewUserForm(LowerCaseEmail, forms.ModelForm):
    """No password here: the owner chooses it, behind the link that is mailed."""

    class Meta:
        model = User
        fields = (*OWN_FIELDS, "is_staff", "is_superuser")


class UserForm(LowerCaseEmail, UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


class SuperusersOnly:
    """For pages that touch who may enter."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


@admin.register(User)
class UserAdmin(SuperusersOnly, RecordedAdmin, DjangoUserAdmin):
    """Whoever may change accounts may give themselves every right: so they must have it."""

    form = UserForm
    add_form = NewUserForm
    add_form_template = None
    ordering = ("email",)
    list_display = ("email", "function", "role", "language", "is_active", "is_staff", "last_login")
    list_filter = ("role", "is_active", "is_staff", "language")
    search_fields = ("email", "function")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": (*OWN_FIELDS, "password")}),
        (_("Droits"), {"fields": RIGHTS}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": (*OWN_FIELDS, "is_staff", "is_superuser"),
                "description": _(
                    "La personne reçoit un lien pour choisir son mot de passe ; "
                    "elle active ensuite son second facteur."
                ),
            },
        ),
    )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change:
            letters.welcome(obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """An account that has acted stays in the journal: it is made inactive instead."""
        return False


class Removable(SuperusersOnly, ReadOnlyAdmin):
    """To be read, or removed: that is what opens the way again."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        audit.record(request.user, "deleted", target(obj))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            audit.record(request.user, "deleted", target(row))
        super().delete_queryset(request, queryset)


@admin.register(Authenticator)
class AuthenticatorAdmin(Removable):
    """A lost telephone: removed here, its owner sets up another one at the next sign-in."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    fields = ("user", "type", "created_at", "last_used_at")


@admin.register(AccessAttempt)
class AccessAttemptAdmin(Removable):
    """Wrong passwords: removed here, that place may try again at once."""

    list_display = ("attempt_time", "username", "ip_address", "failures_since_start")
    search_fields = ("username", "ip_address")
    fields = ("attempt_time", "username", "ip_address", "user_agent", "failures_since_start")


@admin.register(AuditEntry)
class AuditEntryAdmin(SuperusersOnly, ReadOnlyAdmin):
    list_display = ("at", "actor", "verb", "target", "fields")
    list_filter = ("verb",)
    search_fields = ("target", "=actor__email")
    search_help_text = _("Objet (« stop:12 ») ou adresse exacte du compte")
    list_select_related = ("actor",)
    list_display_links = None
    show_full_result_count = False
