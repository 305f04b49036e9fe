"""The press room: what everybody may read and take away."""

import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.public_pages import public_page
from meetings import agenda, press_contacts, printing
from meetings.agenda import PublicStop
from press import bundle, files, notices
from press import room as public
from regions.languages import texts

PATIENCE = 5.0  # seconds a reader waits for a sheet that is being made
RETRY_AFTER = 5
# Read, not imported: the typesetter is for a process of its own.
TYPESETTING = Path(settings.BASE_DIR) / "meetings" / "typesetting"


@public_page()
def room(request: HttpRequest) -> HttpResponse:
    """Whom to ask, communiqués, notices of the stops to come, photos."""
    photos = public.photos()
    context = {
        "section": "press",
        "contacts": press_contacts.current(),
        "communiques": public.communiques(),
        "stops": public.with_a_notice(agenda.stops()),
        "photos": [(photo, texts(photo, "alt")) for photo in photos],
    }
    return render(request, "press/room.html", context)


@public_page()
def communique(request: HttpRequest, pk: int) -> HttpResponse:
    """One communiqué, in its own language, with what it corrects and what corrects it."""
    found = public.communique(pk)
    if found is None:
        raise Http404
    context = {"section": "press", "press_contacts": press_contacts.current(), "communique": found}
    return render(request, "press/communique.html", context)


@public_page()
def notice(request: HttpRequest, slug: str) -> HttpResponse:
    """The notice to the press of a stop; a draft answers like no stop at all."""
    stop = _stop(slug)
    document = stop.document
    context = {
        "section": "press",
        "press_contacts": press_contacts.public(stop.press_rows),
        "stop": stop,
        "off": stop.status in ("cancelled", "postponed"),
        "press_point": notices.press_point(document),
        "speakers": document.get("speakers"),
        "accreditation": notices.accreditation(),
    }
    return render(request, "press/notice.html", context)


@public_page()
def notice_sheet(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The same on a sheet, or 304 for who has it, or 503 while it is being made."""
    words = notices.sheet(_stop(slug), _language())
    key = hashlib.sha256(json.dumps(words, sort_keys=True).encode() + _edition()).hexdigest()[:40]
    etag = f'W/"{key}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            content = printing.document(key, lambda: words, patience=PATIENCE)
        except printing.NotReady:
            return _not_ready(request)
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="avis-de-presse-{slug}-{_language()}.pdf"'
    return files.marked(response, etag)


@login_not_required
@require_safe
def photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A photo as the press prints it."""
    found = public.photo(pk)
    if found is None:
        raise Http404
    return files.answer(request, found.file, saved_as=f"onmt-tournee-{found.pk}")


@login_not_required
@require_safe
def thumbnail(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = public.photo(pk)
    if found is None:
        raise Http404
    return files.answer(request, found.thumbnail)


@login_not_required
@require_safe
def document(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The PDF beside a communiqué."""
    found = public.communique(pk)
    if found is None or not found.row.document:
        raise Http404
    return files.answer(request, found.row.document, saved_as=f"communique-{pk}")


@login_not_required
@require_safe
def everything(request: HttpRequest) -> HttpResponseBase:
    """Every photo and communiqué that is public now, in one archive; none of it waits in memory."""
    parts = bundle.parts(public.communiques(), public.photos(), _language())
    if not parts:
        raise Http404
    etag = f'W/"{bundle.key(parts)}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        pieces = iter(()) if request.method == "HEAD" else bundle.archive(parts)
        response = StreamingHttpResponse(pieces, content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="onmt-presse-{_language()}.zip"'
    return files.marked(response, etag)


def _stop(slug: str) -> PublicStop:
    stop = agenda.stop(slug)
    if stop is None:
        raise Http404
    return stop


def _not_ready(request: HttpRequest) -> HttpResponse:
    response = render(request, "meetings/file_in_the_making.html", status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


@cache
def _edition() -> bytes:
    """The template and its typesetter: an upgrade never serves a sheet of the old ones."""
    return b"".join((TYPESETTING / name).read_bytes() for name in ("notice.typ", "compile.py"))


def _language() -> str:
    return (get_language() or settings.LANGUAGE_CODE)[:2]
