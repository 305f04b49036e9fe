"""When an order to invite begins, as staff say it: a day and an hour in Morocco, or at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings import campaigns
from meetings.models import Stop
from regions import legal_time


class MomentForm(forms.Form):
    """Empty is at once; `moment` answers the instant."""

    starts_day = forms.DateField(
        label=gettext_lazy("Départ le"),
        help_text=gettext_lazy("Sans jour ni heure, l’envoi commence tout de suite."),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages=dict.fromkeys(("invalid", "required"), gettext_lazy("Saisissez un jour.")),
    )
    starts_hour = forms.TimeField(
        label=gettext_lazy("à (heure du Maroc)"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        error_messages=dict.fromkeys(("invalid", "required"), gettext_lazy("Saisissez une heure.")),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, stop: Stop, **options: Any) -> None:
        super().__init__(data, **options)
        self.stop = stop

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day, hour = cleaned.get("starts_day"), cleaned.get("starts_hour")
        if self.errors.keys() & {"starts_day", "starts_hour"}:
            return cleaned
        if bool(day) != bool(hour):
            missing = "starts_hour" if day else "starts_day"
            self.add_error(missing, _("Indiquez le jour et l’heure, ou aucun des deux."))
        elif day and hour:
            try:
                campaigns.check_moment(self.stop, legal_time.instant(day, hour))
            except campaigns.WrongMoment:
                self.add_error("starts_day", _("Choisissez un moment à venir, avant le début de l’étape."))
        return cleaned

    def moment(self) -> datetime | None:
        day, hour = self.cleaned_data.get("starts_day"), self.cleaned_data.get("starts_hour")
        return legal_time.instant(day, hour) if day and hour else None


class MoveForm(MomentForm):
    """Another moment, which has to be said: beginning at once is a button of its own."""

    def __init__(self, data: Mapping[str, Any] | None, *, stop: Stop, **options: Any) -> None:
        super().__init__(data, stop=stop, **options)
        for name in ("starts_day", "starts_hour"):
            self.fields[name].required = True
        self.fields["starts_day"].help_text = ""
