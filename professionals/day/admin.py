"""Who works at which door, and what was marked there: for the team."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.recorded import ReadOnlyAdmin, RecordedAdmin
from professionals.models import DoorAccess, Mark


class DoorAccessForm(forms.ModelForm):
    class Meta:
        model = DoorAccess
        fields = ("user", "stop", "extended_to")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "user" in self.fields:
            self.fields["user"].queryset = User.objects.filter(  # type: ignore[attr-defined]
                role=Role.DOOR, is_active=True
            ).order_by("email")
            self.fields["user"].help_text = _("Un compte dont le rôle est « accueil ».")

    def clean_user(self) -> User:
        user: User = self.cleaned_data["user"]
        if user.role != Role.DOOR:
            raise ValidationError(_("Choisissez un compte dont le rôle est « accueil »."))
        return user


@admin.register(DoorAccess)
class DoorAccessAdmin(RecordedAdmin):
    form = DoorAccessForm
    fields = ("user", "stop", "extended_to")
    list_display = ("user", "stop", "last_day")
    list_filter = ("stop",)
    list_select_related = ("user", "stop")
    ordering = ("stop__date", "pk")

    @admin.display(description=_("dernier jour"))
    def last_day(self, access: DoorAccess) -> Any:
        return access.last_day


@admin.register(Mark)
class MarkAdmin(ReadOnlyAdmin):
    """Every press, those taken back too; made and taken back at the door alone."""

    list_display = ("at", "person", "stop", "meeting", "by", "received_at", "undone_at", "undone_by")
    list_filter = ("stop", "meeting", "by")
    list_select_related = ("stop", "meeting", "by", "undone_by", "registration__professional", "invitation")
    fields = (
        *("stop", "meeting", "registration", "invitation", "at", "received_at", "by", "device"),
        *("undone_at", "undone_by"),
    )
    show_full_result_count = False
    ordering = ("-at", "-pk")

    @admin.display(description=_("personne"))
    def person(self, mark: Mark) -> str:
        if mark.registration:
            return mark.registration.professional.name
        return str(mark.invitation)
