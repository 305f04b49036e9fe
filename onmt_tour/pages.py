"""Public pages that join the apps, and those about the site itself."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe

from regions.models import Region


def preferred_language(request: HttpRequest) -> str:
    """The first of our languages that the browser asks for, French when it asks for none of them."""
    for wanted, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        try:
            return get_supported_language_variant(wanted)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


@login_not_required
@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """`/` leads to the home page in the reader's language. No cookie: the address remembers."""
    response = HttpResponseRedirect(f"/{preferred_language(request)}/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "onmt_tour/home.html", {"section": "home"})


@login_not_required
@require_safe
def regions(request: HttpRequest) -> HttpResponse:
    return render(request, "onmt_tour/regions.html", {"section": "regions", "regions": Region.objects.all()})


@login_not_required
@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    """Legal notice and what law 09-08 says must be told to those whose data are kept."""
    return render(request, "onmt_tour/legal.html", {"cndp_reference": settings.CNDP_REFERENCE})


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "onmt_tour/accessibility.html")


@login_not_required
@require_safe
def credits_page(request: HttpRequest) -> HttpResponse:
    return render(request, "onmt_tour/credits.html")
