"""`{% translate %}` with a memory: words that stand in the template are looked up once in each language.

A page has sixty of them, which was an eighth of what it cost. The settings give it to the templates under
the name of Django's own library, all of which is here: `{% load i18n %}`.
"""

from django import template
from django.template.base import (
    FilterExpression,
    Node,
    Parser,
    Token,
    TokenType,
    Variable,
    render_value_in_context,
)
from django.template.context import Context
from django.templatetags import i18n
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext, pgettext

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class Remembered(Node):
    """The words of a tag that says the same whatever the context, by language and escaping."""

    child_nodelists = ()

    def __init__(self, node: i18n.TranslateNode | i18n.BlockTranslateNode) -> None:
        self.node = node
        self.asvar, node.asvar = node.asvar, None
        self.said: dict[tuple[str | None, bool], str] = {}

    def render(self, context: Context) -> str:
        spoken = get_language(), context.autoescape
        if spoken not in self.said:
            self.said[spoken] = self.node.render(context)  # escaped as it is to be
        if self.asvar is None:
            return self.said[spoken]
        context[self.asvar] = self.said[spoken]
        return ""


class RememberedSentence(i18n.BlockTranslateNode):
    """A sentence with values, none of which counts: the sentence is remembered, its values are not."""

    def __init__(self, node: i18n.BlockTranslateNode) -> None:
        vars(self).update(vars(node))
        self.sentence, self.names = self.render_token_list(self.singular)
        self.said: dict[str | None, str] = {}

    def render(self, context: Context, nested: bool = False) -> str:
        spoken = get_language()
        if spoken not in self.said:
            about = self.message_context and self.message_context.resolve(context)
            said = pgettext(about, self.sentence) if about else gettext(self.sentence)
            self.said[spoken] = said
        missing = context.template.engine.string_if_invalid  # type: ignore[union-attr]
        own = {name: value.resolve(context) for name, value in self.extra_context.items()}
        values = {
            name: render_value_in_context(own[name] if name in own else context.get(name, missing), context)
            for name in self.names
        }
        try:
            said = self.said[spoken] % values
        except (KeyError, ValueError):  # a translation with another value in it: Django says it in French
            return str(super().render(context, nested))
        if self.asvar is None:
            return said
        context[self.asvar] = mark_safe(said)  # noqa: S308 - as Django does: its values are escaped
        return ""


def translate(parser: Parser, token: Token) -> Node:
    node: i18n.TranslateNode = i18n.do_translate(parser, token)
    constant = is_constant(node.filter_expression) and _is_constant_or_none(node.message_context)
    return Remembered(node) if constant else node


def blocktranslate(parser: Parser, token: Token) -> Node:
    node: i18n.BlockTranslateNode = i18n.do_block_translate(parser, token)
    if node.plural or node.countervar or not _is_constant_or_none(node.message_context):
        return node
    changing = node.extra_context or any(part.token_type == TokenType.VAR for part in node.singular)
    return RememberedSentence(node) if changing or node.asvar else Remembered(node)


register.tag("translate", translate)
register.tag("trans", translate)
register.tag("blocktranslate", blocktranslate)
register.tag("blocktrans", blocktranslate)


def is_constant(expression: FilterExpression) -> bool:
    """Words in quotes, and no filter, which might depend on anything."""
    said = expression.var
    return not expression.filters and (not isinstance(said, Variable) or said.lookups is None)


def _is_constant_or_none(expression: FilterExpression | None) -> bool:
    return expression is None or is_constant(expression)
