"""« Urgent »: a banner, a mail ahead of all others and a list of calls; and messages of the team.

GET shows the form, a first POST shows what would be told to whom, a second one does it.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.staff_pages import staff_page
from meetings import alerts, audiences, broadcasts, copies
from meetings.audiences import Recipient
from meetings.broadcasts import Told
from meetings.models import PUBLIC_STATUSES, Broadcast, Stop
from outbox import clock, rendering
from outbox.rendering import Rendered
from regions import legal_time
from regions.languages import ALL, Texts

NAMES = {"fr": gettext_lazy("français"), "ar": gettext_lazy("arabe"), "en": gettext_lazy("anglais")}


class BroadcastForm(forms.Form):
    """What is told, to whom. `form` names this filling of it: sent twice, it is one order."""

    text_fr = forms.CharField(
        max_length=1500,
        label=gettext_lazy("Texte en français"),
        widget=forms.Textarea({"rows": 4, "dir": "ltr"}),
    )
    text_ar = forms.CharField(
        max_length=1500,
        label=gettext_lazy("Texte en arabe"),
        widget=forms.Textarea({"rows": 4, "dir": "rtl"}),
    )
    text_en = forms.CharField(
        max_length=1500,
        required=False,
        label=gettext_lazy("Texte en anglais"),
        help_text=gettext_lazy("Sans lui, les lecteurs de l’anglais lisent le texte français."),
        widget=forms.Textarea({"rows": 4, "dir": "ltr"}),
    )
    audiences = forms.MultipleChoiceField(
        label=gettext_lazy("À qui"), widget=forms.CheckboxSelectMultiple, required=False
    )
    form = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None, *, stop: Stop, urgent: bool) -> None:
        usual = broadcasts.usual(urgent=urgent)
        super().__init__(data, initial={"form": secrets.token_hex(16), "audiences": usual})
        self.stop = stop
        chosen: Any = self.fields["audiences"]
        chosen.choices = [(one.name, one.label) for one in broadcasts.choices()]

    def texts(self) -> Texts:
        return _texts(self.cleaned_data, "text")

    def headlines(self) -> Texts:
        return Texts(fr="", ar="", en="")

    def words(self) -> dict[str, Any]:
        """The fields of a broadcast."""
        return {f"text_{language}": text for language, text in self.texts().items()}


class UrgentForm(BroadcastForm):
    until_day = forms.DateField(
        label=gettext_lazy("Bandeau affiché jusqu’au"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    until_hour = forms.TimeField(
        label=gettext_lazy("à (heure du Maroc)"), widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    field_order = ("text_fr", "text_ar", "text_en", "until_day", "until_hour", "audiences", "form")

    def __init__(self, data: Mapping[str, Any] | None, *, stop: Stop) -> None:
        super().__init__(data, stop=stop, urgent=True)
        tomorrow = legal_time.wall_clock(clock.now()) + timedelta(days=1)
        end = max(tomorrow.replace(tzinfo=None, second=0, microsecond=0), _end_of(stop))
        self.initial.update(until_day=end.date(), until_hour=end.time())

    def clean(self) -> dict[str, Any]:
        day, hour = self.cleaned_data.get("until_day"), self.cleaned_data.get("until_hour")
        if day and hour and legal_time.instant(day, hour) <= clock.now():
            self.add_error("until_hour", _("Le bandeau doit finir plus tard que maintenant."))
        return self.cleaned_data

    def words(self) -> dict[str, Any]:
        return super().words() | {name: self.cleaned_data[name] for name in ("until_day", "until_hour")}


class MessageForm(BroadcastForm):
    headline_fr = forms.CharField(max_length=120, label=gettext_lazy("Objet en français"))
    headline_ar = forms.CharField(
        max_length=120, label=gettext_lazy("Objet en arabe"), widget=forms.TextInput({"dir": "rtl"})
    )
    headline_en = forms.CharField(max_length=120, required=False, label=gettext_lazy("Objet en anglais"))
    field_order = (
        *("headline_fr", "text_fr", "headline_ar", "text_ar", "headline_en", "text_en", "audiences", "form"),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, stop: Stop) -> None:
        super().__init__(data, stop=stop, urgent=False)
        self.fields["audiences"].required = True

    def headlines(self) -> Texts:
        return _texts(self.cleaned_data, "headline")

    def words(self) -> dict[str, Any]:
        titles = {f"headline_{language}": text for language, text in self.headlines().items()}
        return super().words() | titles


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What is urgent now, what was told before, and the form of the next alert."""
    stop = released(slug)
    return _page(request, stop, UrgentForm(request.POST or None, stop=stop), urgent=True)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def message(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A message in the team's own words, without banner."""
    stop = released(slug)
    return _page(request, stop, MessageForm(request.POST or None, stop=stop), urgent=False)


@staff_page
@require_POST
def withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a banner down, and stop its mails that have not left."""
    broadcast = get_object_or_404(Broadcast.objects.filter(stop=released(slug), urgent=True), pk=pk)
    if broadcasts.withdraw(broadcast, by=_user(request)):
        messages.success(
            request, _("Le bandeau est retiré ; les courriels qui n’étaient pas partis ne partiront pas.")
        )
    return redirect("urgent:index", slug=slug)


def released(slug: str) -> Stop:
    """A stop the public knows of: a draft has nobody to be warned."""
    rows = Stop.objects.filter(tour__is_current=True, status__in=PUBLIC_STATUSES)
    return get_object_or_404(rows.select_related("tour", "current_release"), slug=slug)


def _page(request: HttpRequest, stop: Stop, form: Any, *, urgent: bool) -> HttpResponse:
    if request.method == "POST" and form.is_valid() and "edit" not in request.POST:
        chosen = form.cleaned_data["audiences"]
        if "confirm" in request.POST:
            return _order(request, stop, form, chosen, urgent=urgent)
        told = broadcasts.people(stop, chosen)
        if told or urgent:
            return render(request, "meetings/urgent_preview.html", _preview(stop, form, told, urgent=urgent))
        form.add_error("audiences", _("Ces publics n’ont personne à qui écrire : choisissez-en d’autres."))
    return render(request, "meetings/urgent.html", _index(stop, form, urgent=urgent))


def _order(request: HttpRequest, stop: Stop, form: Any, chosen: list[str], *, urgent: bool) -> HttpResponse:
    try:
        made = broadcasts.order(
            stop,
            urgent=urgent,
            audiences=chosen,
            form=form.cleaned_data["form"],
            by=_user(request),
            **form.words(),
        )
    except broadcasts.Nobody:
        form.add_error("audiences", _("Ces publics n’ont personne à qui écrire : choisissez-en d’autres."))
        return render(request, "meetings/urgent.html", _index(stop, form, urgent=urgent))
    messages.success(request, _("C’est parti : les courriels s’écrivent, voici la liste d’appel."))
    return redirect("urgent:calls", slug=stop.slug, pk=made.pk)


def _index(stop: Stop, form: Any, *, urgent: bool) -> dict[str, Any]:
    past = stop.broadcasts.select_related("by").annotate(
        people=Count("addressees"),
        written=Count("addressees", filter=Q(addressees__written_at__isnull=False)),
        by_mail=Count("addressees", filter=Q(addressees__by_mail=True)),
        reached=Count("addressees", filter=Q(addressees__reached_at__isnull=False)),
    )
    standing = set(alerts.standing(**alerts.moment()).filter(stop=stop).values_list("pk", flat=True))
    return {"stop": stop, "form": form, "urgent": urgent, "past": past, "standing": standing}


def _preview(stop: Stop, form: Any, told: list[Told], *, urgent: bool) -> dict[str, Any]:
    counts = broadcasts.count(told)
    labels = {audience.name: str(audience.label) for audience in audiences.every()}
    names = dict.fromkeys(one.audience for one in told)
    rows = [
        {
            "label": labels[name],
            "by_language": [counts.get((name, language), 0) for language in ALL],
            "by_phone": sum(one.audience == name and not one.by_mail for one in told),
        }
        for name in names
    ]
    return {
        "stop": stop,
        "form": form,
        "urgent": urgent,
        "alert": form.texts(),
        "rows": rows,
        "total": sum(counts.values()),
        "by_phone": sum(not one.by_mail for one in told),
        "copies": copies.sentences(
            (one.person for one in told if one.by_mail), broadcasts.purpose(urgent=urgent)
        ),
        "languages": [(language, NAMES[language]) for language in ALL],
        "examples": [
            (NAMES[language], language, _example(stop, form, language, urgent=urgent)) for language in ALL
        ],
    }


def _example(stop: Stop, form: Any, language: str, *, urgent: bool) -> Rendered:
    """The mail to somebody who comes, as it would leave."""
    somebody = Recipient(email="", name="…", language=language, key="")
    words = {"headline": form.headlines(), "text": form.texts()}
    context = broadcasts.context(stop, words, somebody)
    return rendering.render(broadcasts.purpose(urgent=urgent), context, language=language)


def _texts(data: Mapping[str, str], field: str) -> Texts:
    return Texts(fr=data[f"{field}_fr"], ar=data[f"{field}_ar"], en=data[f"{field}_en"])


def _end_of(stop: Stop) -> Any:
    return legal_time.wall_clock(stop.ends_at).replace(tzinfo=None)


def _user(request: HttpRequest) -> Any:
    return request.user  # staff_page has looked at it
