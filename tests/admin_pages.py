"""A page of the administration as a browser has it: what it would send back, what it was told."""

from collections.abc import Iterator
from typing import Any

from django.forms import BaseForm


def forms_of(response: Any) -> Iterator[BaseForm]:
    yield response.context["adminform"].form
    for each in response.context["inline_admin_formsets"]:
        yield each.formset.management_form
        yield from each.formset.forms


def refusals(response: Any) -> list[str]:
    """Every sentence a page was sent back with."""
    found = [str(text) for form in forms_of(response) for texts in form.errors.values() for text in texts]
    for each in response.context["inline_admin_formsets"]:
        found += each.formset.non_form_errors()
    return found


def filled_in(response: Any) -> dict[str, str]:
    """What a browser would send back of the page's forms, nothing changed."""
    data = {}
    for form in forms_of(response):
        for field in form:
            value = field.value()
            if value is True:
                data[field.html_name] = "on"
            elif value is not None and value is not False:
                data[field.html_name] = str(getattr(value, "pk", value))
    return data
