"""`{% translate %}` with a memory: words that stand in the template are looked up once in each language.

A page has sixty of them, which was an eighth of what it cost. The settings give it to the templates under
the name of Django's own library, all of which is here: `{% load i18n %}`.
"""

from django import template
from django.template.base import FilterExpression, Node, Parser, Token, TokenType, Variable
from django.template.context import Context
from django.templatetags import i18n
from django.utils.translation import get_language

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


def translate(parser: Parser, token: Token) -> Node:
    node: i18n.TranslateNode = i18n.do_translate(parser, token)
    constant = is_constant(node.filter_expression) and _is_constant_or_none(node.message_context)
    return Remembered(node) if constant else node


def blocktranslate(parser: Parser, token: Token) -> Node:
    node: i18n.BlockTranslateNode = i18n.do_block_translate(parser, token)
    constant = (
        not (node.extra_context or node.plural or node.countervar or node.asvar)
        and all(part.token_type == TokenType.TEXT for part in node.singular)
        and _is_constant_or_none(node.message_context)
    )
    return Remembered(node) if constant else node


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
