"""The pages by which a stop's public face changes: GET and a first POST show, a second POST does.

Each says who will be told, by audience and language, and what speaks against it, before anything
is written. What was shown is fingerprinted: if the stop has changed since, it is shown anew.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from meetings import audiences, changes, documents, lifecycle, notices, readiness, releases, warnings
from meetings.admin.seen import BUSY, fingerprint
from meetings.lifecycle import Preview
from meetings.models import Stop, StopStatus, Venue
from regions.languages import ALL

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


def links(stop: Stop, pages: Iterable["type[StopPage]"]) -> list[tuple[str, "StrPromise"]]:
    """Address and label of those `pages` that make sense for a stop now."""
    return [
        (reverse(f"admin:{page.url_name()}", args=[stop.pk]), page.label)
        for page in pages
        if stop.status in page.statuses
    ]


class StopPage(View):
    """Common ground: load, show, confirm, do."""

    model_admin: ModelAdmin = None  # type: ignore[assignment]
    address: ClassVar[str]
    label: ClassVar["StrPromise"]
    statuses: ClassVar[tuple[str, ...]]
    confirm: ClassVar["StrPromise"] = gettext_lazy("Enregistrer et prévenir")
    done: ClassVar["StrPromise"]
    asks_first: ClassVar[bool] = False  # whether values are typed before there is something to show
    look: ClassVar["StrPromise"] = gettext_lazy("Voir ce que cela change")
    template: ClassVar[str] = "admin/meetings/stop/page.html"

    @classmethod
    def url_name(cls) -> str:
        return f"meetings_stop_{cls.address}"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        stop = self._load(pk)
        form = self.form(stop, None)
        return self._show(stop, form, None if self.asks_first else self.preview(stop, form))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if "confirm" in request.POST:
            try:
                return self._confirmed(pk)
            except (releases.NotReady, lifecycle.Refused) as refusal:
                for problem in refusal.problems:
                    messages.error(request, problem)
            except lifecycle.Busy:
                messages.error(request, str(BUSY))
        stop = self._load(pk)
        form = self.form(stop, request.POST)
        return self._show(stop, form, self.preview(stop, form) if form.is_valid() else None)

    @transaction.atomic
    def _confirmed(self, pk: int) -> HttpResponse:
        """Under the lock: what was shown must still be so."""
        lifecycle.lock(pk)
        stop = self._load(pk)
        form = self.form(stop, self.request.POST)
        if not form.is_valid():
            return self._show(stop, form, None)
        if self.request.POST.get("shown") != self.shown(stop, form):
            messages.warning(
                self.request, _("L’étape a changé entre-temps : relisez ce qui suit avant de confirmer.")
            )
            return self._show(stop, form, self.preview(stop, form))
        self.do(stop, form)
        messages.success(self.request, self.done % {"stop": stop})
        return redirect(self.afterwards(stop))

    def afterwards(self, stop: Stop) -> str:
        """Where staff find what they did."""
        return reverse("admin:meetings_stop_change", args=[stop.pk])

    def more(self, stop: Stop, form: forms.Form) -> dict[str, Any]:
        """What the template shows besides the preview."""
        return {}

    def _load(self, pk: int) -> Stop:
        stop = get_object_or_404(documents.complete(Stop.objects.filter(status__in=self.statuses)), pk=pk)
        if not self.model_admin.has_change_permission(self.request, stop):
            raise PermissionDenied
        return stop

    def _show(self, stop: Stop, form: forms.Form, preview: Preview | None) -> HttpResponse:
        context = {
            **self.model_admin.admin_site.each_context(self.request),
            "opts": Stop._meta,
            "stop": stop,
            "title": f"{self.label} : {stop}",
            "form": form,
            "preview": preview,
            "table": told_table(preview.recipients) if preview else [],
            "languages": ALL,
            "shown": self.shown(stop, form) if preview else "",
            "confirm": self.confirm,
            "asks_first": self.asks_first,
            "look": self.look,
        }
        if preview:
            context |= self.more(stop, form)
        return TemplateResponse(self.request, self.template, context)

    def shown(self, stop: Stop, form: forms.Form) -> str:
        """What was previewed: the stop as it was, and the values typed where they decide."""
        typed = sorted(form.cleaned_data.items()) if self.asks_first else []
        state = [stop.status, stop.sequence, stop.current_release_id, stop.seats]
        return fingerprint([*state, documents.build(stop), documents.restricted(stop), typed])

    def form(self, stop: Stop, data: Mapping[str, Any] | None) -> forms.Form:
        return forms.Form(data)

    def preview(self, stop: Stop, form: forms.Form) -> Preview:
        raise NotImplementedError

    def do(self, stop: Stop, form: forms.Form) -> None:
        raise NotImplementedError


class ChangeForm(forms.Form):
    """The fields of a released stop that `lifecycle.change` changes."""

    date = forms.DateField(label=gettext_lazy("date"))
    starts = forms.TimeField(label=gettext_lazy("début (heure du Maroc)"))
    ends = forms.TimeField(label=gettext_lazy("fin"))
    venue = forms.ModelChoiceField(
        Venue.objects.none(),
        required=False,
        label=gettext_lazy("lieu"),
        empty_label=gettext_lazy("à confirmer"),
    )
    city_fr = forms.CharField(max_length=60, label=gettext_lazy("ville (fr)"))
    city_ar = forms.CharField(max_length=60, label=gettext_lazy("ville (ar)"))
    city_en = forms.CharField(max_length=60, label=gettext_lazy("ville (en)"))
    seats = forms.IntegerField(min_value=1, label=gettext_lazy("places"))
    registration_opens_on = forms.DateField(required=False, label=gettext_lazy("ouverture des inscriptions"))
    registration_closes_on = forms.DateField(required=False, label=gettext_lazy("dernier jour d’inscription"))

    def __init__(self, data: Mapping[str, Any] | None, *, stop: Stop) -> None:
        super().__init__(data, initial={name: getattr(stop, name) for name in changes.CHANGEABLE})
        venues: Any = self.fields["venue"]
        venues.queryset = Venue.objects.filter(region=stop.region_id)
        for name in ("date", "registration_opens_on", "registration_closes_on"):
            self.fields[name].widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        for name in ("starts", "ends"):
            self.fields[name].widget = forms.TimeInput({"type": "time"}, format="%H:%M")


class ChangePage(StopPage):
    address = "changement"
    label = gettext_lazy("Changer la date, les heures, le lieu ou les places")
    statuses = (StopStatus.PUBLISHED, StopStatus.POSTPONED)
    done = gettext_lazy("%(stop)s est changée, et ceux que cela concerne sont prévenus.")
    asks_first = True

    def form(self, stop: Stop, data: Mapping[str, Any] | None) -> ChangeForm:
        return ChangeForm(data, stop=stop)

    def preview(self, stop: Stop, form: forms.Form) -> Preview:
        return lifecycle.preview(stop, form.cleaned_data)

    def do(self, stop: Stop, form: forms.Form) -> None:
        lifecycle.change(stop, changes=form.cleaned_data, by=self.request.user)  # type: ignore[arg-type]


class ReasonForm(forms.Form):
    reason_fr = forms.CharField(required=False, max_length=300, label=gettext_lazy("motif public (fr)"))
    reason_ar = forms.CharField(required=False, max_length=300, label=gettext_lazy("motif public (ar)"))
    reason_en = forms.CharField(required=False, max_length=300, label=gettext_lazy("motif public (en)"))

    def reason(self) -> Any:
        return {language: self.cleaned_data[f"reason_{language}"] for language in ALL}

    def clean(self) -> dict[str, Any]:
        given = [self.cleaned_data.get(f"reason_{language}") for language in ALL]
        if any(given) and not all(given):
            raise forms.ValidationError(
                _("Donnez le motif en français, en arabe et en anglais, ou dans aucune langue.")
            )
        return self.cleaned_data


class CallOffPage(StopPage):
    def form(self, stop: Stop, data: Mapping[str, Any] | None) -> ReasonForm:
        return ReasonForm(data)

    def preview(self, stop: Stop, form: forms.Form) -> Preview:
        return lifecycle.preview_calling_off(stop)


class PostponePage(CallOffPage):
    address = "report"
    label = gettext_lazy("Reporter")
    statuses = (StopStatus.PUBLISHED,)
    confirm = gettext_lazy("Reporter et prévenir")
    done = gettext_lazy("%(stop)s est reportée, et ceux que cela concerne sont prévenus.")

    def do(self, stop: Stop, form: Any) -> None:
        lifecycle.postpone(stop, by=self.request.user, reason=form.reason())  # type: ignore[arg-type]


class CancelPage(CallOffPage):
    address = "annulation"
    label = gettext_lazy("Annuler")
    statuses = (StopStatus.PUBLISHED, StopStatus.POSTPONED)
    confirm = gettext_lazy("Annuler l’étape et prévenir")
    done = gettext_lazy("%(stop)s est annulée, et ceux que cela concerne sont prévenus.")

    def do(self, stop: Stop, form: Any) -> None:
        lifecycle.cancel(stop, by=self.request.user, reason=form.reason())  # type: ignore[arg-type]


class PublicationPage(StopPage):
    """A draft goes public, or what was edited since."""

    address = "publication"
    label = gettext_lazy("Publier les changements")
    statuses = (StopStatus.DRAFT, StopStatus.PUBLISHED, StopStatus.POSTPONED, StopStatus.HELD)
    confirm = gettext_lazy("Publier")
    done = gettext_lazy("%(stop)s est publiée telle que vous l’avez relue.")

    def preview(self, stop: Stop, form: forms.Form) -> Preview:
        told = notices.people(stop) if stop.current_release and releases.tells(stop) else []
        changed = releases.unreleased_changes(stop)
        problems = readiness.problems(stop)
        if stop.status != StopStatus.DRAFT and not changed:
            problems.append(_("Rien n’a changé depuis la dernière version publiée."))
        return Preview(changed, notices.count(told), warnings.of(stop), problems)

    def do(self, stop: Stop, form: forms.Form) -> None:
        act = releases.publish if stop.status == StopStatus.DRAFT else releases.release_changes
        act(stop, by=self.request.user)  # type: ignore[arg-type]


PAGES: list[type[StopPage]] = [PublicationPage, ChangePage, PostponePage, CancelPage]


def told_table(recipients: Mapping[tuple[str, str], int]) -> list[tuple[str, list[int], int]]:
    """A row for each audience: its label, how many in each language, how many in all."""
    labels = {audience.name: str(audience.label) for audience in audiences.every()}
    names = dict.fromkeys(name for name, _language in recipients)
    rows = []
    for name in names:
        counts = [recipients.get((name, language), 0) for language in ALL]
        rows.append((labels.get(name, name), counts, sum(counts)))
    return rows
