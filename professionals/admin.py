"""Establishments, people and registrations, for the team. Who is in and who waits, only `seats` says."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.recorded import ReadOnlyAdmin, RecordedAdmin
from meetings import gate
from meetings.models import Stop
from outbox import clock, timeline
from professionals import access, names, offers, promotion, seat_requests, seats
from professionals.day import admin as _day  # noqa: F401 - registers its pages
from professionals.delegations import admin as _delegations  # noqa: F401
from professionals.directory.pages import DirectoryPages
from professionals.models import (
    Contribution,
    Organisation,
    Professional,
    Registration,
    WorkshopSeat,
    WorkshopWait,
)


class NamedForm(forms.ModelForm):
    """A row known by its normalised names: the keys follow the names, and the rules about them hold here."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("name", "name_ar"):
            limit = self._meta.model._meta.get_field(f"{name}_key").max_length
            setattr(self.instance, f"{name}_key", names.normalise(cleaned.get(name, ""))[:limit])
        return cleaned

    @cached_property
    def changed_data(self) -> list[str]:
        changed = list(super().changed_data)
        return [*changed, *(f"{name}_key" for name in ("name", "name_ar") if name in changed)]

    def _get_validation_exclusions(self) -> set[str]:
        # Rules of the table that look at columns this form does not show.
        shown: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return shown - {"name_key", "known_by", "email", "consented_at", "consent_text"}


class ProfessionalForm(NamedForm):
    def clean_email(self) -> str:  # shown for a new person only
        return str(self.cleaned_data["email"]).lower()


class SearchedByName:
    """Search in both scripts: what is typed is compared as names are, whatever the accents."""

    name_keys: tuple[str, ...] = ("name_key",)
    address: str = ""

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        found = models.Q()
        for word in names.normalise(term).split() or [""]:
            found &= models.Q(*[(f"{key}__contains", word) for key in self.name_keys], _connector=models.Q.OR)
        if "@" in term and self.address:
            found = models.Q((f"{self.address}__icontains", term))
        return queryset.filter(found), False


@admin.register(Organisation)
class OrganisationAdmin(SearchedByName, RecordedAdmin):
    form = NamedForm
    name_keys = ("name_key", "name_ar_key")
    fields = ("name", "name_ar", "region", "category", "approved")
    list_display = ("name", "name_ar", "region", "category", "approved")
    list_filter = ("approved", "region", "category")
    list_select_related = ("region", "category")
    search_fields = ("name_key",)
    search_help_text = _("Nom, en caractères latins ou arabes, avec ou sans accents")
    show_full_result_count = False
    actions = ("approve",)

    @admin.action(
        permissions=["change"], description=_("Valider ces noms : ils sont proposés à l’inscription")
    )
    def approve(self, request: HttpRequest, chosen: models.QuerySet[Organisation]) -> None:
        with transaction.atomic():
            new = list(chosen.filter(approved=False).order_by("pk"))
            Organisation.objects.filter(pk__in=[one.pk for one in new]).update(approved=True)
            for one in new:
                audit.record(request.user, "changed", f"organisation:{one.pk}", fields=["approved"])
        words = ngettext("%(count)d nom validé.", "%(count)d noms validés.", len(new))
        self.message_user(request, words % {"count": len(new)}, messages.SUCCESS)


@admin.register(Professional)
class ProfessionalAdmin(DirectoryPages, SearchedByName, RecordedAdmin):
    form = ProfessionalForm
    name_keys = ("name_key", "name_ar_key", "organisation__name_key")
    address = "email"
    fields = (
        *("name", "name_ar", "function", "function_ar", "email", "phone", "organisation", "ice", "province"),
        *("language", "source", "legal_basis", "consented_at", "consent_version", "consent_text"),
        *("news_at", "news_version", "news_text", "created_at"),
    )
    readonly_fields = (
        *("consented_at", "consent_version", "consent_text"),
        *("news_at", "news_version", "news_text", "created_at"),
    )
    autocomplete_fields = ("organisation",)
    list_display = ("name", "organisation", "email", "phone", "language")
    list_filter = ("organisation__region", "language", "organisation__category")
    list_select_related = ("organisation",)
    search_fields = ("name_key",)
    search_help_text = _("Nom ou établissement, dans les deux écritures, ou adresse électronique")
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A corrected address revokes what the wrong mailbox holds: see readdressing."""
        return self.readonly_fields if obj is None else (*self.readonly_fields, "email", "readdress")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        at = self.fields.index("phone")
        return self.fields if obj is None else (*self.fields[:at], "readdress", *self.fields[at:])

    @admin.display(description="")
    def readdress(self, person: Professional) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("team:readdress", args=[person.pk]), _("Corriger l’adresse")
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.created_at = clock.now()
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # erasing somebody is more than deleting a row


@admin.register(Contribution)
class ContributionAdmin(SearchedByName, ReadOnlyAdmin):
    """Read word for word; only its author takes it back."""

    name_keys = ("professional__name_key", "professional__organisation__name_key")
    fields = ("stop", "person", "organisation", "text", "language", "said_at")
    list_display = ("begins", "person", "organisation", "stop", "said_at")
    list_filter = ("stop", "professional__organisation__category")
    list_select_related = ("professional__organisation", "stop")
    search_fields = ("professional__name_key",)
    search_help_text = _("Nom ou établissement, dans les deux écritures")
    show_full_result_count = False

    @admin.display(description=_("contribution"))
    def begins(self, contribution: Contribution) -> str:
        return Truncator(contribution.text).chars(80)

    @admin.display(description=_("professionnel"))
    def person(self, contribution: Contribution) -> str:
        return contribution.professional.name

    @admin.display(description=_("établissement"))
    def organisation(self, contribution: Contribution) -> str:
        return contribution.professional.organisation.name


class WrittenInline(admin.StackedInline):
    """What people chose themselves: to be read."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class WorkshopSeatInline(WrittenInline):
    model = WorkshopSeat
    fields = readonly_fields = ("meeting", "chosen_at")


