"""What came of a stop, below it once it was held. Like every row it is the draft: a release publishes it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from meetings.admin.seen import SeenForm
from meetings.admin.tours import in_three_languages
from meetings.models import Outcome, Stop, StopStatus
from meetings.models.outcome import NOT_HELD, PARTS


class OutcomeInline(admin.StackedInline):
    model = Outcome
    form = SeenForm
    extra = 1
    fields = ("seen", *(in_three_languages(part) for part in PARTS))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name.startswith(PARTS):
            rows = 4 if db_field.name.startswith("summary") else 8
            kwargs["widget"] = forms.Textarea(attrs={"rows": rows, "cols": 30})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


def has_one(stop: Stop | None) -> bool:
    return stop is not None and stop.status == StopStatus.HELD


# In its place, below a stop that was not held.
NOT_YET = (gettext_lazy("Bilan"), {"fields": (), "description": NOT_HELD})
