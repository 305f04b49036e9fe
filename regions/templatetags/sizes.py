"""How heavy a file is, as readers say it."""

import math

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def weight(size: int) -> str:
    """Bytes as « 38 ko » or « 1,2 Mo »; nothing that exists weighs nought."""
    if size < 1_000_000:
        return _("%(size)s ko") % {"size": min(math.ceil(size / 1000), 999)}
    return _("%(size)s Mo") % {"size": number_format(size / 1_000_000, 1)}
