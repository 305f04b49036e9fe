"""Regions, who represents tourism there, and the reference data, in the administration."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from accounts.recorded import target
from accounts.seen import SeenAdmin, SeenForm
from outbox import queue
from regions import people_upload, waiting_mails
from regions.languages import current_language, shown
from regions.models import (
    Airport,
    Council,
    Holiday,
    LegalCategory,
    Market,
    Official,
    Province,
    Region,
    RegionFigure,
    Strength,
)

HIGHLIGHTS = ("highlights_fr", "highlights_ar", "highlights_en")
ONLY_REGION = ("region", admin.RelatedOnlyFieldListFilter)


class LinesField(forms.CharField):
    """A list kept as JSON, typed with one thing on each line."""

    widget = forms.Textarea(attrs={"rows": 8, "dir": "auto"})

    def prepare_value(self, value: Any) -> str:
        return "\n".join(value) if isinstance(value, list) else str(value or "")

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.to_python(data)


class FixedRows:
    """Rows that law or a census made: their words may be corrected, none comes or goes here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ProvinceInline(FixedRows, admin.StackedInline):
    model = Province
    form = SeenForm
    fields = ("seen", ("name_fr", "name_ar"), ("kind", "code_hcp", "population_2024"))
    readonly_fields = ("code_hcp", "kind", "population_2024")


class AirportInline(admin.StackedInline):
    model = Airport
    form = SeenForm
    fields = ("seen", ("iata", "name", "verified"))
    extra = 0


class CouncilInline(admin.StackedInline):
    model = Council
    form = SeenForm
    fields = ("seen", "name_fr", "name_ar", "name_en", "seat", "status", "note")
    extra = 0
    can_delete = False


@admin.register(Region)
class RegionAdmin(FixedRows, SeenAdmin):
    list_display = ("code", "name", "capital", "council_name", "council_status", "population_2024")
    list_display_links = ("code", "name")
    list_filter = ("strengths",)
    list_select_related = ("council",)
    search_fields = (
        *("code", "name_fr__unaccent", "name_ar", "name_en__unaccent", "aliases"),
        *("capital_fr__unaccent", "capital_ar", "provinces__name_fr__unaccent", "provinces__name_ar"),
    )
    readonly_fields = ("code", "slug")
    formfield_overrides = {
        # The two lists that exchange their rows speak no Arabic.
        models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple},
        # In Arabic a minus sign would end up behind its number.
        models.FloatField: {"widget": forms.NumberInput(attrs={"dir": "ltr", "step": "any"})},
    }
    inlines = (CouncilInline, AirportInline, ProvinceInline)
    fieldsets = (
        (None, {"fields": ("seen", "code", "slug", "name_fr", "name_ar", "name_en", "aliases")}),
        (_("Tifinaghe"), {"fields": ("name_zgh", "name_zgh_status")}),
        (_("Chef-lieu"), {"fields": ("capital_fr", "capital_ar", "capital_en", "latitude", "longitude")}),
        (_("Chiffres"), {"fields": ("population_2024", "area_km2", "area_note")}),
        (_("Tourisme"), {"fields": ("strengths", *HIGHLIGHTS)}),
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in (*HIGHLIGHTS, "aliases"):
            return LinesField(label=db_field.verbose_name, required=False, help_text=_("Un point par ligne."))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=_("région"), ordering="code")
    def name(self, region: Region) -> str:
        return str(region)

    @admin.display(description=_("chef-lieu"))
    def capital(self, region: Region) -> str:
        return shown(region, "capital")

    @admin.display(description=_("CRT"))
    def council_name(self, region: Region) -> str:
        return str(region.council) if hasattr(region, "council") else ""

    @admin.display(description=_("état de l’information"))
    def council_status(self, region: Region) -> str:
        return region.council.status if hasattr(region, "council") else ""


@admin.register(RegionFigure)
class RegionFigureAdmin(SeenAdmin):
    fields = (
        "seen",
        "region",
        ("label_fr", "label_ar"),
        ("value", "period"),
        "source",
        "verified",
        "position",
    )
    list_display = ("label_fr", "value", "period", "region", "source", "verified")
    list_filter = (ONLY_REGION, "verified")
    list_select_related = ("region",)
    search_fields = ("label_fr__unaccent", "label_ar", "source__unaccent", "region__name_fr__unaccent")


@admin.register(Council)
class CouncilAdmin(SeenAdmin):
    fields = ("seen", "region", "name_fr", "name_ar", "name_en", "seat", "status", "note")
    list_display = ("__str__", "region", "seat", "status")
    list_select_related = ("region",)
    search_fields = (
        "name_fr__unaccent",
        "name_ar",
        "name_en__unaccent",
        "seat__unaccent",
        "region__name_fr__unaccent",
        "region__name_ar",
    )


