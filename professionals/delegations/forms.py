"""What is typed about a delegation: how many places, all or in part, and who comes."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from professionals.delegations.asking import FEWEST, MOST
from professionals.forms import AddressField, ColleagueForm, MobileField, RegistrationForm
from professionals.seat_requests import Details

WHOLE, PART = "toutes", "partie"


class PlacesField(forms.IntegerField):
    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("Nombre de places"),
            min_value=FEWEST,
            max_value=MOST,
            widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}),
            error_messages={
                "required": _("Saisissez le nombre de places."),
                "invalid": _("Saisissez un nombre, en chiffres."),
                "min_value": _("Pour une seule personne, remplissez la demande de place."),
                "max_value": _("Pour plus de %(limit_value)s places, appelez le contact de l’étape."),
            },
            **options,
        )


class AllOrPartField(forms.ChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("S’il n’y a pas assez de places"),
            choices=(
                (PART, _("Prendre celles qu’il y a, et attendre les autres")),
                (WHOLE, _("Attendre qu’elles y soient toutes")),
            ),
            widget=forms.RadioSelect,
            error_messages={
                "required": _("Choisissez l’une des deux réponses."),
                "invalid_choice": _("Choisissez l’une des deux réponses."),
            },
            **options,
        )


class DelegationForm(RegistrationForm):
    """The same screen as for one person, and how many places."""

    places = PlacesField()
    whole = AllOrPartField(initial=PART)

    field_order = ["organisation", "category", "places", "whole", "name", "phone", "email", "consent"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].label = _("Votre prénom et votre nom")
        self.fields["email"].help_text = _(
            "Le lien pour confirmer, puis pour nommer les personnes, y est envoyé."
        )

    def allow_at_most(self, places: int) -> None:
        """More was asked for than an establishment may have at this stop."""
        words = ngettext(
            "Un établissement a au plus %(count)d place à cette étape.",
            "Un établissement a au plus %(count)d places à cette étape.",
            places,
        )
        self.add_error("places", words % {"count": places})

    def details(self) -> Details:
        cleaned = self.cleaned_data
        return replace(super().details(), places=cleaned["places"], whole=cleaned["whole"] == WHOLE)


class NamedForm(ColleagueForm):
    """Somebody who comes for a delegation: their name, and how to reach them where that is known."""

    email = AddressField(
        label=_("Adresse électronique"),
        max_length=254,
        required=False,
        help_text=_(
            "Place, badge et lien personnel y sont envoyés. Sans adresse, l’accueil retrouve la personne par "
            "son nom."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "dir": "ltr"}),
        error_messages={"invalid": _("Saisissez une adresse complète, ou laissez le champ vide.")},
    )
    phone = MobileField(
        label=_("Mobile"),
        region="MA",
        required=False,
        widget=forms.TextInput(
            attrs={"type": "tel", "autocomplete": "off", "dir": "ltr", "inputmode": "tel"}
        ),
        error_messages={
            "invalid": _("Saisissez un numéro complet, avec l’indicatif du pays s’il n’est pas marocain."),
        },
    )

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        return str(phone.as_e164) if phone else ""


class FewerForm(forms.Form):
    """How many places are still wanted, of so many."""

    places = forms.IntegerField(
        label=_("Nombre de places"),
        min_value=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}),
        error_messages={
            "required": _("Saisissez le nombre de places."),
            "invalid": _("Saisissez un nombre, en chiffres."),
            "min_value": _("Pour n’en garder aucune, annulez la demande."),
        },
    )
