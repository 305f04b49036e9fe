"""Rows of a table in a form: each field says its column's name, which a heading alone does not."""

from typing import Any

from django.forms.models import BaseInlineFormSet


class NamedRows(BaseInlineFormSet):
    """For tabular inlines: screen readers hear the column when they reach a cell (WCAG 1.3.1)."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            if field.label and not field.widget.is_hidden:
                field.widget.attrs.setdefault("aria-label", str(field.label))
