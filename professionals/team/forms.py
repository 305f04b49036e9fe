"""What the team writes down of people on the telephone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from professionals import assisted, consent, people
from professionals.delegations.forms import PART, AllOrPartField, PlacesField
from professionals.forms import AddressField, PersonForm
from regions.models import Language


class EmptyAddressField(AddressField):
    """An address, or nothing: whoever has none is known by mobile and name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("Adresse électronique"),
            max_length=254,
            required=False,
            widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "off"}),
            error_messages={"invalid": _("Saisissez une adresse complète, ou laissez le champ vide.")},
            **options,
        )


class CallForm(PersonForm):
    """A person on the telephone: what they say of themselves, and their yes to the notice read to them."""

    email = EmptyAddressField(help_text=_("Sans adresse : le lien se transmet par WhatsApp ou sur papier."))
    spoken = forms.ChoiceField(
        label=_("Langue de la personne"),
        choices=Language.choices,
        help_text=_("Celle de la notice lue, de ses messages et de sa page."),
    )
    agreed = forms.BooleanField(
        label=_("J’ai lu la notice à la personne, qui accepte."),
        error_messages={"required": _("Lisez la notice à la personne et notez son accord.")},
    )
    notice = forms.CharField(max_length=20, widget=forms.HiddenInput, required=False)

    field_order = ["phone", "name", "organisation", "category", "email", "spoken", "agreed"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["notice"].initial = consent.READ_ALOUD
        self.fields["name"].error_messages["required"] = _("Saisissez le prénom et le nom de la personne.")
        self.fields["phone"].help_text = _("Obligatoire : il tient lieu d’adresse à qui n’en a pas.")
        for name in ("name", "phone", "organisation"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        """A notice that is no longer the one on the page was not read."""
        if self.cleaned_data.get("notice") != consent.READ_ALOUD:
            self.data = {**dict(self.data.items()), "notice": consent.READ_ALOUD, "agreed": ""}
            self.add_error(None, _("Le texte de la notice a changé : relisez-la à la personne."))
        return self.cleaned_data

    def told(self) -> people.Told:
        cleaned = self.cleaned_data
        return assisted.said(
            name=cleaned["name"],
            phone=cleaned["phone"],
            organisation=cleaned["organisation"],
            category=cleaned["category"],
            language=cleaned["spoken"],
            email=cleaned["email"],
        )


class SeveralCallForm(CallForm):
    """Somebody on the telephone who asks for places for their establishment."""

    places = PlacesField()
    whole = AllOrPartField(initial=PART)

    field_order = [
        "phone",
        "name",
        "organisation",
        "category",
        "places",
        "whole",
        "email",
        "spoken",
        "agreed",
    ]


class SpelledAddressForm(forms.Form):
    """The address of a request, as its author spells it on the telephone."""

    email = EmptyAddressField(
        help_text=_("Faites-la épeler et corrigez-la au besoin ; videz le champ si la personne n’en a pas.")
    )


class RightAddressForm(forms.Form):
    email = EmptyAddressField(
        help_text=_("Videz le champ si la personne n’a pas d’adresse : elle sera prévenue par téléphone.")
    )
