"""Tours, venues, the usual agenda, reminder rules."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Max
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from meetings import audiences
from meetings.admin.seen import SeenAdmin, SeenForm
from meetings.models import AgendaTemplateItem, ReminderRule, Stop, StopStatus, Tour, Venue
from regions.languages import ALL

AHEAD = (StopStatus.DRAFT, StopStatus.PUBLISHED, StopStatus.POSTPONED)


def in_three_languages(field: str) -> tuple[str, ...]:
    return tuple(f"{field}_{language}" for language in ALL)


def found_by(*fields: str) -> tuple[str, ...]:
    """What a search looks at: texts in three languages, with or without accents."""
    return tuple(f"{column}__unaccent" for field in fields for column in in_three_languages(field))


@admin.register(Tour)
class TourAdmin(SeenAdmin):
    list_display = ("__str__", "edition", "first_day", "is_current")
    search_fields = found_by("name")
    prepopulated_fields = {"slug": ["name_fr"]}
    fieldsets = (
        (
            None,
            {"fields": ("seen", *in_three_languages("name"), "slug", "edition", "first_day", "is_current")},
        ),
        (_("Objectif"), {"fields": in_three_languages("objective")}),
        (_("Courriels"), {"fields": ("sender_email", "invites_next")}),
        (_("Courriers"), {"fields": in_three_languages("signatory")}),
    )

    def save_model(self, request: HttpRequest, obj: Tour, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not Tour.objects.filter(is_current=True).exists():
            messages.warning(
                request, _("Aucune tournée n’est en cours : le public ne voit plus d’agenda ni d’étape.")
            )


class VenueForm(SeenForm):
    """A venue changes under the stops that are to take place there."""

    class Meta:
        model = Venue
        fields = "__all__"

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        stops = self.instance.stops.filter(status__in=AHEAD) if self.instance.pk else Stop.objects.none()
        seats, region = cleaned.get("seats"), cleaned.get("region")
        most = stops.aggregate(most=Max("seats"))["most"]
        if seats is not None and most and most > seats:
            self.add_error("seats", gettext("Une étape y prévoit %(seats)d places.") % {"seats": most})
        if region and stops.exclude(region=region).exists():
            self.add_error("region", gettext("Une étape d’une autre région s’y tient."))
        return cleaned


@admin.register(Venue)
class VenueAdmin(SeenAdmin):
    form = VenueForm
    list_display = ("__str__", "region", "kind", "seats", "confirmed")
    list_filter = ("region", "kind", "confirmed")
    list_select_related = ("region",)
    search_fields = found_by("name", "address")
    fieldsets = (
        (None, {"fields": ("seen", "region", "kind", *in_three_languages("name"), "seats", "confirmed")}),
        (_("Adresse"), {"fields": (*in_three_languages("address"), ("latitude", "longitude"))}),
        (_("Accès"), {"fields": in_three_languages("access")}),
    )


@admin.register(AgendaTemplateItem)
class AgendaTemplateItemAdmin(SeenAdmin):
    list_display = ("position", "__str__", "minutes", "optional")
    list_display_links = ("__str__",)
    search_fields = found_by("title")
    prepopulated_fields = {"code": ["title_fr"]}
    fields = ("seen", "position", "code", *in_three_languages("title"), "minutes", "optional")


class ReminderRuleForm(SeenForm):
    audiences = forms.MultipleChoiceField(label=_("publics"), widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = ReminderRule
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {audience.name: audience.label for audience in audiences.every()}
        kept = {name: name for name in self.initial.get("audiences") or () if name not in known}
        self.fields["audiences"].choices = [*known.items(), *kept.items()]  # type: ignore[attr-defined]


@admin.register(ReminderRule)
class ReminderRuleAdmin(SeenAdmin):
    form = ReminderRuleForm
    list_display = ("__str__", "tour", "days", "local_time", "to", "active")
    list_filter = ("tour", "kind", "active")
    list_select_related = ("tour",)
    fields = ("seen", "tour", "kind", "audiences", "days", "local_time", "sensible_hours", "active")

    @admin.display(description=_("publics"))
    def to(self, rule: ReminderRule) -> str:
        labels = {audience.name: str(audience.label) for audience in audiences.every()}
        return ", ".join(labels.get(name, name) for name in rule.audiences)
