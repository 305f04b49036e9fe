"""The mails of one person beside what staff see of them."""

from typing import Any

from django import template

from outbox import timeline
from outbox.models import Returned

register = template.Library()


@register.inclusion_tag("meetings/_mails.html", takes_context=True)
def mails_of(context: Any, lines: list[timeline.Line]) -> dict[str, Any]:
    """A table of their mails; links to a message only for who may read it, to send it again for who may."""
    user = context["request"].user
    return {
        "lines": lines,
        "reply": timeline.last_reply(lines),
        "may_read": user.has_perm("outbox.view_message"),
        "may_resend": user.has_perm("outbox.change_message"),
    }


@register.filter
def came_back(returned: Returned) -> str:
    return timeline.in_words(returned)
