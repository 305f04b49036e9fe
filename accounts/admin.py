"""Accounts and the journal, for those who have every right."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.models import AuditEntry, User
from accounts.recorded import ReadOnlyAdmin, RecordedAdmin

# The stock form asks for a password alone.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# The address of an account is that of the account; a second list of addresses could only differ.
if admin.site.is_registered(EmailAddress):
    admin.site.unregister(EmailAddress)

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


@admin.register(User)
class UserAdmin(RecordedAdmin, DjangoUserAdmin):
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

    # Whoever may change accounts may give themselves every right: so they must have it.
    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """An account that has acted stays in the journal: it is made inactive instead."""
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "verb", "target", "fields")
    list_filter = ("verb",)
    search_fields = ("target", "=actor__email")
    search_help_text = _("Objet (« stop:12 ») ou adresse exacte du compte")
    list_select_related = ("actor",)
    list_display_links = None
    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)
