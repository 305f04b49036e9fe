"""What people type about themselves. Messages say what to do."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from professionals import channels, consent, fill_time, names
from professionals.categories import CategoryField
from professionals.models import Professional
from professionals.seat_requests import Details
from regions.models import Language

LONGEST_USER = 64  # RFC 5321, 4.5.3.1.1


class TextField(forms.CharField):
    """A line as typed, without what cannot be seen; what is measured is what is kept."""

    def to_python(self, value: Any) -> str:
        return _seen(super().to_python(value))


class MobileField(PhoneNumberField):
    """A number as people write it, or copy it: with thin spaces and turned directions."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(_seen(value))


class AddressField(forms.EmailField):
    """An address in the world that can be written to. Whoever copies one brings invisible marks along."""

    def to_python(self, value: Any) -> str:
        return _seen(super().to_python(value)).lower()

    def run_validators(self, value: str) -> None:
        super().run_validators(value)
        if not value:
            return
        user, _at, domain = value.rpartition("@")
        outside = "." in domain and not domain.startswith("[")  # not our own server's mailboxes
        if len(user) > LONGEST_USER or not user.isascii() or not outside:
            raise ValidationError(self.error_messages["invalid"], code="invalid")


class PersonForm(forms.Form):
    """Who somebody is."""

    name = TextField(
        label=_("Prénom et nom"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
        error_messages={"required": _("Saisissez votre prénom et votre nom.")},
    )
    organisation = TextField(
        label=_("Établissement"),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "organization", "dir": "auto"}),
        error_messages={"required": _("Saisissez le nom de votre établissement.")},
    )
    category = CategoryField(
        label=_("Catégorie"),
        error_messages={
            "required": _("Choisissez la catégorie de votre établissement."),
            "invalid_choice": _("Choisissez une catégorie de la liste."),
        },
    )
    phone = MobileField(
        label=_("Mobile"),
        region="MA",
        # No number breaks at the end of a line.
        help_text=format_lazy(
            _("Numéro marocain ou étranger, par exemple {home} ou {abroad}."),
            home="06\u00a012\u00a034\u00a056\u00a078",
            abroad="+33\u00a06\u00a012\u00a034\u00a056\u00a078",
        ),
        widget=forms.TextInput(
            attrs={"type": "tel", "autocomplete": "tel", "dir": "ltr", "inputmode": "tel"}
        ),
        error_messages={
            "required": _("Saisissez votre numéro de mobile."),
            "invalid": _("Saisissez un numéro complet, avec l’indicatif du pays s’il n’est pas marocain."),
        },
    )

    def __init__(self, *args: Any, language: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.language = language
        category = self.fields["category"]
        assert isinstance(category, CategoryField)  # noqa: S101 (declared above)
        category.fill(language)

    def clean_name(self) -> str:
        return _readable(self.cleaned_data["name"], 2, _("Saisissez votre prénom et votre nom."))

    def clean_organisation(self) -> str:
        # One letter may do: there are hotels called W.
        return _readable(self.cleaned_data["organisation"], 1, _("Saisissez le nom de votre établissement."))

    def clean_phone(self) -> str:
        return str(self.cleaned_data["phone"].as_e164)


class RegistrationForm(PersonForm):
    """One screen, filled in under a minute on a telephone."""

    email = AddressField(
        label=_("Adresse électronique"),
        max_length=254,
        help_text=_("Votre lien de confirmation et vos rappels y sont envoyés."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
        error_messages={
            "required": _("Saisissez votre adresse électronique."),
            "invalid": _("Saisissez une adresse complète, par exemple nom@exemple.example."),
        },
    )
    consent = forms.BooleanField(
        error_messages={"required": _("Acceptez l’usage de vos données pour cette inscription.")}
    )
    consent_version = forms.CharField(max_length=20, widget=forms.HiddenInput, required=False)
    form_stamp = forms.CharField(max_length=200, widget=forms.HiddenInput, required=False)
    # Filled from the address; whatever else stands there is nobody's channel, and no error.
    channel = forms.CharField(max_length=20, widget=forms.HiddenInput, required=False)
    # Hidden from people (see the template); machines fill it in.
    website = forms.CharField(
        label=_("Laissez ce champ vide"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    field_order = ["name", "organisation", "category", "phone", "email", "consent"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["consent"].label = consent.wording(self.language)
        self.fields["consent_version"].initial = consent.CURRENT
        self.fields["form_stamp"].initial = fill_time.stamp()
        self.form_id = ""

    @property
    def is_a_machine(self) -> bool:
        return bool(self.data.get(self.add_prefix("website")))

    def clean_channel(self) -> str:
        return channels.read(self.cleaned_data["channel"])

    def clean_consent_version(self) -> str:
        """What was shown is what counts. A wording that is no longer shown is to be read anew."""
        if self.cleaned_data["consent_version"] != consent.CURRENT:
            self._show_anew("consent_version", consent.CURRENT)
            self._show_anew("consent", "")
            raise ValidationError(_("Le texte du consentement a changé : relisez-le et envoyez de nouveau."))
        return consent.CURRENT

    def clean_form_stamp(self) -> str:
        try:
            self.form_id = fill_time.check(self.cleaned_data["form_stamp"])
        except fill_time.TooFast:
            raise ValidationError(_("Un instant : vérifiez vos réponses et envoyez de nouveau.")) from None
        except fill_time.TooOld:
            self._show_anew("form_stamp", fill_time.stamp())
            raise ValidationError(
                _("Ce formulaire est resté ouvert longtemps : vérifiez vos réponses et envoyez de nouveau.")
            ) from None
        return self.form_id

    def clean(self) -> dict[str, Any]:
        """Errors of hidden fields have no field to lead to: they stand above the form."""
        for name in ("consent_version", "form_stamp", "channel"):
            for message in self._errors.pop(name, []):
                self.add_error(None, message)
        return self.cleaned_data

    def refuse(self, message: str) -> None:
        """Show what was typed with one error above it, and look at nothing else."""
        self._errors = ErrorDict(renderer=self.renderer)
        self.cleaned_data = {}
        self.add_error(None, message)

    def details(self) -> Details:
        cleaned = self.cleaned_data
        return Details(
            name=cleaned["name"],
            email=cleaned["email"],
            phone=cleaned["phone"],
            organisation=cleaned["organisation"],
            category=cleaned["category"],
            language=self.language,
            consent_version=cleaned["consent_version"],
            channel=cleaned["channel"],
        )

    def _show_anew(self, name: str, value: str) -> None:
        self.data = {**dict(self.data.items()), self.add_prefix(name): value}


# One sentence for every reason: nobody learns from it who is registered, and where.
CANNOT_TAKE = _(
    "Cette personne ne peut pas recevoir cette place : vérifiez son nom et son adresse, "
    "ou appelez le contact."
)


class ColleagueForm(forms.Form):
    """A colleague who comes: how they are called and reached."""

    name = TextField(
        label=_("Prénom et nom"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        error_messages={"required": _("Saisissez le prénom et le nom de cette personne.")},
    )
    email = AddressField(
        label=_("Adresse électronique"),
        max_length=254,
        help_text=_("Sa place, son badge et son lien personnel y sont envoyés."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "dir": "ltr"}),
        error_messages={
            "required": _("Saisissez l’adresse électronique de cette personne."),
            "invalid": _("Saisissez une adresse complète, par exemple nom@exemple.example."),
        },
    )
    phone = MobileField(
        label=_("Mobile"),
        region="MA",
        widget=forms.TextInput(
            attrs={"type": "tel", "autocomplete": "off", "dir": "ltr", "inputmode": "tel"}
        ),
        error_messages={
            "required": _("Saisissez le numéro de mobile de cette personne."),
            "invalid": _("Saisissez un numéro complet, avec l’indicatif du pays s’il n’est pas marocain."),
        },
    )

    def clean_name(self) -> str:
        return _readable(self.cleaned_data["name"], 2, _("Saisissez le prénom et le nom de cette personne."))

    def clean_phone(self) -> str:
        return str(self.cleaned_data["phone"].as_e164)


class CorrectionForm(PersonForm):
    """What a registered person may correct of themselves.

    A link may be passed on: what is filled in beforehand is the establishment, not the name or the
    number. Left empty, they stay as they are.
    """

    person_language = forms.ChoiceField(label=_("Langue de vos messages"), choices=Language.choices)

    field_order = ["name", "organisation", "category", "phone", "person_language"]

    def __init__(self, *args: Any, person: Professional, **options: Any) -> None:
        initial = {
            "organisation": person.organisation.name,
            "category": str(person.organisation.category_id),
            "person_language": person.language,
        }
        super().__init__(*args, initial=initial, **options)
        self.person = person
        for name, hint in (
            ("name", _("Laissez vide pour garder votre nom.")),
            ("phone", _("Laissez vide pour garder votre numéro. Marocain ou étranger, avec l’indicatif.")),
        ):
            self.fields[name].required = False
            self.fields[name].help_text = hint

    def clean_name(self) -> str:
        return super().clean_name() if self.cleaned_data["name"] else self.person.name

    def clean_phone(self) -> str:
        return super().clean_phone() if self.cleaned_data["phone"] else str(self.person.phone)

    def corrections(self) -> dict[str, Any]:
        """As `people.correct` takes them."""
        cleaned = self.cleaned_data
        return {
            "name": cleaned["name"],
            "organisation": cleaned["organisation"],
            "category": cleaned["category"],
            "phone": cleaned["phone"],
            "language": cleaned["person_language"],
        }


def _seen(value: Any) -> str:
    """What a reader sees of it. A null character stays: the field refuses it by name."""
    text = str(value or "")
    return text if "\x00" in text else names.clean(text)


def _readable(text: str, signs: int, message: Any) -> str:
    """As typed, with so many letters or digits at least."""
    if len(names.normalise(text).replace(" ", "")) < signs:
        raise ValidationError(message)
    return text
