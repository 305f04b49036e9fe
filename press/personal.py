"""A journalist's own page: the invitation to a stop, its answer, then the accreditation.

Opening it changes nothing: mail scanners follow every link. What changes something is a POST.
"""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.links import BadToken
from accounts.personal_pages import personal_page
from meetings import answers, gate, handouts, held_seats, press_contacts, visibility
from meetings.documents import HandoutDocument
from meetings.models import Invitation, StopStatus
from meetings.visibility import PUBLIC, document_for
from outbox import clock
from press import accreditations, links, notices
from press.models import Journalist
from regions.languages import current_language


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """Say whether one comes; changeable until the stop begins."""
    try:
        invitation, journalist = links.opened(token)
    except BadToken:
        return render(request, "meetings/link_unknown.html", status=HTTPStatus.NOT_FOUND)
    problem, status = "", HTTPStatus.OK
    if request.method == "POST":
        try:
            _answer(invitation, journalist, request.POST.get("answer", ""))
            return redirect(request.path)
        except answers.TooLate:
            problem, status = "too_late", HTTPStatus.CONFLICT
        except held_seats.NoSeatLeft:
            problem, status = "full", HTTPStatus.CONFLICT
        except gate.Busy:
            problem, status = "busy", HTTPStatus.SERVICE_UNAVAILABLE
    context = _context(invitation, journalist) | {"problem": problem}
    return render(request, "press/mine.html", context, status=status)


@personal_page
@require_safe
def handout(request: HttpRequest, token: str, pk: int) -> HttpResponseBase:
    """A document of the stop that this journalist may read."""
    try:
        invitation, _journalist = links.opened(token)
    except BadToken as error:
        raise Http404 from error
    language = current_language()
    shown = _handouts(invitation)
    return handouts.answer(request, shown, pk, slug=invitation.stop.slug, language=language)


def _handouts(invitation: Invitation) -> list[HandoutDocument]:
    release = invitation.stop.current_release
    assert release is not None  # noqa: S101 - nobody is invited before the first release
    return visibility.handouts_visible_to(visibility.viewer_of(invitation), release, clock.now())


def _answer(invitation: Invitation, journalist: Journalist, answer: str) -> None:
    if answer == "yes":
        accreditations.accept(invitation, journalist)
    elif answer == "no":
        accreditations.decline(invitation, journalist)


def _context(invitation: Invitation, journalist: Journalist) -> dict[str, Any]:
    stop = invitation.stop
    release = stop.current_release
    assert release is not None  # noqa: S101 - nobody is invited before the first release
    document = document_for(PUBLIC, release, clock.now())
    return {
        "invitation": invitation,
        "handouts": _handouts(invitation),
        "outlet": journalist.outlet,
        "stop": stop,
        "document": document,
        "press_point": notices.press_point(document),
        "open": answers.open_to_answers(stop),
        "off": stop.status in (StopStatus.CANCELLED, StopStatus.POSTPONED),
        "contacts": press_contacts.of(stop.tour),
    }
