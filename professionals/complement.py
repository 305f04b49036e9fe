"""What the personal page asks for after the first screen: each field optional and saved by itself.

A link may be passed on: a field says whether it was filled in, not what with.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from professionals import consent, contributions, names, people
from professionals.forms import TextField
from professionals.models import Professional, Registration
from regions.models import Province

ICE_DIGITS = 15
ICE_MODULUS = 97


@dataclass(slots=True)
class Part:
    """One field of the page with its own form."""

    name: str
    form: forms.Form
    filled: bool
    question: str = ""  # what was typed and is asked about, to be sent again as it is

    @property
    def field(self) -> forms.BoundField:
        return self.form["value"]


class LineForm(forms.Form):
    """One line of text; `question` is the value that looks wrong, where it may be right all the same."""

    question = ""

    def __init__(self, *args: Any, label: Any, hint: Any = "", arabic: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        attrs = {"dir": "rtl", "lang": "ar"} if arabic else {"dir": "auto"}
        self.fields["value"] = TextField(
            label=label,
            max_length=120,
            help_text=hint,
            widget=forms.TextInput(attrs=attrs | {"autocomplete": "off"}),
            error_messages={"required": _("Saisissez votre réponse, puis enregistrez.")},
        )


class IceForm(LineForm):
    def clean_value(self) -> str:
        """15 digits. The key of some numbers in use is not what the rule says: that is only asked about."""
        value = names.normalise(self.cleaned_data["value"]).replace(" ", "")
        if not (value.isascii() and value.isdigit() and len(value) == ICE_DIGITS):
            raise ValidationError(
                _("L’ICE compte 15 chiffres : vérifiez-le sur un document de l’entreprise.")
            )
        if int(value) % ICE_MODULUS and self.data.get("sure") != value:
            self.question = value
            raise ValidationError(
                _("Ce numéro a bien 15 chiffres, mais sa clé de contrôle étonne : est-ce bien le vôtre ?")
            )
        return value


class ProvinceForm(forms.Form):
    def __init__(self, *args: Any, region: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["value"] = forms.ModelChoiceField(
            Province.objects.filter(region=region).order_by("code_hcp"),
            label=_("Province ou préfecture"),
            empty_label=_("Choisir"),
            error_messages={
                "required": _("Choisissez une province ou une préfecture."),
                "invalid_choice": _("Choisissez une province ou une préfecture de la liste."),
            },
        )


class NewsForm(forms.Form):
    def __init__(self, *args: Any, language: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["value"] = forms.BooleanField(
            label=consent.wording(language, version=consent.NEWS),
            error_messages={"required": _("Cochez la case pour recevoir des nouvelles.")},
        )


class ExpectationForm(forms.Form):
    value = forms.CharField(
        label=_("Ce que vous attendez de cette rencontre et du plan de relance"),
        max_length=contributions.LONGEST,
        help_text=_("Avec vos mots, en 2000 signes au plus. Vous pouvez la retirer."),
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        error_messages={"required": _("Écrivez ce que vous attendez, puis enregistrez.")},
    )


def parts(registration: Registration, language: str, *, sent: str = "", data: Any = None) -> dict[str, Part]:
    """Every field by name; the one that was sent is bound to `data`."""
    person = registration.professional
    makers: dict[str, Callable[..., forms.Form]] = {
        "function": lambda *a, **k: LineForm(*a, label=_("Fonction"), **k),
        "name_ar": lambda *a, **k: LineForm(*a, label=_("Nom en arabe"), arabic=True, **k),
        "function_ar": lambda *a, **k: LineForm(*a, label=_("Fonction en arabe"), arabic=True, **k),
        "province": lambda *a, **k: ProvinceForm(*a, region=registration.stop.region_id, **k),
        "ice": lambda *a, **k: IceForm(
            *a,
            label=_("ICE de votre établissement"),
            hint=_("Identifiant commun de l’entreprise, 15 chiffres."),
            **k,
        ),
        "expectation": lambda *a, **k: ExpectationForm(*a, **k),
    }
    if person.email:
        makers["news"] = lambda *a, **k: NewsForm(*a, language=language, **k)
    return {
        name: Part(name, make(data if sent == name else None, prefix=name), _filled(person, name))
        for name, make in makers.items()
    }


def save(registration: Registration, part: Part, *, language: str) -> bool:
    """Write the part down if it is right. Raises contributions.TooMany."""
    if not part.form.is_valid():
        part.question = getattr(part.form, "question", "")
        return False
    value, person = part.form.cleaned_data["value"], registration.professional
    if part.name == "expectation":
        contributions.say(registration, value, language=language)
    elif part.name == "news":
        people.want_news(person, language=language)
    else:
        people.complete(person, **{part.name: value})
    return True


def clear(registration: Registration, part: Part) -> None:
    """Take an answer back."""
    person = registration.professional
    if part.name == "news":
        people.want_no_news(person)
    elif part.name != "expectation":
        people.complete(person, **{part.name: None if part.name == "province" else ""})


def _filled(person: Professional, name: str) -> bool:
    if name == "news":
        return person.news_at is not None
    return name != "expectation" and bool(getattr(person, f"{name}_id" if name == "province" else name))
