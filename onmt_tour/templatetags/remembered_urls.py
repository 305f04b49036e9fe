"""`{% url %}` with a memory: a page asks for forty addresses, nearly all of them those of the page before.

Django finds each anew, which was a fifth of what a page cost. Built into every template by the settings.
"""

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as parse_url
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.html import conditional_escape
from django.utils.translation import get_language

register = template.Library()


@lru_cache(maxsize=4096)
def _address(
    name: str, args: tuple[str, ...], kwargs: tuple[tuple[str, str], ...], app: str | None, *where: str | None
) -> str:
    """`where`: what else decides, that is language, prefix and routes."""
    return reverse(name, args=args, kwargs=dict(kwargs), current_app=app)


class RememberedURL(URLNode):
    """As Django's; an address that cannot be made raises NoReverseMatch each time it is asked for."""

    def render(self, context: Context) -> str:
        name = self.view_name.resolve(context)
        args = tuple([str(each.resolve(context)) for each in self.args]) if self.args else ()
        kwargs = tuple([(key, str(value.resolve(context))) for key, value in self.kwargs.items()])
        where = (get_language(), get_script_prefix(), get_urlconf() or settings.ROOT_URLCONF)
        try:
            found = _address(name, args, kwargs, _current_app(context), *where)
        except NoReverseMatch:
            if self.asvar is None:
                raise
            found = ""
        if self.asvar:
            context[self.asvar] = found
            return ""
        return _escaped(found) if context.autoescape else found


@lru_cache(maxsize=4096)
def _escaped(address: str) -> str:
    return str(conditional_escape(address))


def _current_app(context: Context) -> Any:
    request = getattr(context, "request", None)
    if request is None:
        return None
    match = getattr(request, "resolver_match", None)
    return getattr(request, "current_app", match.namespace if match else None)


@register.tag
def url(parser: Parser, token: Token) -> URLNode:
    node = parse_url(parser, token)
    return RememberedURL(node.view_name, node.args, node.kwargs, node.asvar)
