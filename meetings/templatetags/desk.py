"""The working pages around a stop, from each of them to the others."""

from typing import Any

from django import template
from django.urls import reverse

from meetings import desk
from meetings.models import Stop

register = template.Library()


@register.inclusion_tag("meetings/_desk.html")
def desk_of(stop: Stop, here: str = "") -> dict[str, Any]:
    """One line of links; `here` is the name of the page one stands on."""
    return {
        "own_page": reverse("admin:meetings_stop_change", args=[stop.pk]),
        "pages": [(page.address(stop), page.label, page.name == here) for page in desk.every()],
    }
