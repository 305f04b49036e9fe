"""The page behind the link of an invitation: an official's answer.

Opening one changes nothing: mail scanners follow every link. What changes something is a POST.
"""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts import links
from accounts.personal_pages import personal_page
from meetings import answers, gate, held_seats, officials, visibility
from meetings.models import Invitation, StopStatus
from outbox import clock
from regions.languages import current_language
from regions.models import Body


class CompanionsForm(forms.Form):
    """How many others come along; nobody when left empty."""

    companions = forms.IntegerField(
        label=_("Personnes qui accompagnent"),
        required=False,
        min_value=0,
        max_value=answers.MOST_COMPANIONS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "dir": "ltr"}),
        error_messages={
            "invalid": _("Saisissez un nombre."),
            "max_value": _("Pour une délégation plus nombreuse, appelez le contact."),
            "min_value": _("Saisissez un nombre."),
        },
    )

    def clean_companions(self) -> int:
        return self.cleaned_data["companions"] or 0


class ReplacementForm(CompanionsForm):
    """Who comes in the official's place: a function or a name; an address only if they like."""

    function = forms.CharField(
        label=_("Sa fonction"),
        max_length=160,
        required=False,
        help_text=_("Une fonction ou un nom suffit."),
    )
    name = forms.CharField(label=_("Son nom"), max_length=120, required=False)
    email = forms.EmailField(
        label=_("Son adresse électronique"),
        required=False,
        help_text=_("Nous lui enverrons le rendez-vous et le programme."),
        widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "off"}),
        error_messages={"invalid": _("Saisissez une adresse complète, par exemple nom@exemple.example.")},
    )

    field_order = ["function", "name", "email", "companions"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        # A field in error has said so itself.
        if not (cleaned.get("function") or cleaned.get("name") or {"function", "name"} & set(self.errors)):
            self.add_error(
                "function", _("Indiquez la fonction ou le nom de la personne qui vous représente.")
            )
        return cleaned


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """An official reads their invitation and answers it; changeable until the stop begins."""
    try:
        found = opened(token)
    except links.BadToken:
        return _unknown_link(request)
    form = ReplacementForm(initial=_named(found))
    along = CompanionsForm(initial={"companions": found.companions or None}, auto_id="id_along_%s")
    problem, status = "", 200
    if request.method == "POST":
        form = ReplacementForm(request.POST)
        if request.POST.get("answer") == "accept":
            along = CompanionsForm(request.POST, auto_id="id_along_%s")
        try:
            if _answered(found, request.POST.get("answer", ""), form, along):
                return redirect(request.path)
        except held_seats.NoSeatLeft:
            problem, status = "no_seat", 409
        except answers.TooLate:
            problem, status = "too_late", 409
        except gate.Busy:
            problem, status = "busy", 503
        form = form if request.POST.get("answer") == "replace" else ReplacementForm(initial=_named(found))
    return render(
        request,
        "meetings/invitation.html",
        _context(found) | {"form": form, "along": along, "problem": problem},
        status=status,
    )


def opened(token: str) -> Invitation:
    """The invitation a token opens. Raises BadToken, also where another page is for the answer: only
    officials answer here."""
    found = (
        Invitation.objects.filter(pk=links.row(token))
        .select_related("stop__current_release", "stop__tour")
        .first()
    )
    if found is None:
        raise links.BadToken
    links.check(token, "invitation", found.pk, found.nonce)
    if found.audience not in Body.values:
        raise links.BadToken
    return found


def _answered(found: Invitation, answer: str, form: ReplacementForm, along: CompanionsForm) -> bool:
    """Carry out what was posted; False where the form has to be shown again.

    Raises TooLate, NoSeatLeft, Busy.
    """
    if answer == "accept":
        if not along.is_valid():
            return False
        answers.accept(found, **along.cleaned_data)
    elif answer == "decline":
        answers.decline(found)
    elif answer == "replace" and form.is_valid():
        answers.replace(found, **form.cleaned_data)
    else:
        return False
    return True


def _named(found: Invitation) -> dict[str, Any]:
    return {
        "companions": found.companions or None,
        "function": found.replacement_function,
        "name": found.replacement_name,
        "email": found.replacement_email,
    }


def _context(found: Invitation) -> dict[str, Any]:
    language = current_language()
    release = found.stop.current_release
    assert release is not None  # noqa: S101 (nobody is invited before the first release)
    official = officials.by_key([found.key]).get(found.key)
    viewer, now = visibility.viewer_of(found), clock.now()
    return {
        "document": visibility.document_for(viewer, release, now),
        "handouts": visibility.handouts_visible_to(viewer, release, now),
        "invitation": found,
        "invited": officials.function(official, language) if official else "",
        "state": _state(found),
        "begins": found.stop.starts_at,
    }


def _state(found: Invitation) -> str:
    """What the page is about: "open" to answers, or why not."""
    stop = found.stop
    if stop.status in (StopStatus.CANCELLED, StopStatus.POSTPONED):
        return str(stop.status)
    if answers.open_to_answers(stop):
        return "open"
    return "over" if stop.status == StopStatus.HELD or clock.now() >= stop.ends_at else "begun"


def _unknown_link(request: HttpRequest) -> HttpResponse:
    return render(request, "meetings/link_unknown.html", status=404)
