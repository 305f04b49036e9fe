"""Absolute addresses of public pages, for what leaves the site: files, calendar entries, documents."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from meetings.documents import Document

SCHEMA = "/schemas/agenda-1.json"  # of no language; a format that breaks another gets another number
AGENDA = "agenda"  # in the place of a stop's slug


def short_address(slug: str) -> str:
    """What stands on paper, under a code to scan: it asks the reader's own language."""
    return f"{settings.SITE_URL}/i/{slug}"


def agenda_page(language: str) -> str:
    with translation.override(language):
        return settings.SITE_URL + reverse("meetings:agenda")


def file_of_tour(language: str, kind: str) -> str:
    """The whole agenda as a file of this kind."""
    with translation.override(language):
        return settings.SITE_URL + reverse("meetings:tour_file", args=[kind])


def file_of(document: Document, language: str, kind: str) -> str:
    """The agenda of one stop as a file of this kind."""
    with translation.override(language):
        return settings.SITE_URL + reverse("meetings:stop_file", args=[document["slug"], kind])


def handout_of(document: Document, number: int, language: str) -> str:
    """One of the documents for everybody."""
    with translation.override(language):
        return settings.SITE_URL + reverse("meetings:handout_file", args=[document["slug"], number])


def schema_address() -> str:
    """The description, for programs, of the agenda's JSON."""
    return settings.SITE_URL + SCHEMA


def page_of(document: Document, language: str) -> str:
    """The page of the stop that the document is about."""
    with translation.override(language):
        return settings.SITE_URL + reverse("meetings:stop", args=[document["slug"]])
