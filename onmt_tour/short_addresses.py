"""Short addresses, for posters, messages and codes: `/i/<slug>` and `/i/agenda`.

They carry no language: whoever opens one gets the page in the language of their browser. What stands
behind the question mark is kept, so that an address may say where it was read.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from meetings.models import Stop
from onmt_tour.pages import preferred_language


@login_not_required
@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    return _led_to("meetings:agenda", request)


@login_not_required
@require_safe
def stop(request: HttpRequest, slug: str) -> HttpResponse:
    """The stop of the current tour, in capitals too. A draft answers like no stop at all."""
    slug = slug.lower()
    if not Stop.objects.public().filter(tour__is_current=True, slug=slug).exists():
        raise Http404
    return _led_to("meetings:stop", request, slug)


def _led_to(route: str, request: HttpRequest, *args: str) -> HttpResponse:
    with translation.override(preferred_language(request)):
        address = reverse(route, args=args)
    asked = request.META.get("QUERY_STRING", "")
    # Not a permanent one: the browser would keep the language of the first visit.
    response = HttpResponseRedirect(f"{address}?{asked}" if asked else address)
    patch_vary_headers(response, ["Accept-Language"])
    return response
