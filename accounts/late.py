"""Views of a package that are loaded when somebody first asks for one of them."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.http import HttpResponseBase
from django.utils.module_loading import import_string


class LateView:
    """The view of this dotted name.

    allauth's pages bring WebAuthn and its cryptography with them, 10 MB that the readers of public pages
    never use. What middleware reads off a view before it is called (`login_not_required`) is not known of
    one that is not loaded: urls.py says it, and a test compares it.
    """

    login_required = True

    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def loaded(self) -> Callable[..., HttpResponseBase]:
        return import_string(self.name)

    def __call__(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.loaded(*args, **kwargs)
