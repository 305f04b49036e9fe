"""The page « J'ai perdu mon lien »: one answer for everybody."""

from http import HTTPStatus

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from accounts.client_address import client_network
from accounts.public_pages import public_page
from professionals import lost_links, rate_limit
from professionals.forms import AddressField


class LostLinkForm(forms.Form):
    email = AddressField(
        label=gettext_lazy("Adresse électronique"),
        max_length=254,
        help_text=gettext_lazy("Celle avec laquelle vous vous êtes inscrit(e)."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
        error_messages={
            "required": gettext_lazy("Saisissez votre adresse électronique."),
            "invalid": gettext_lazy("Saisissez une adresse complète, par exemple nom@exemple.example."),
        },
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_cache=True)
def lost_link(request: HttpRequest) -> HttpResponse:
    form = LostLinkForm(request.POST or None)
    status: int = HTTPStatus.OK
    headers: dict[str, str] = {}
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if seconds := rate_limit.wait(rate_limit.FORM_PER_SENDER, client_network(request)):
            form.add_error(None, _("Trop d’envois depuis votre connexion : réessayez bientôt."))
            status, headers = HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(seconds)}
        elif form.is_valid():
            lost_links.ask(form.cleaned_data["email"])
            return redirect("professionals:lost_link_asked")
    page = render(request, "professionals/lost_link.html", {"form": form}, status=status)
    for name, value in headers.items():
        page[name] = value
    return page


@public_page()
def asked(request: HttpRequest) -> HttpResponse:
    """The same for everybody: it knows nothing of who asked."""
    return render(request, "professionals/lost_link_asked.html")
