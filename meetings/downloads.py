"""The agenda to take away: PDF, calendar, table, open data; the whole tour or one stop.

Made from releases and nothing else; of what is live, a stop's state goes into a file, its seats do not:
a file that is kept would say them wrongly. Every answer is the same for everybody and may be stored, but
is asked after each time, so that the very next request after a release shows it.
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.public_pages import public_page
from meetings import (
    agenda,
    calendar,
    feed,
    handing_out,
    opendata,
    pdf,
    press_contacts,
    printing,
    tables,
    workbooks,
)
from meetings.addresses import agenda_page, file_of, file_of_tour, page_of
from meetings.agenda import PublicStop
from meetings.handing_out import File
from meetings.models import Tour
from outbox import stopping
from regions import languages
from regions.languages import current_language, pick, texts

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "ics": "text/calendar; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8; header=present",
    "json": "application/json",
    "atom": "application/atom+xml; charset=utf-8",
}
OF_TOUR_ONLY = {"atom"}
READ_IN_PLACE = {"atom"}
MADE_APART = ("pdf", "xlsx")  # once, by a process of its own: meetings/printing.py
SOURCES = ("meetings", "regions/dates.py", "regions/languages.py", "regions/legal_time.py", "static/img")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a file is about, in one language."""

    slug: str  # of the stop; "" for the whole tour
    title: str
    language: str
    tour: Tour
    stops: Sequence[PublicStop]
    words: Callable[[], dict[str, Any]]  # what its PDF says

    def key(self, kind: str) -> str:
        states = sorted((stop.release_pk, stop.status, stop.released_at) for stop in self.stops)
        return key_of(kind, self.language, self.tour, self.slug, states)

    def content(self, kind: str, *, patience: float) -> bytes:
        """The file. Raises printing.NotReady after `patience` seconds."""
        match kind:
            case "pdf":
                return printing.document(self.key(kind), self.words, patience=patience)
            case "xlsx":
                book = partial(workbooks.agenda, self.stops, self.language, title=self.title)
                return printing.document(self.key(kind), book, patience=patience, form="xlsx")
            case "ics":
                return self._calendar()
            case "csv":
                return tables.agenda(self.stops, self.language)
            case "atom":
                return feed.agenda(self.stops, self.language, tour=self.tour)
            case _:
                return opendata.agenda(self.stops, self.language)

    def _calendar(self) -> bytes:
        """To download, or to subscribe to at the address it was asked for."""
        language, stops = self.language, self.stops
        tour = pick(texts(self.tour, "name"), language)
        about = calendar.Subscription(
            name=f"{self.title} – {tour}" if self.slug else tour,
            source=file_of(stops[0].document, language, "ics")
            if self.slug
            else file_of_tour(language, "ics"),
            page=page_of(stops[0].document, language) if self.slug else agenda_page(language),
        )
        return calendar.publish(stops, language, organizer_email=self.tour.sender_email, subscription=about)


class Kept:
    """The files this process answered with lately, up to ROOM bytes: their keys say all they say."""

    ROOM = 8_000_000

    def __init__(self) -> None:
        self.files: OrderedDict[str, File] = OrderedDict()

    def get(self, key: str) -> File | None:
        if key in self.files:
            self.files.move_to_end(key)
        return self.files.get(key)

    def add(self, file: File) -> None:
        self.files[file.key] = file
        while sum(len(each.content) for each in self.files.values()) > self.ROOM:
            self.files.popitem(last=False)


kept = Kept()


@public_page()
def tour_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The agenda of the current tour."""
    return answer(request, kind)


@login_not_required
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """What the JSON of the agenda is made of, for programs (JSON Schema)."""
    content = opendata.schema()
    file = File(hashlib.sha256(content).hexdigest()[:40], content, "application/schema+json")
    return handing_out.answer(request, file.key, lambda: file)


@public_page()
def stop_file(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The agenda of one stop; a draft answers like no stop at all."""
    return answer(request, kind, slug)


def answer(request: HttpRequest, kind: str, slug: str = "") -> HttpResponse:
    """The file, or 304 for who has it already, or 503 while the PDF is being made."""
    tour = agenda.current_tour()
    if tour is None or kind not in CONTENT_TYPES or (slug and kind in OF_TOUR_ONLY):
        raise Http404
    states = agenda.states(tour, slug)
    if slug and not states:
        raise Http404
    language = current_language()
    key = key_of(kind, language, tour, slug, states)
    return handing_out.answer(request, key, lambda: kept.get(key) or make(kind, language, tour, slug))


def make(kind: str, language: str, tour: Tour, slug: str) -> File:
    """The file of what is released now, under the key of what it was made from. Raises NotReady, Http404."""
    subject = of_stop(agenda.stop(slug, tour), tour, language) if slug else of_tour(tour, language)
    file = File(
        key=subject.key(kind),
        content=subject.content(kind, patience=handing_out.PATIENCE),
        content_type=CONTENT_TYPES[kind],
        disposition=handing_out.disposition(
            "inline" if kind in READ_IN_PLACE else "attachment",
            f"agenda-{subject.slug or 'tournee'}-{language}.{kind}",
            f"{_('Agenda')} – {subject.title}.{kind}",
        ),
    )
    kept.add(file)
    return file


def of_tour(tour: Tour, language: str) -> Subject:
    name, stops = texts(tour, "name"), agenda.stops(tour)
    return Subject(
        slug="",
        title=pick(name, language),
        language=language,
        tour=tour,
        stops=stops,
        words=partial(pdf.tour, stops, language, tour=tour),
    )


def of_stop(stop: PublicStop | None, tour: Tour, language: str) -> Subject:
    if stop is None:  # gone since it was looked up
        raise Http404
    return Subject(
        slug=stop.slug,
        title=pick(stop.document["region"]["name"], language),
        language=language,
        tour=tour,
        stops=[stop],
        words=partial(pdf.one_stop, stop, language, tour=tour),
    )


def prepare() -> None:
    """Make, off the web, what takes a process of its own, can be asked for now and is not made yet."""
    tour = agenda.current_tour()
    if tour is None:
        return
    for language in languages.ALL:
        whole = of_tour(tour, language)
        for subject in (whole, *(of_stop(stop, tour, language) for stop in whole.stops)):
            for kind in MADE_APART:
                if stopping.told():
                    return  # the first reader has the others made
                subject.content(kind, patience=60)
    printing.sweep()


def key_of(
    kind: str, language: str, tour: Tour, slug: str, states: Iterable[tuple[int, str, datetime]]
) -> str:
    """Stands for everything that a file says: another content, another key."""
    said = [
        kind,
        language,
        slug,
        [[release, status, at.isoformat()] for release, status, at in states],
        [tour.pk, tour.sender_email, texts(tour, "name")],
        press_contacts.key(tour),
        settings.SITE_URL,
        _edition(language),
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:40]


@cache
def _edition(language: str) -> str:
    """What the files are made with: code, template, catalogue. An upgrade never serves an old file."""
    base = Path(settings.BASE_DIR)
    found = hashlib.sha256()
    paths = [path for name in SOURCES for path in _files(base / name)]
    paths += sorted(base.glob(f"locale/{language}/LC_MESSAGES/*.mo"))
    for path in paths:
        found.update(path.read_bytes())
    return found.hexdigest()


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(each for each in path.rglob("*") if each.suffix in {".py", ".typ", ".svg"})
