"""Rows of the agenda."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from meetings.documents import MeetingDocument
from regions.templatetags.dates import clock_face
from regions.templatetags.languages import text

register = template.Library()


@register.simple_tag
def slots(meetings: Iterable[MeetingDocument]) -> SafeString:
    """Hour and title of each meeting, as the items of a list: an agenda has fifty."""
    found = ((clock_face(meeting["starts"]), text(meeting["title"])) for meeting in meetings)
    return format_html_join("", '<li><b class="num">{}</b> {}</li>', found)