@admin.register(Airport)
class AirportAdmin(SeenAdmin):
    fields = ("seen", "region", "iata", "name", "verified")
    list_display = ("iata", "name", "region", "verified")
    list_filter = (ONLY_REGION, "verified")
    list_select_related = ("region",)
    search_fields = ("iata", "name__unaccent")


@admin.register(Official)
class OfficialAdmin(SeenAdmin):
    list_display = ("function", "holder", "region", "body", "email", "language", "protocol_rank", "active")
    list_filter = (ONLY_REGION, "body", "active", "language")
    list_select_related = ("region",)
    search_fields = ("function_fr__unaccent", "function_ar", "name__unaccent", "name_ar", "email")
    ordering = ("protocol_rank", "pk")
    fieldsets = (
        (
            None,
            {"fields": ("seen", "region", "body", "function_fr", "function_ar", "protocol_rank", "active")},
        ),
        (_("Titulaire"), {"fields": ("civility", "title", "name", "name_ar")}),
        (_("Correspondance"), {"fields": ("email", "phone", "language", "by_letter", "assistant_email")}),
        (
            _("Données personnelles"),
            {
                "fields": ("source", "legal_basis"),
                "description": _("D’où viennent ces données, et de quel droit le portail les conserve."),
            },
        ),
    )

    @admin.display(description=_("fonction"), ordering="function_fr")
    def function(self, official: Official) -> str:
        arabic = current_language() == "ar" and official.function_ar
        return official.function_ar if arabic else official.function_fr

    @admin.display(description=_("titulaire"), ordering="name")
    def holder(self, official: Official) -> str:
        arabic = current_language() == "ar" and official.name_ar
        return official.name_ar if arabic else official.name or official.name_ar

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        waiting_mails.changed(obj, form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        queue.write_no_more(target(obj))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for official in queryset:
            queue.write_no_more(target(official))
        super().delete_queryset(request, queryset)

    def get_urls(self) -> list[URLPattern]:
        upload = self.admin_site.admin_view(lambda request: people_upload.view(request, self))
        return [path("importer/", upload, name="regions_official_import"), *super().get_urls()]


@admin.register(Market)
class MarketAdmin(SeenAdmin):
    fields = ("seen", "code", "name_fr", "name_ar", "name_en", "tier", "verified")
    list_display = ("code", "name", "tier", "verified")
    list_display_links = ("code", "name")
    list_filter = ("tier", "verified")
    search_fields = ("code", "name_fr__unaccent", "name_ar", "name_en__unaccent")

    @admin.display(description=_("marché"), ordering="name_fr")
    def name(self, market: Market) -> str:
        return str(market)


@admin.register(LegalCategory)
class LegalCategoryAdmin(SeenAdmin):
    fields = (
        *("seen", "code", "group", "group_name_fr", "group_name_ar", "group_name_en", "law", "law_verified"),
        *("name_fr", "name_ar", "name_en", "verified", "position"),
    )
    list_display = ("name", "family", "law", "verified", "law_verified", "position")
    list_filter = ("group", "verified", "law_verified")
    search_fields = ("code", "name_fr__unaccent", "name_ar", "name_en__unaccent", "law__unaccent")

    @admin.display(description=_("catégorie"), ordering="name_fr")
    def name(self, category: LegalCategory) -> str:
        return str(category)

    @admin.display(description=_("famille"), ordering="position")
    def family(self, category: LegalCategory) -> str:
        return shown(category, "group_name")


@admin.register(Holiday)
class HolidayAdmin(SeenAdmin):
    fields = ("seen", "day", "name_fr", "name_ar", "name_en", "estimated", "window_start", "window_end")
    list_display = ("day", "name", "estimated", "window_start", "window_end")
    list_display_links = ("day", "name")
    list_filter = ("estimated",)
    date_hierarchy = "day"
    search_fields = ("name_fr__unaccent", "name_ar", "name_en__unaccent")

    @admin.display(description=_("jour férié"))
    def name(self, holiday: Holiday) -> str:
        return shown(holiday, "name")


@admin.register(Strength)
class StrengthAdmin(SeenAdmin):
    fields = ("seen", "code", "name_fr", "name_ar", "name_en")
    list_display = ("code", "name_fr", "name_ar", "name_en")
    search_fields = ("code", "name_fr__unaccent", "name_ar", "name_en__unaccent")
