"""What mails are made of, in both parts: the same tag writes HTML or plain text.

The plain text part is rendered without escaping (outbox.rendering sees to it), and that is how a
tag knows which part it is in.
"""

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

register = template.Library()

# Keeps « 10:00 – 13:30 » in its order inside an Arabic line of plain text.
LEFT_TO_RIGHT_MARK = "\u200e"

# Inlined: some readers drop <style>. Colours and sizes are those of static/tokens.css, spelt out.
LABEL = (
    "padding:6px 0;padding-inline-end:16px;font-weight:normal;vertical-align:top;color:#54605a;font-size:15px"
)
VALUE = "padding:6px 0;font-weight:bold;vertical-align:top"
SOFT = "font-weight:normal;color:#54605a;font-size:15px"
AROUND_BUTTON = "margin:20px 0 0"
BUTTON = "border-radius:4px;background:#0f4c3a;text-align:center"
BUTTON_LINK = (
    "display:inline-block;padding:14px 26px;color:#ffffff;font-weight:bold;text-decoration:none;"
    "font-size:17px"
)
BELOW_BUTTON = "margin:12px 0 0;font-size:14px;line-height:1.5;color:#54605a"
ADDRESS = "color:#3b36a8;word-break:break-all"


@register.simple_tag
def comma() -> str:
    """The comma of the mail's language: « ، » in Arabic."""
    return "،" if get_language_bidi() else ","


@register.simple_tag(takes_context=True)
def fact(context: Context, label: object, value: object, note: object = "", ltr: bool = False) -> SafeString:
    """One row of the facts: a label, a value, a smaller note under it. Nothing where `value` is empty.

    `ltr`: hours, telephones, addresses and numbers, which keep their order in Arabic.
    """
    if not value:
        return mark_safe("")
    if not context.autoescape:
        shown = f"{LEFT_TO_RIGHT_MARK}{value}{LEFT_TO_RIGHT_MARK}" if ltr else value
        line = _("%(label)s : %(value)s") % {"label": label, "value": shown}
        return mark_safe(f"{line} – {note}" if note else line)  # noqa: S308 (plain text)
    shown = format_html('<bdi dir="ltr">{}</bdi>', value) if ltr else value
    under = format_html('<br><span class="soft" style="{}">{}</span>', SOFT, note) if note else ""
    return format_html(
        '<tr><th scope="row" align="{}" class="soft fact" style="{}">{}</th>'
        '<td class="fact" style="{}">{}{}</td></tr>',
        _start(),
        LABEL,
        label,
        VALUE,
        shown,
        under,
    )


@register.simple_tag(takes_context=True)
def button(context: Context, url: str, label: object) -> SafeString:
    """The one thing to do, as a button; in plain text its label and the address on a line of its own."""
    if not context.autoescape:
        return mark_safe(_("%(label)s :") % {"label": label} + f"\n{url}\n")  # noqa: S308 (plain text)
    return format_html(
        '<table role="presentation" cellpadding="0" cellspacing="0" border="0" class="wide" style="{}"><tr>'
        '<td class="button" bgcolor="#0f4c3a" style="{}">'
        '<a href="{}" class="button-link" style="{}">{}</a></td>'
        "</tr></table>"
        '<p class="soft" style="{}">{}<br>'
        '<a href="{}" class="link" style="{}"><bdi dir="ltr">{}</bdi></a></p>',
        AROUND_BUTTON,
        BUTTON,
        url,
        BUTTON_LINK,
        label,
        BELOW_BUTTON,
        _("Si le bouton ne répond pas, copiez cette adresse :"),
        url,
        ADDRESS,
        url,
    )


@register.filter
def in_order(value: str) -> str:
    """A telephone or an address inside a sentence of plain text: its « + » stays before it in Arabic too."""
    return f"{LEFT_TO_RIGHT_MARK}{value}{LEFT_TO_RIGHT_MARK}" if get_language_bidi() else value


@register.filter
def packed(text: str) -> str:
    """Without empty lines: facts stand one under the other, whatever was left out between them."""
    return "\n".join(line for line in text.splitlines() if line.strip())


def _start() -> str:
    # The attribute `align` knows no "start", and some readers know no other way.
    return "right" if get_language_bidi() else "left"
