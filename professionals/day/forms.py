"""What is typed at the door."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from professionals import consent
from professionals.forms import PersonForm
from professionals.walk_ins import WalkIn


class WalkInForm(PersonForm):
    """Four fields, filled by whoever stands at the door while the person says them."""

    notice = forms.BooleanField(
        error_messages={"required": _("Lisez la notice à la personne, puis cochez cette case.")},
        label=_("Je l’ai lue à la personne, qui l’accepte."),
    )

    field_order = ["name", "organisation", "phone", "category", "notice"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("name", "organisation", "phone"):
            # The telephone is the staff's: its own owner's details are of no use here.
            self.fields[name].widget.attrs["autocomplete"] = "off"

    @property
    def notice_text(self) -> str:
        return consent.wording(self.language)

    def walk_in(self) -> WalkIn:
        cleaned = self.cleaned_data
        return WalkIn(
            name=cleaned["name"],
            organisation=cleaned["organisation"],
            phone=cleaned["phone"],
            category=cleaned["category"],
            language=self.language,
        )
