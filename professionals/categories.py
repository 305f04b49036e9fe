"""The legal categories as people choose one: some forty, by family."""

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from regions.composed import Composed
from regions.languages import pick, texts
from regions.models import LegalCategory

Choices = list[tuple[str, str]]
_IN_ORDER = Composed(lambda: LegalCategory.objects.order_by("position"))


class GroupedSelect(forms.Select):
    """Django's list, without a template for each of its options, which cost as much as the page around."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = set(self.format_value(value))
        parts = [
            format_html('<optgroup label="{}">{}</optgroup>', label, _options(inner, chosen))
            if isinstance(inner, list | tuple)
            else _options([(label, inner)], chosen)
            for label, inner in self.choices
        ]
        attributes = flatatt({"name": name, **self.build_attrs(self.attrs, attrs)})
        return format_html("<select{}>{}</select>", attributes, mark_safe("".join(parts)))  # noqa: S308


def _options(choices: Any, chosen: set[str]) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((key, mark_safe(" selected") if str(key) in chosen else "", label) for key, label in choices),
    )


class CategoryField(forms.TypedChoiceField):
    """A legal category, by family; one query to show and to check."""

    widget = GroupedSelect

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=lambda pk: self.categories[pk], empty_value=None, **options)
        self.categories: dict[str, LegalCategory] = {}

    def fill(self, language: str) -> None:
        families: dict[str, Choices] = {}
        for category in _IN_ORDER.rows():
            self.categories[str(category.pk)] = category
            family = pick(texts(category, "group_name"), language)
            name = pick(texts(category, "name"), language)
            families.setdefault(family, []).append((str(category.pk), name))
        self.choices = [("", str(_("Choisir"))), *families.items()]
