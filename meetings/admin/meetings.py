"""Meetings: below their stop, and on a page of their own with their points."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Count, QuerySet, Sum
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from meetings import attendance, gate, lifecycle, readiness
from meetings.admin.seen import SeenAdmin, SeenForm
from meetings.admin.tours import found_by, in_three_languages
from meetings.models import AgendaItem, Meeting, MeetingKind, Stop, StopStatus, Visibility
from regions.sheets import folded

OUTSIDE = gettext_lazy("Une rencontre se tient pendant l’étape : entre %(starts)s et %(ends)s.")
SEATS = {"seats", "per_organisation"}
SAME_ROOM = gettext_lazy("Deux rencontres occupent la salle « %(room)s » à la même heure.")


def usual_visibility(kind: str) -> Visibility:
    """Meetings with the council are between the invited; the others are everybody's."""
    return Visibility.INVITED if kind == MeetingKind.COUNCIL else Visibility.PUBLIC


class MeetingForm(SeenForm):
    visibility = forms.ChoiceField(
        label=gettext_lazy("visibilité"),
        choices=[("", gettext_lazy("selon le type")), *Visibility.choices],
        required=False,
    )

    class Meta:
        model = Meeting
        fields = "__all__"

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("visibility") and "kind" in cleaned:
            cleaned["visibility"] = usual_visibility(cleaned["kind"])
        return cleaned


class MeetingPageForm(MeetingForm):
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        stop = cleaned.get("stop") or (self.instance.stop if self.instance.pk else None)
        if stop and is_outside(stop, cleaned):
            self.add_error("starts", OUTSIDE % hours_of(stop))
        if stop and self._room_is_taken(stop, cleaned):
            self.add_error("room", SAME_ROOM % {"room": cleaned["room"]})
        return cleaned

    def _room_is_taken(self, stop: Stop, slot: dict[str, Any]) -> bool:
        """By a meeting that spells the room differently; the same spelling is the database's business."""
        room, starts, ends = slot.get("room"), slot.get("starts"), slot.get("ends")
        if not (room and starts and ends):
            return False
        others = stop.meetings.exclude(pk=self.instance.pk).exclude(room=room)
        at_once = others.filter(starts__lt=ends, ends__gt=starts)
        return any(folded(other.room) == folded(room) for other in at_once)


class MeetingFormSet(BaseInlineFormSet):
    """The meetings of one stop, looked at together as they would be."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if self._stays(form)]
        for form in kept:
            if is_outside(self.instance, form.cleaned_data):
                form.add_error("starts", OUTSIDE % hours_of(self.instance))
        for one, other in combinations(kept, 2):
            room = one.cleaned_data["room"]
            if room and folded(room) == folded(other.cleaned_data["room"]) and _overlap(one, other):
                raise ValidationError(SAME_ROOM % {"room": room})

    def _stays(self, form: forms.ModelForm) -> bool:
        data = getattr(form, "cleaned_data", None) or {}
        whole = {"starts", "ends", "room"} <= data.keys()
        return whole and not data.get("DELETE")


class MeetingRowForm(MeetingForm):
    # Rooms are looked at by the whole set: two meetings may change places.
    unchecked = frozenset({"room"})


class MeetingInline(admin.StackedInline):
    model = Meeting
    form = MeetingRowForm
    formset = MeetingFormSet
    extra = 0
    show_change_link = True
    fields = (
        *("seen", ("kind", "visibility"), in_three_languages("title")),
        *(("starts", "ends"), ("room", "seats", "per_organisation"), "points"),
    )
    readonly_fields = ("points",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Meeting]:
        return with_points(super().get_queryset(request))

    @admin.display(description=gettext_lazy("ordre du jour"))
    def points(self, meeting: Meeting) -> str:
        return points_in_words(meeting)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A meeting of a released stop is withdrawn on its own page: who chose it must be told."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.status == StopStatus.DRAFT)


def save_together(save: Callable[[], None]) -> None:
    """Save the meetings of a stop; two of them may exchange their rooms on the way."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS meeting_alone_in_its_room DEFERRED")
        save()
        cursor.execute("SET CONSTRAINTS meeting_alone_in_its_room IMMEDIATE")


