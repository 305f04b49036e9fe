"""The agenda to take away: PDF, calendar, table, open data; the whole tour or one stop.

Made from releases and nothing else; of what is live, a stop's state goes into a file, its seats do not:
a file that is kept would say them wrongly. Every answer is the same for everybody and may be stored, but
is asked after each time, so that the very next request after a release shows it.
"""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from meetings import agenda, calendar, opendata, pdf, printing, tables
from meetings.agenda import PublicStop
from meetings.models import Tour
from regions import languages
from regions.languages import pick, texts

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "ics": "text/calendar; charset=utf-8",
    "csv": "text/csv; charset=utf-8; header=present",
    "json": "application/json",
}
PATIENCE = 5.0  # seconds a reader waits for a PDF that is being made
RETRY_AFTER = 5
SOURCES = ("meetings", "regions/dates.py", "regions/languages.py", "regions/legal_time.py", "static/img")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a file is about, in one language."""

    slug: str
    title: str
    language: str
    tour: Tour
    stops: Sequence[PublicStop]
    words: Callable[[], dict[str, Any]]  # what its PDF says

    def key(self, kind: str) -> str:
        """Stands for everything that the file says: another content, another key."""
        said = [
            kind,
            self.language,
            self.slug,
            [[stop.release_pk, stop.status] for stop in self.stops],
            [self.tour.pk, self.tour.sender_email, texts(self.tour, "name")],
            settings.SITE_URL,
            _edition(self.language),
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:40]

    def content(self, kind: str, *, patience: float = PATIENCE) -> bytes:
        """The file. Raises printing.NotReady after `patience` seconds."""
        match kind:
            case "pdf":
                return printing.document(self.key(kind), self.words, patience=patience)
            case "ics":
                return calendar.publish(self.stops, self.language, organizer_email=self.tour.sender_email)
            case "csv":
                return tables.agenda(self.stops, self.language)
            case _:
                return opendata.agenda(self.stops, self.language)


@login_not_required
@require_safe
def tour_file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The agenda of the current tour."""
    tour = agenda.current_tour()
    if tour is None:
        raise Http404
    return answer(request, kind, of_tour(tour, _language()))


@login_not_required
@require_safe
def stop_file(request: HttpRequest, slug: str, kind: str) -> HttpResponseBase:
    """The agenda of one stop; a draft answers like no stop at all."""
    tour = agenda.current_tour()
    stop = agenda.stop(slug, tour)
    if tour is None or stop is None:
        raise Http404
    return answer(request, kind, of_stop(stop, tour, _language()))


def of_tour(tour: Tour, language: str) -> Subject:
    name, stops = texts(tour, "name"), agenda.stops(tour)
    return Subject(
        slug="tournee",
        title=pick(name, language),
        language=language,
        tour=tour,
        stops=stops,
        words=partial(pdf.tour, stops, language, name=name),
    )


def of_stop(stop: PublicStop, tour: Tour, language: str) -> Subject:
    return Subject(
        slug=stop.slug,
        title=pick(stop.document["region"]["name"], language),
        language=language,
        tour=tour,
        stops=[stop],
        words=partial(pdf.one_stop, stop, language),
    )


def prepare() -> None:
    """Make, off the web, every PDF that can be asked for now and is not made yet."""
    tour = agenda.current_tour()
    if tour is None:
        return
    for language in languages.ALL:
        whole = of_tour(tour, language)
        for subject in (whole, *(of_stop(stop, tour, language) for stop in whole.stops)):
            subject.content("pdf", patience=60)
    printing.sweep()


def answer(request: HttpRequest, kind: str, subject: Subject) -> HttpResponseBase:
    """The file, or 304 for who has it already, or 503 while the PDF is being made."""
    if kind not in CONTENT_TYPES:
        raise Http404
    etag = f'W/"{subject.key(kind)}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            content = subject.content(kind)
        except printing.NotReady:
            return _not_ready(request)
        response = HttpResponse(content, content_type=CONTENT_TYPES[kind])
        response["Content-Disposition"] = disposition(
            f"agenda-{subject.slug}-{subject.language}.{kind}", f"{_('Agenda')} – {subject.title}.{kind}"
        )
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _language() -> str:
    return (get_language() or settings.LANGUAGE_CODE)[:2]


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


def disposition(plain: str, name: str) -> str:
    """Save as `name`; `plain`, in ASCII, for readers that know no other (RFC 6266)."""
    clean = " ".join(re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]', " ", name).split())
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='')}"


def _not_ready(request: HttpRequest) -> HttpResponse:
    response = render(request, "meetings/file_in_the_making.html", status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response