class WorkshopWaitInline(WrittenInline):
    model = WorkshopWait
    fields = readonly_fields = ("meeting", "asked_at")


@admin.register(Registration)
class RegistrationAdmin(SearchedByName, ReadOnlyAdmin):
    name_keys = ("professional__name_key", "professional__organisation__name_key")
    address = "professional__email"
    fields = (
        *("stop", "person", "organisation", "status", "asked_at", "confirmed_at", "cancelled_at"),
        *(
            "checked_in_at",
            "reconfirmed_at",
            "offer_ends_at",
            "delegation",
            "invitation",
            "channel",
        ),
    )
    inlines = (WorkshopSeatInline, WorkshopWaitInline)
    list_display = ("person", "organisation", "stop", "status", "confirmed_at", "checked_in_at")
    list_filter = ("status", "stop", "channel", "professional__organisation__category")
    show_facets = admin.ShowFacets.ALLOW  # how many came through each channel, when asked for
    list_select_related = ("professional__organisation", "stop")
    search_fields = ("professional__name_key",)
    search_help_text = ProfessionalAdmin.search_help_text
    show_full_result_count = False
    ordering = ("-confirmed_at", "-pk")
    actions = ("approve", "refuse", "promote", "stop_promotion", "resume_promotion", "withdraw", "renew_link")

    change_form_template = "admin/meetings/with_mails.html"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        row = context["original"]
        people = [f"registration:{row.pk}", f"professional:{row.professional_id}"]
        before = seat_requests.mails_before(row)
        context["mails"] = timeline.of(subject=f"stop:{row.stop_id}", people=people, also=before)
        return super().render_change_form(request, context, *args, **options)

    @admin.display(description=_("professionnel"), ordering="professional__name_key")
    def person(self, registration: Registration) -> str:
        return registration.professional.name

    @admin.display(description=_("établissement"), ordering="professional__organisation__name_key")
    def organisation(self, registration: Registration) -> str:
        return registration.professional.organisation.name

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("professionals.change_registration")

    @admin.action(permissions=["act"], description=_("Approuver ces demandes"))
    def approve(self, request: HttpRequest, chosen: models.QuerySet[Registration]) -> None:
        """In the order in which they asked: seats while there are any, then the queue."""
        done = self._answer(request, chosen, access.approve)
        words = ngettext("%(count)d demande approuvée.", "%(count)d demandes approuvées.", done)
        self.message_user(request, words % {"count": done}, messages.SUCCESS)

    @admin.action(permissions=["act"], description=_("Refuser ces demandes et prévenir les personnes"))
    def refuse(self, request: HttpRequest, chosen: models.QuerySet[Registration]) -> None:
        done = self._answer(request, chosen, access.refuse)
        words = ngettext("%(count)d demande refusée.", "%(count)d demandes refusées.", done)
        self.message_user(request, words % {"count": done}, messages.SUCCESS)

    def _answer(
        self, request: HttpRequest, chosen: models.QuerySet[Registration], act: Callable[..., Any]
    ) -> int:
        done = passed = full = 0
        for registration in chosen.order_by("stop_id", "confirmed_at", "pk"):
            try:
                act(registration, by=request.user)
                done += 1
            except seats.OrganisationFull:
                full += 1
            except (access.NotPending, seats.RegistrationClosed, gate.Busy):
                passed += 1
        if full:
            words = ngettext(
                "%(count)d demande dépasse les places de son établissement.",
                "%(count)d demandes dépassent les places de leur établissement.",
                full,
            )
            self.message_user(request, words % {"count": full}, messages.WARNING)
        if passed:
            words = ngettext(
                "%(count)d inscription n’attend pas de réponse, ou son étape a commencé.",
                "%(count)d inscriptions n’attendent pas de réponse, ou leur étape a commencé.",
                passed,
            )
            self.message_user(request, words % {"count": passed}, messages.WARNING)
        return done

    @admin.action(permissions=["act"], description=_("Arrêter la liste d’attente de ces étapes"))
    def stop_promotion(self, request: HttpRequest, chosen: models.QuerySet[Registration]) -> None:
        self._each_stop(request, chosen, offers.stop_promotion)
        self.message_user(request, _("Les places qui se libèrent restent vides jusqu’à la reprise."))

    @admin.action(permissions=["act"], description=_("Reprendre la liste d’attente de ces étapes"))
    def resume_promotion(self, request: HttpRequest, chosen: models.QuerySet[Registration]) -> None:
        self._each_stop(request, chosen, offers.resume_promotion)
        self.message_user(request, _("La liste d’attente avance de nouveau d’elle-même."))

    def _each_stop(
        self, request: HttpRequest, chosen: models.QuerySet[Registration], act: Callable[..., None]
    ) -> None:
        for stop in Stop.objects.filter(registrations__in=chosen).distinct().order_by("pk"):
            act(stop, by=request.user)

    @admin.action(permissions=["act"], description=_("Faire avancer la liste d’attente de ces étapes"))
    def promote(self, request: HttpRequest, chosen: models.QuerySet[Registration]) -> None:
        """The head of the queue moves up, whoever was ticked: the order of the queue is not for sale."""
        promoted = 0
        for stop in Stop.objects.filter(registrations__in=chosen).distinct().order_by("pk"):
            with transaction.atomic():
                promoted += promotion.promote(stop)
                audit.record(request.user, "promoted", f"stop:{stop.pk}")
        words = ngettext("%(count)d place attribuée.", "%(count)d places attribuées.", promoted)
        self.message_user(request, words % {"count": promoted}, messages.SUCCESS)

    @admin.action(permissions=["act"], description=_("Annuler ces inscriptions et prévenir les personnes"))
    def withdraw(self, request: HttpRequest, chosen: models.QuerySet[Registration]) -> HttpResponse | None:
        """Asks first: a mail leaves for each, and their seats go to the queue."""
        found = chosen.active().order_by("stop_id", "pk")  # type: ignore[attr-defined]
        if "confirmed" not in request.POST:
            return TemplateResponse(
                request,
                "admin/professionals/registration/withdraw.html",
                {
                    **self.admin_site.each_context(request),
                    "title": _("Annuler des inscriptions"),
                    "opts": self.opts,
                    "registrations": found.select_related("professional__organisation", "stop"),
                    "selected": request.POST.getlist("_selected_action"),
                },
            )
        withdrawn = refused = 0
        for registration in found:
            try:
                with transaction.atomic():
                    seats.withdraw(registration)
                    audit.record(request.user, "withdrew", f"registration:{registration.pk}")
                withdrawn += 1
            except (seats.CannotWithdraw, gate.Busy):
                refused += 1
        words = ngettext("%(count)d inscription annulée.", "%(count)d inscriptions annulées.", withdrawn)
        self.message_user(request, words % {"count": withdrawn}, messages.SUCCESS)
        if refused:
            words = ngettext(
                "%(count)d inscription ne peut pas être annulée : l’étape a commencé ou la personne est là.",
                "%(count)d inscriptions ne peuvent pas être annulées : l’étape a commencé, ou la personne "
                "est là.",
                refused,
            )
            self.message_user(request, words % {"count": refused}, messages.WARNING)
        return None

    @admin.action(permissions=["act"], description=_("Révoquer le lien personnel et en envoyer un nouveau"))
    def renew_link(self, request: HttpRequest, chosen: models.QuerySet[Registration]) -> None:
        try:
            for registration in chosen.active().order_by("stop_id", "pk"):  # type: ignore[attr-defined]
                with transaction.atomic():
                    seats.renew_link(registration)
                    audit.record(request.user, "renewed_link", f"registration:{registration.pk}")
        except gate.Busy:
            words = _("Beaucoup de personnes s’inscrivent en ce moment : réessayez dans quelques secondes.")
            self.message_user(request, words, messages.WARNING)
            return
        self.message_user(request, _("Les anciens liens ne s’ouvrent plus ; les nouveaux partent."))


@admin.register(WorkshopSeat)
class WorkshopSeatAdmin(SearchedByName, ReadOnlyAdmin):
    name_keys = ("registration__professional__name_key",)
    list_display = ("meeting", "person", "stop", "chosen_at")
    list_filter = ("meeting__stop",)
    list_select_related = ("meeting__stop", "registration__professional")
    search_fields = ("registration__professional__name_key",)
    search_help_text = _("Nom, en caractères latins ou arabes, avec ou sans accents")
    show_full_result_count = False
    ordering = ("-pk",)

    @admin.display(description=_("professionnel"))
    def person(self, place: WorkshopSeat) -> str:
        return place.registration.professional.name

    @admin.display(description=_("étape"))
    def stop(self, place: WorkshopSeat) -> str:
        return str(place.meeting.stop)
