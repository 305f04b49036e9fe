"""Who may ask for a seat at a stop, what is held back for whom: one page, done by one button."""

from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings import access, attendance, held_seats
from meetings.admin.stop_pages import StopPage
from meetings.lifecycle import Preview, Refused
from meetings.models import Access, HeldFor, HeldSeats, Meeting, MeetingKind, Stop, StopStatus

Held = tuple[str, Meeting | None]


class AccessForm(forms.Form):
    """The rules, then a row of three fields for each audience, at the stop and in each workshop."""

    access = forms.ChoiceField(label=gettext_lazy("accès"), choices=Access.choices)
    per_organisation = forms.IntegerField(
        label=gettext_lazy("places par établissement, au plus"), required=False, min_value=1, max_value=1000
    )
    offer_minutes = forms.IntegerField(
        label=gettext_lazy("délai pour prendre une place offerte (minutes)"), min_value=5, max_value=1440
    )

    def __init__(self, data: Mapping[str, Any] | None, *, stop: Stop) -> None:
        super().__init__(data, initial={name: getattr(stop, name) for name in access.FIELDS})
        held = {(row.audience, row.meeting_id): row for row in held_seats.held(stop) if not row.released_at}
        workshops = stop.meetings.filter(kind=MeetingKind.WORKSHOP, seats__isnull=False)
        self.rows: dict[str, Held] = {}
        for meeting in (None, *workshops):
            for audience in HeldFor:
                name = f"{audience}_{meeting.pk if meeting else 'stop'}"
                self.rows[name] = (audience.value, meeting)
                row = held.get((audience.value, meeting.pk if meeting else None))
                self._add(name, f"{meeting} – {audience.label}" if meeting else str(audience.label), row)

    def _add(self, name: str, label: str, row: HeldSeats | None) -> None:
        self.fields[f"{name}_seats"] = forms.IntegerField(
            label=_("Réservées : %(audience)s") % {"audience": label},
            min_value=0,
            max_value=5000,
            required=False,
            initial=row.seats if row else None,
        )
        self.fields[f"{name}_day"] = forms.DateField(
            label=_("… libérées le (facultatif)"),
            required=False,
            initial=row.release_on if row else None,
            widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        )
        self.fields[f"{name}_hour"] = forms.TimeField(
            label=_("… à (heure du Maroc)"),
            required=False,
            initial=row.release_hour if row else None,
            widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in self.rows:
            if (cleaned.get(f"{name}_day") is None) != (cleaned.get(f"{name}_hour") is None):
                self.add_error(f"{name}_day", _("Indiquez le jour et l’heure, ou aucun des deux."))
        return cleaned

    def changed(self) -> Iterator[tuple[str, Meeting | None, int, tuple[date, time] | None]]:
        """Audience, workshop, seats and moment of release of the rows that were changed."""
        for name, (audience, meeting) in self.rows.items():
            if not {f"{name}_{part}" for part in ("seats", "day", "hour")} & set(self.changed_data):
                continue
            day = self.cleaned_data[f"{name}_day"]
            release = (day, self.cleaned_data[f"{name}_hour"]) if day else None
            yield audience, meeting, self.cleaned_data[f"{name}_seats"] or 0, release


class AccessPage(StopPage):
    address = "acces"
    label = gettext_lazy("Accès et places réservées")
    statuses = (StopStatus.DRAFT, StopStatus.PUBLISHED, StopStatus.POSTPONED)
    confirm = gettext_lazy("Enregistrer")
    done = gettext_lazy("%(stop)s : l’accès et les places réservées sont enregistrés.")
    asks_first = True

    def form(self, stop: Stop, data: Mapping[str, Any] | None) -> AccessForm:
        return AccessForm(data, stop=stop)

    def preview(self, stop: Stop, form: forms.Form) -> Preview:
        taken = attendance.taken_at(stop)
        said = _(
            "%(seats)d places : %(seated)d attribuées, %(held)d réservées ou offertes, "
            "%(waiting)d personnes en attente."
        ) % {"seats": stop.seats, "seated": taken.seated, "held": taken.held, "waiting": taken.waiting}
        return Preview([], {}, [said], [])

    def do(self, stop: Stop, form: Any) -> None:
        by: Any = self.request.user
        access.change(stop, by=by, **{name: form.cleaned_data[name] for name in access.FIELDS})
        try:
            for audience, meeting, seats, release in form.changed():
                held_seats.hold(stop, audience, seats, by=by, meeting=meeting, release=release)
        except held_seats.CannotHold as error:
            raise Refused([error.problem]) from error
