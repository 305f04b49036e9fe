"""The picture that messages show beside a link: of a stop, or of the tour."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from meetings import agenda, posters
from regions.languages import texts


@login_not_required
@require_safe
def stop_card(request: HttpRequest, slug: str) -> HttpResponse:
    """1200 × 630 pixels: region, day, hour, what became of it. A draft answers like no stop at all."""
    stop = agenda.stop(slug)
    if stop is None:
        raise Http404
    return posters.answer(request, posters.of_stop(stop, _language(), shape="card"))


@login_not_required
@require_safe
def tour_card(request: HttpRequest) -> HttpResponse:
    """1200 × 630 pixels: the name of the current tour."""
    tour = agenda.current_tour()
    words = posters.of_site(
        _language(), name=texts(tour, "name") if tour else None, address=posters.short_address("")
    )
    return posters.answer(request, words)


def _language() -> str:
    return (get_language() or "fr")[:2]
