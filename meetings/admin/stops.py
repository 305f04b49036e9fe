"""Stops: drafts are typed here; what touches the public goes through `releases` and `lifecycle`."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import BaseModelFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings import (
    attendance,
    availability,
    desk,
    documents,
    gate,
    lifecycle,
    mail_texts,
    readiness,
    releases,
    warnings,
)
from meetings.admin import handouts, outcome, stop_pages
from meetings.admin.access_page import AccessPage
from meetings.admin.invite_page import InvitePage
from meetings.admin.meetings import SEATS, MeetingInline, save_together
from meetings.admin.outcome import OutcomeInline
from meetings.admin.seen import BUSY, SeenAdmin, SeenForm
from meetings.admin.tours import found_by, in_three_languages
from meetings.attendance import Taken
from meetings.models import Guest, Meeting, Stop, StopStatus, Tour
from outbox import clock
from regions.models import Region

PAGES: list[type[stop_pages.StopPage]] = [*stop_pages.PAGES, AccessPage, InvitePage]


class StopForm(SeenForm):
    class Meta:
        model = Stop
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "venue" in self.fields:
            venues = self.fields["venue"]
            venues.queryset = venues.queryset.filter(region=self.instance.region_id)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if not self.instance.pk and cleaned.get("tour") and cleaned.get("region"):
            self.instance.slug = free_slug(cleaned["tour"], cleaned["region"])
        venue, seats = cleaned.get("venue"), cleaned.get("seats")
        region = cleaned.get("region") or (self.instance.region if self.instance.pk else None)
        if venue and region and venue.region_id != region.pk:
            self.add_error("venue", _("Ce lieu est dans une autre région."))
        if venue and venue.seats is not None and seats and seats > venue.seats:
            self.add_error("seats", _("Ce lieu n’a que %(room)d places.") % {"room": venue.seats})
        return cleaned


class GuestInline(admin.StackedInline):
    model = Guest
    form = SeenForm
    extra = 0
    fields = ("seen", ("official", "who", "rank"))
    readonly_fields = ("who",)
    raw_id_fields = ("official",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Guest]:
        return super().get_queryset(request).select_related("official")

    @admin.display(description=gettext_lazy("fonction"))
    def who(self, guest: Guest) -> str:
        return guest.official.function_fr if guest.pk else "–"


@admin.register(Stop)
class StopAdmin(SeenAdmin):
    form = StopForm
    inlines = [MeetingInline, GuestInline]
    change_form_template = "admin/meetings/stop/change_form.html"
    date_hierarchy = "date"
    list_display = (
        *("rank", "__str__", "region", "date", "hours", "venue", "status", "registrations"),
        *("released", "pending"),
    )
    list_display_links = ("__str__",)
    list_filter = ("tour", "status", "registration_paused", "region")
    search_fields = (*found_by("city", "region__name"), "region__aliases")
    ordering = ("date", "rank")
    actions = ("publish", "publish_changes", "invite", "pause", "resume", "hold", "postpone", "cancel")
    fieldsets = (
        (None, {"fields": ("seen", "state", "tour", "region", "rank", in_three_languages("city"))}),
        (gettext_lazy("Date et lieu"), {"fields": (("date", "starts", "ends"), "venue")}),
        (
            gettext_lazy("Places et inscriptions"),
            {"fields": ("seats", ("registration_opens_on", "registration_closes_on"))},
        ),
        (gettext_lazy("Présentation"), {"fields": in_three_languages("intro")}),
        (gettext_lazy("Prises de parole"), {"fields": in_three_languages("speakers")}),
        (
            gettext_lazy("Contact"),
            {
                "fields": (
                    *(in_three_languages("contact_function"), ("contact_phone", "contact_email")),
                    in_three_languages("contact_hours"),
                )
            },
        ),
        (gettext_lazy("Notes internes"), {"fields": ("notes",)}),
    )

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stop]:
        return documents.complete(super().get_queryset(request))  # type: ignore[arg-type]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        listed = super().get_changelist_instance(request)
        stops = list(listed.result_list)
        taken = attendance.current().taken([stop.pk for stop in stops])
        for stop in stops:
            stop.taken = taken.get(stop.pk, Taken())
        listed.result_list = stops
        return listed

    @admin.display(description=gettext_lazy("heures"))
    def hours(self, stop: Stop) -> str:
        return f"{stop.starts:%H:%M}–{stop.ends:%H:%M}"

    @admin.display(description=gettext_lazy("inscriptions"))
    def registrations(self, stop: Any) -> SafeString:
        level = availability.of(stop, stop.taken, clock.now()).label
        return format_html(
            '<span dir="ltr">{}/{} (+{})</span> {}',
            stop.taken.seated + stop.taken.held,
            stop.seats,
            stop.taken.waiting,
            level,
        )

    @admin.display(description=gettext_lazy("version"))
    def released(self, stop: Stop) -> str:
        return str(stop.current_release.number) if stop.current_release else "–"

    @admin.display(description=gettext_lazy("à publier"))
    def pending(self, stop: Stop) -> str:
        changes = len(releases.unreleased_changes(stop))
        return str(changes) if changes else "–"

    # The form

    def get_inlines(self, request: HttpRequest, obj: Stop | None = None) -> list[Any]:
        found: list[Any] = list(super().get_inlines(request, obj))
        return [OutcomeInline, *found] if outcome.has_one(obj) else found

    def get_fieldsets(self, request: HttpRequest, obj: Stop | None = None) -> Any:
        found = super().get_fieldsets(request, obj)
        return found if obj is None or outcome.has_one(obj) else [*found, outcome.NOT_YET]

    def get_readonly_fields(self, request: HttpRequest, obj: Stop | None = None) -> tuple[str, ...]:
        return ("state", *Stop.frozen_once_published) if obj and is_released(obj) else ("state",)

    @admin.display(description=gettext_lazy("état"))
    def state(self, stop: Stop) -> str:
        return stop.get_status_display() if stop.pk else str(StopStatus.DRAFT.label)

    def lock_for(self, request: HttpRequest, object_id: str) -> None:
        gate.lock(int(object_id))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        stop = context.get("original")
        if stop is not None and self.has_change_permission(request, stop):
            papers = (handouts.address_of(stop.pk), gettext_lazy("Documents"))
            context["stop_pages"] = [*stop_pages.links(stop, PAGES), papers, *desk.links(stop)]
            context["silent"] = len(mail_texts.missing(stop.tour_id))
            context["unreleased"] = len(releases.unreleased_changes(stop))
        return super().render_change_form(request, context, *args, **options)

    def save_formset(self, request: HttpRequest, form: Any, formset: BaseModelFormSet, change: bool) -> None:
        def save() -> None:
            super(StopAdmin, self).save_formset(request, form, formset, change)

        if formset.model is Meeting:
            save_together(save)
            if any(SEATS & {*one.changed_data} for one in formset.initial_forms):
                attendance.current().room_changed(form.instance)  # who waits for a workshop moves up
        else:
            save()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        stop = form.instance
        agendas = readiness.agendas(stop.meetings.prefetch_related("items"))
        for sentence in (*warnings.of(stop), *agendas):
            messages.warning(request, sentence)

    def has_delete_permission(self, request: HttpRequest, obj: Stop | None = None) -> bool:
        """What was published is cancelled, not deleted."""
        return super().has_delete_permission(request, obj) and not (obj and is_released(obj))

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                f"<int:pk>/{page.address}/",
                self.admin_site.admin_view(page.as_view(model_admin=self)),
                name=page.url_name(),
            )
            for page in PAGES
        ] + super().get_urls()

    # What is done to several at once

    @admin.action(description=gettext_lazy("Publier"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Stop]) -> None:
        self._each(request, queryset, releases.publish, _("%(stop)s est publiée."), warn=True)

    @admin.action(description=gettext_lazy("Suspendre les inscriptions"), permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Stop]) -> None:
        self._each(request, queryset, lifecycle.pause_registration, _("%(stop)s : inscriptions suspendues."))

    @admin.action(description=gettext_lazy("Reprendre les inscriptions"), permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Stop]) -> None:
        self._each(request, queryset, lifecycle.resume_registration, _("%(stop)s : inscriptions reprises."))

    @admin.action(description=gettext_lazy("Marquer comme tenue"), permissions=["change"])
    def hold(self, request: HttpRequest, queryset: QuerySet[Stop]) -> None:
        self._each(request, queryset, lifecycle.hold, _("%(stop)s est notée comme tenue."))

    @admin.action(description=gettext_lazy("Publier les changements…"), permissions=["change"])
    def publish_changes(self, request: HttpRequest, queryset: QuerySet[Stop]) -> HttpResponse | None:
        return self._open(request, queryset, stop_pages.PublicationPage)

    @admin.action(description=gettext_lazy("Inviter…"), permissions=["change"])
    def invite(self, request: HttpRequest, queryset: QuerySet[Stop]) -> HttpResponse | None:
        return self._open(request, queryset, InvitePage)

    @admin.action(description=gettext_lazy("Reporter…"), permissions=["change"])
    def postpone(self, request: HttpRequest, queryset: QuerySet[Stop]) -> HttpResponse | None:
        return self._open(request, queryset, stop_pages.PostponePage)

    @admin.action(description=gettext_lazy("Annuler…"), permissions=["change"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Stop]) -> HttpResponse | None:
        return self._open(request, queryset, stop_pages.CancelPage)

    def _each(
        self,
        request: HttpRequest,
        stops: Iterable[Stop],
        act: Callable[..., Any],
        done: str,
        *,
        warn: bool = False,
    ) -> None:
        """Each stop by itself: what one is refused does not keep the others waiting."""
        for stop in stops:
            try:
                act(stop, by=request.user)
            except (releases.NotReady, lifecycle.Refused) as refusal:
                for problem in refusal.problems:
                    messages.error(request, f"{stop} : {problem}")
            except lifecycle.Busy:
                messages.error(request, f"{stop} : {BUSY}")
            else:
                messages.success(request, done % {"stop": stop})
                for sentence in warnings.of(stop) if warn else []:
                    messages.warning(request, f"{stop} : {sentence}")

    def _open(
        self, request: HttpRequest, stops: QuerySet[Stop], page: type[stop_pages.StopPage]
    ) -> HttpResponse | None:
        chosen = list(stops[:2])
        if len(chosen) != 1:
            messages.error(request, _("Choisissez une seule étape : sa page montre qui sera prévenu."))
            return None
        if chosen[0].status not in page.statuses:
            messages.error(request, f"{chosen[0]} : {_('L’état de cette étape ne le permet pas.')}")
            return None
        return redirect(reverse(f"admin:{page.url_name()}", args=[chosen[0].pk]))


def is_released(stop: Stop) -> bool:
    return stop.status != StopStatus.DRAFT


def free_slug(tour: Tour, region: Region) -> str:
    """The region's; with a number when a cancelled stop of the tour has it."""
    used = set(Stop.objects.filter(tour=tour).values_list("slug", flat=True))
    number = 1
    slug = region.slug
    while slug in used:
        number += 1
        slug = f"{region.slug}-{number}"
    return slug
