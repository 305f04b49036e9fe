"""The press room: what everybody may read and take away."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from accounts.public_pages import public_page
from meetings import agenda, handing_out, press_contacts
from meetings.agenda import PublicStop
from press import bundle, files, notices
from press import room as public
from regions.languages import current_language, texts


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
    """The same on a sheet."""
    words = notices.sheet(_stop(slug), current_language())
    return handing_out.sheet(request, words, filename=f"avis-de-presse-{slug}-{current_language()}")


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
    parts = bundle.parts(public.communiques(), public.photos(), current_language())
    if not parts:
        raise Http404
    etag = f'W/"{bundle.key(parts)}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        pieces = iter(()) if request.method == "HEAD" else bundle.archive(parts)
        response = StreamingHttpResponse(pieces, content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="onmt-presse-{current_language()}.zip"'
    return handing_out.marked(response, etag)


def _stop(slug: str) -> PublicStop:
    stop = agenda.stop(slug)
    if stop is None:
        raise Http404
    return stop
