"""What the press desk types. Messages say what to do."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from meetings.models import PressContact, Stop
from press.models import Journalist, MediaKind, Photo, PressRelease
from regions.models import Language, Region

MOST_PHOTOS = 10
LEFT = {"dir": "ltr"}


def public_stops() -> Any:
    return Stop.objects.public().filter(tour__is_current=True).order_by("date", "rank")


class StopField(forms.ModelChoiceField):
    def __init__(self) -> None:
        super().__init__(
            queryset=Stop.objects.none(), required=False, label=_("Étape"), empty_label=_("Toute la tournée")
        )


class WithEmbargo(forms.Form):
    """A stop, and the moment before which nobody reads it."""

    embargo_on = forms.DateField(
        label=_("Embargo : jour"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **LEFT}),
        help_text=_("Laissez vide pour que tout le monde lise dès la publication."),
        error_messages={"invalid": _("Saisissez le jour de l’embargo, par exemple 03/12/2026.")},
    )
    embargo_at = forms.TimeField(
        label=_("Embargo : heure du Maroc"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", **LEFT}),
        error_messages={"invalid": _("Saisissez l’heure de l’embargo, par exemple 18:00.")},
    )
    stop = StopField()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["stop"].queryset = public_stops()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if bool(said.get("embargo_on")) != bool(said.get("embargo_at")) and not self.errors:
            self.add_error(
                "embargo_at" if said.get("embargo_on") else "embargo_on",
                _("Un embargo a un jour et une heure, ou ni l’un ni l’autre."),
            )
        return said


class CommuniqueForm(WithEmbargo):
    language = forms.ChoiceField(label=_("Langue"), choices=Language)
    title = forms.CharField(
        label=_("Titre"), max_length=200, error_messages={"required": _("Saisissez le titre du communiqué.")}
    )
    body = forms.CharField(
        label=_("Texte"),
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Une ligne vide sépare deux paragraphes."),
        error_messages={"required": _("Saisissez le texte du communiqué.")},
    )
    document = forms.FileField(
        label=_("Le même en PDF"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
        help_text=_("10 Mo au plus. L’auteur et le programme qui l’a écrit en sont effacés."),
    )
    without_document = forms.BooleanField(label=_("Retirer le PDF"), required=False)

    field_order = (
        "language",
        "title",
        "body",
        "document",
        "without_document",
        "stop",
        "embargo_on",
        "embargo_at",
    )

    @classmethod
    def of(cls, release: PressRelease) -> "CommuniqueForm":
        names = ("language", "title", "body", "stop", "embargo_on", "embargo_at")
        return cls(initial={name: getattr(release, name) for name in names})

    @property
    def written(self) -> dict[str, Any]:
        return {n: v for n, v in self.cleaned_data.items() if n not in ("document", "without_document")}


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """One photo or several, as a telephone sends them."""

    widget = SeveralFiles(attrs={"accept": "image/jpeg,image/png,image/webp"})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        chosen = data if isinstance(data, list | tuple) else [data]
        if len(chosen) > MOST_PHOTOS:
            raise ValidationError(_("Dix photos au plus à la fois : envoyez les autres ensuite."))
        return [super(PhotosField, self).clean(one, initial) for one in chosen]


class PhotosForm(forms.Form):
    """Photos as they are sent, with what they have in common."""

    photos = PhotosField(
        label=_("Photos"),
        help_text=_(
            "JPEG, PNG ou WebP, 25 Mo au plus chacune, dix à la fois. Le lieu et l’appareil sont effacés."
        ),
        error_messages={"required": _("Choisissez au moins une photo."), "empty": _("Cette photo est vide.")},
    )
    credit = forms.CharField(
        label=_("Crédit"), max_length=120, error_messages={"required": _("Indiquez le crédit de ces photos.")}
    )
    rights = forms.CharField(
        label=_("Droits d’utilisation"),
        max_length=300,
        help_text=_("Par exemple : libre pour la presse, avec mention du crédit."),
        error_messages={"required": _("Indiquez ce que la presse peut faire de ces photos.")},
    )
    stop = StopField()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["stop"].queryset = public_stops()  # type: ignore[attr-defined]


class PhotoForm(WithEmbargo):
    alt_fr = forms.CharField(
        label=_("Ce que montre la photo, en français"),
        max_length=300,
        required=False,
        help_text=_("Lu à voix haute à qui ne la voit pas. Des fonctions, pas de noms."),
    )
    alt_ar = forms.CharField(
        label=_("… en arabe"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"dir": "rtl", "lang": "ar"}),
    )
    alt_en = forms.CharField(
        label=_("… en anglais"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"lang": "en", **LEFT}),
    )
    credit = forms.CharField(label=_("Crédit"), max_length=120, required=False)
    rights = forms.CharField(label=_("Droits d’utilisation"), max_length=300, required=False)

    field_order = ("alt_fr", "alt_ar", "alt_en", "credit", "rights", "stop", "embargo_on", "embargo_at")

    @classmethod
    def of(cls, photo: Photo) -> "PhotoForm":
        return cls(initial={name: getattr(photo, name) for name in cls.field_order})


class ContactForm(forms.ModelForm):
    """A press contact; verified, it reaches somebody."""

    class Meta:
        model = PressContact
        fields = (
            *("organisation_fr", "organisation_ar", "organisation_en"),
            *("function_fr", "function_ar", "function_en"),
            *("phone", "email", "hours_fr", "hours_ar", "hours_en", "verified"),
        )
        widgets = {
            "phone": forms.TextInput(attrs={"type": "tel", **LEFT}),
            "email": forms.EmailInput(attrs=LEFT),
            **{f"{n}_ar": forms.TextInput(attrs={"dir": "rtl", "lang": "ar"})
               for n in ("organisation", "function", "hours")},
        }  # fmt: skip
        labels = {"verified": _("Vérifié : le public peut le lire")}
        error_messages = {
            "email": {"invalid": _("Saisissez une adresse complète, par exemple nom@exemple.example.")}
        }

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("verified") and not (said.get("phone") or said.get("email")):
            self.add_error("phone", _("Un contact vérifié a un téléphone ou une adresse électronique."))
        return said


class JournalistForm(forms.Form):
    name = forms.CharField(
        label=_("Nom et prénom"), max_length=120, error_messages={"required": _("Saisissez le nom.")}
    )
    name_ar = forms.CharField(
        label=_("Nom en arabe"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"dir": "rtl", "lang": "ar"}),
    )
    outlet = forms.CharField(
        label=_("Média"), max_length=120, error_messages={"required": _("Saisissez le média.")}
    )
    kind = forms.ChoiceField(label=_("Type de média"), choices=MediaKind, initial=MediaKind.OTHER)
    function = forms.CharField(label=_("Fonction"), max_length=120, required=False)
    email = forms.EmailField(
        label=_("Adresse électronique"),
        required=False,
        widget=forms.EmailInput(attrs={**LEFT, "autocomplete": "off"}),
        error_messages={"invalid": _("Saisissez une adresse complète, par exemple nom@exemple.example.")},
    )
    phone = PhoneNumberField(
        label=_("Téléphone"),
        region="MA",
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", **LEFT}),
        error_messages={
            "invalid": _("Saisissez un numéro de téléphone complet, par exemple 05 00 00 00 00.")
        },
    )
    language = forms.ChoiceField(label=_("Langue des courriels"), choices=Language)
    region = forms.ModelChoiceField(
        label=_("Région"),
        queryset=Region.objects.order_by("code"),
        required=False,
        empty_label=_("Presse nationale"),
    )
    source = forms.CharField(
        label=_("Source de la donnée"),
        max_length=200,
        error_messages={"required": _("Indiquez d’où vient cette fiche.")},
    )
    legal_basis = forms.CharField(
        label=_("Base légale"),
        max_length=200,
        error_messages={"required": _("Indiquez sur quelle base légale cette fiche est tenue.")},
    )
    active = forms.BooleanField(label=_("En activité"), required=False, initial=True)

    @classmethod
    def of(cls, journalist: Journalist) -> "JournalistForm":
        return cls(initial={name: getattr(journalist, name) for name in cls.base_fields})

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not (said.get("email") or said.get("phone") or {"email", "phone"} & set(self.errors)):
            self.add_error("email", _("Indiquez une adresse électronique ou un téléphone."))
        return said
