"""The picture that messages show beside a link: of a stop, or of the tour."""

from django.http import Http404, HttpRequest, HttpResponse

from accounts.public_pages import public_page
from meetings import agenda, posters
from regions.languages import current_language, texts


@public_page()
def stop_card(request: HttpRequest, slug: str) -> HttpResponse:
    """1200 × 630 pixels: region, day, hour, what became of it. A draft answers like no stop at all."""
    stop = agenda.stop(slug)
    if stop is None:
        raise Http404
    return posters.answer(request, posters.of_stop(stop, current_language(), shape="card"))


@public_page()
def tour_card(request: HttpRequest) -> HttpResponse:
    """1200 × 630 pixels: the name of the current tour."""
    tour = agenda.current_tour()
    words = posters.of_site(
        current_language(), name=texts(tour, "name") if tour else None, address=posters.short_address("")
    )
    return posters.answer(request, words)