class AgendaItemInline(admin.StackedInline):
    model = AgendaItem
    form = SeenForm
    extra = 0
    fields = (
        *("seen", ("position", "minutes"), in_three_languages("title"), in_three_languages("note")),
        ("responsible_fr", "responsible_ar"),
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name.startswith("note_"):
            kwargs["widget"] = forms.Textarea(attrs={"rows": 2, "cols": 24})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Meeting)
class MeetingAdmin(SeenAdmin):
    form = MeetingPageForm
    inlines = [AgendaItemInline]
    list_display = ("__str__", "stop", "kind", "starts", "ends", "room", "visibility", "points")
    list_filter = ("stop__tour", "kind", "visibility", "stop__region")
    list_select_related = ("stop",)
    search_fields = found_by("title", "stop__city")
    ordering = ("stop__date", "starts", "pk")
    fields = (
        "seen",
        "stop",
        "kind",
        *in_three_languages("title"),
        ("starts", "ends"),
        "room",
        ("seats", "per_organisation"),
        "visibility",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Meeting]:
        return with_points(super().get_queryset(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Meeting | None = None) -> tuple[str, ...]:
        return ("stop",) if obj else ()

    @admin.display(description=gettext_lazy("ordre du jour"))
    def points(self, meeting: Meeting) -> str:
        return points_in_words(meeting)

    def lock_for(self, request: HttpRequest, object_id: str) -> None:
        """Whoever changes a meeting holds its stop."""
        gate.lock(Stop.objects.values_list("pk", flat=True).get(meetings=int(object_id)))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Seats in a workshop do not keep it from being withdrawn: they are freed, and their people told."""
        listed, counts, missing, _protected = super().get_deleted_objects(objs, request)
        return listed, counts, missing, []

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if SEATS & {*form.changed_data}:
            attendance.current().room_changed(form.instance.stop)  # who waits for a workshop moves up
        for sentence in readiness.agendas([form.instance]):
            messages.warning(request, sentence)

    def delete_model(self, request: HttpRequest, obj: Meeting) -> None:
        released = obj.stop.status != StopStatus.DRAFT
        lifecycle.withdraw_meeting(obj, by=request.user)  # type: ignore[arg-type]
        if released:
            messages.info(request, _("La rencontre est aussi retirée de ce qui est publié."))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Meeting]) -> None:
        for meeting in queryset.select_related("stop"):
            self.delete_model(request, meeting)


def with_points(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    return meetings.annotate(point_count=Count("items"), point_minutes=Sum("items__minutes"))


def points_in_words(meeting: Any) -> str:
    count, minutes = getattr(meeting, "point_count", 0), getattr(meeting, "point_minutes", 0) or 0
    if not count:
        return "–"
    points = ngettext("%(count)d point", "%(count)d points", count) % {"count": count}
    return f"{points}, {minutes // 60}h{minutes % 60:02d}"


def is_outside(stop: Stop, slot: dict[str, Any]) -> bool:
    starts, ends = slot.get("starts"), slot.get("ends")
    if not (starts and ends and stop.starts and stop.ends) or stop.ends <= stop.starts:
        return False
    return bool(starts < stop.starts or ends > stop.ends)


def hours_of(stop: Stop) -> dict[str, str]:
    return {"starts": f"{stop.starts:%H:%M}", "ends": f"{stop.ends:%H:%M}"}


def _overlap(*forms_: forms.ModelForm) -> bool:
    one, other = (form.cleaned_data for form in forms_)
    return bool(one["starts"] < other["ends"] and other["starts"] < one["ends"])
