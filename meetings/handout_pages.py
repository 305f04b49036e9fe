"""The addresses of a stop's documents: everybody's, and those of the officials who were invited."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.links import BadToken
from accounts.personal_pages import personal_page
from meetings import agenda, handouts, invitation_pages, visibility
from outbox import clock
from regions.languages import current_language


@login_not_required
@require_safe
def public(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """A document that everybody may read; another audience's answers like none at all."""
    stop = agenda.stop(slug)
    if stop is None:
        raise Http404
    shown = stop.document.get("handouts", [])
    return handouts.answer(request, shown, pk, slug=slug, language=current_language())


@personal_page
@require_safe
def invited(request: HttpRequest, token: str, pk: int) -> HttpResponseBase:
    """A document that the official behind this link may read."""
    try:
        found = invitation_pages.opened(token)
    except BadToken as error:
        raise Http404 from error
    release = found.stop.current_release
    assert release is not None  # noqa: S101 (nobody is invited before the first release)
    shown = visibility.handouts_visible_to(visibility.viewer_of(found), release, clock.now())
    return handouts.answer(request, shown, pk, slug=found.stop.slug, language=current_language())
