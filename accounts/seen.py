"""Forms that know what their reader saw: a form that is stale is refused, with the differences.

The page carries a fingerprint of each value it was filled with. At the return, under the row's
lock, what has changed meanwhile is told; the fields the reader did not touch take the new value,
so that saving again undoes nobody's work.
"""

import copy
import hashlib
import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.recorded import RecordedAdmin


def fingerprint(value: Any) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:12]


class SeenForm(forms.ModelForm):
    """A model form that is refused when the row is no longer the one its reader saw."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, label="")
    # Columns whose constraints the form leaves to somebody else.
    unchecked: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = {field.name for field in self.instance._meta.concrete_fields}
        # As they are now: a set of forms adds the key of the row later.
        self.watched = [name for name in self.fields if name in columns]
        if self.instance.pk is not None:
            self.initial["seen"] = json.dumps(self._fingerprints(), sort_keys=True)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.instance.pk is not None and self.is_bound:
            self._refuse_if_stale(self.data.get(self.add_prefix("seen"), ""))
        return cleaned

    def _post_clean(self) -> None:
        """Constraints are looked at with every column, in the form or not: what the database would
        refuse is said here."""
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            try:
                self.instance.validate_constraints(exclude=set(self.unchecked))
            except ValidationError as error:
                self.add_error(None, error.messages)

    def save(self, commit: bool = True) -> Any:
        if commit and self.instance.pk is not None:
            raise TypeError("the administration saves changed columns only: accounts.recorded")
        return super().save(commit=commit)

    def _fingerprints(self) -> dict[str, str]:
        return {name: fingerprint(self.initial.get(name)) for name in self.watched}

    def _refuse_if_stale(self, text: str) -> None:
        seen = _parsed(text)
        present = self._fingerprints()
        stale = [name for name in present if seen.get(name) != present[name]]
        if not stale:
            return
        self.add_error(
            None,
            [
                _(
                    "Cette page n’était plus à jour : quelqu’un a enregistré entre-temps. Rien n’a été "
                    "enregistré ; relisez et enregistrez de nouveau."
                ),
                *(self._difference(name) for name in stale),
            ],
        )
        self._bring_up_to_date(stale, seen)

    def _difference(self, name: str) -> str:
        return _("%(field)s : maintenant « %(now)s », dans votre page « %(yours)s ».") % {
            "field": self.fields[name].label or name,
            "now": self._shown(name, self.initial.get(name)),
            "yours": self._shown(name, self._typed(name)),
        }

    def _bring_up_to_date(self, stale: list[str], seen: Mapping[str, str]) -> None:
        data: Any = copy.copy(self.data)
        data[self.add_prefix("seen")] = json.dumps(self._fingerprints(), sort_keys=True)
        for name in stale:
            field = self.fields[name]
            untouched = seen.get(name) == fingerprint(self._typed_value(name))
            if untouched and not isinstance(field.widget, forms.MultiWidget):
                data[self.add_prefix(name)] = field.prepare_value(self.initial.get(name))
        self.data = data

    def _typed(self, name: str) -> Any:
        return self.fields[name].widget.value_from_datadict(self.data, self.files, self.add_prefix(name))

    def _typed_value(self, name: str) -> Any:
        """What was typed, as the row would keep it."""
        value = self.cleaned_data.get(name)
        return value.pk if isinstance(value, Model) else value

    def _shown(self, name: str, value: Any) -> str:
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            row = field.queryset.filter(pk=value or None).first() if field.queryset is not None else None
            return str(row or "–")
        choices = dict(getattr(field, "choices", None) or [])
        return str(choices.get(value, "–" if value in (None, "") else value))


class SeenAdmin(RecordedAdmin):
    """Locks the row before it reads it for a POST, and refuses a form that is stale."""

    form = SeenForm

    def lock_for(self, request: HttpRequest, object_id: str) -> None:
        """Keep others from changing the row until this request is over."""
        rows = self.model._default_manager.select_for_update(of=("self",), no_key=True)
        rows.filter(pk=self.model._meta.pk.to_python(object_id)).first()

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        if request.method == "POST":
            try:
                self.lock_for(request, object_id)
            except (ValidationError, ValueError, self.model.DoesNotExist):
                return None
        return super().get_object(request, object_id, from_field)


def _parsed(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
