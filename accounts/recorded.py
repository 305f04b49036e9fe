"""What every page of the administration has in common: it saves what was changed, and says who did."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest

from accounts import audit


def target(row: Model) -> str:
    """How the journal names a row: "official:12"."""
    return f"{row._meta.model_name}:{row.pk}"


def changed_columns(form: ModelForm) -> list[str]:
    """The columns of the row that somebody typed into; nothing else is written back."""
    columns = {field.name for field in form.instance._meta.concrete_fields}
    return [name for name in form.changed_data if name in columns]


class RecordedAdmin(admin.ModelAdmin):
    """Two people on one form: each saves the fields they changed, and leaves the other's alone."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.save()
            audit.record(request.user, "added", target(obj))
        elif form.changed_data:
            obj.save(update_fields=changed_columns(form))
            audit.record(request.user, "changed", target(obj), fields=form.changed_data)

    def save_formset(self, request: HttpRequest, form: Any, formset: BaseModelFormSet, change: bool) -> None:
        """The rows below: written like the row above them."""
        formset.save(commit=False)
        for row in formset.deleted_objects:
            name = target(row)
            row.delete()
            audit.record(request.user, "deleted", name)
        forms = {id(each.instance): each for each in formset.forms if hasattr(each, "instance")}
        for row, changed in formset.changed_objects:
            row.save(update_fields=changed_columns(forms[id(row)]))
            audit.record(request.user, "changed", target(row), fields=changed)
        for row in formset.new_objects:
            row.save()
            audit.record(request.user, "added", target(row))
        formset.save_m2m()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        name = target(obj)
        obj.delete()
        audit.record(request.user, "deleted", name)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        names = [target(row) for row in queryset]
        queryset.delete()
        for name in names:
            audit.record(request.user, "deleted", name)


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows to be read: made, changed and removed elsewhere."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
