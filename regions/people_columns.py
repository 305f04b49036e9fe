"""How the columns of a table of officials are named, and how their cells are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import to_python

from regions.models import Body, Language, Region
from regions.sheets import FAILURES, LOST, NOTHING, Row, Unreadable, folded

# Field of an official -> its headings; the first one is what documents and messages say.
HEADINGS: dict[str, tuple[str, ...]] = {
    "body": ("institution", "organisme", "entité", "body"),
    "function_fr": ("fonction", "fonction (fr)", "fonction en français", "qualité", "poste", "function"),
    "region": ("région", "code région", "region", "الجهة", "جهة"),
    "name": ("nom", "nom et prénom", "nom complet", "nom (fr)", "name"),
    "first_name": ("prénom", "first name"),
    "name_ar": ("nom en arabe", "nom (ar)", "nom arabe", "الاسم", "الاسم الكامل"),
    "function_ar": ("fonction (ar)", "fonction en arabe", "الصفة"),
    "civility": ("civilité", "M./Mme"),
    "title": ("titre", "titre protocolaire"),
    "email": (
        *("adresse électronique", "e-mail", "email", "mail", "courriel"),
        *("adresse e-mail", "adresse email", "adresse mail", "البريد الإلكتروني"),
    ),
    "phone": ("téléphone", "tél.", "GSM", "mobile", "portable", "numéro de téléphone", "الهاتف"),
    "by_letter": ("par courrier", "courrier seulement", "écrire par courrier seulement"),
    "assistant_email": (
        *("adresse du secrétariat", "courriel du secrétariat", "mail du secrétariat"),
        *("adresse de l’assistant", "adresse de l’assistante", "البريد الإلكتروني للكتابة"),
    ),
    "language": ("langue", "langue de correspondance", "language", "اللغة"),
    "protocol_rank": ("rang protocolaire", "rang", "ordre", "ordre protocolaire"),
    "active": ("en fonction", "actif", "active"),
    "source": ("source", "source de la donnée"),
    "legal_basis": ("base légale",),
}
NAMES = {folded(heading): name for name, headings in HEADINGS.items() for heading in headings}
REQUIRED = ("body", "function_fr")
# With the number of the identity card the file would need an authorisation of the CNDP.
FORBIDDEN = {
    "cin",
    "cnie",
    "cni",
    "n cin",
    "numero cin",
    "n cnie",
    "carte nationale",
    "numero de carte nationale",
}
NATIONAL = {"national", "nationale", "maroc", "morocco", "المغرب"}

BODIES: dict[str, Body] = {
    "wilaya": Body.WILAYA,
    "wali": Body.WILAYA,
    "wilaya et provinces": Body.WILAYA,
    "wilaya et prefectures": Body.WILAYA,
    "province": Body.WILAYA,
    "prefecture": Body.WILAYA,
    "autorites locales": Body.WILAYA,
    "conseil de la region": Body.REGIONAL_COUNCIL,
    "conseil regional": Body.REGIONAL_COUNCIL,
    "crt": Body.CRT,
    "conseil regional du tourisme": Body.CRT,
    "ministere": Body.MINISTRY,
    "ministere du tourisme": Body.MINISTRY,
    "delegation du ministere": Body.MINISTRY,
    "delegation regionale du tourisme": Body.MINISTRY,
    "cnt": Body.CNT,
    "federation": Body.CNT,
    "cnt et federations": Body.CNT,
    "confederation nationale du tourisme": Body.CNT,
    "onmt": Body.ONMT,
    "delegation de l onmt": Body.ONMT,
    "office national marocain du tourisme": Body.ONMT,
    "autre": Body.OTHER,
    "autres": Body.OTHER,
    "autres institutions": Body.OTHER,
} | {folded(body.value): body for body in Body}
LANGUAGES = dict.fromkeys(("fr", "francais", "french"), Language.FR)
LANGUAGES |= dict.fromkeys(("ar", "arabe", "arabic", "العربية"), Language.AR)
LANGUAGES |= dict.fromkeys(("en", "anglais", "english"), Language.EN)
YES, NO = {"oui", "yes", "1", "vrai", "x", "نعم"}, {"non", "no", "0", "faux", "لا"}
LARGEST_RANK = 32767


class BadCell(Exception):
    """A cell cannot be taken; the message is the sentence for whoever filled it in."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what."""

    places: Mapping[str, int]
    headings: tuple[str, ...]
    ignored: tuple[str, ...]
    usual: Mapping[str, tuple[str, ...]]  # field -> its headings

    def heading(self, name: str) -> str:
        """What the file calls it, for messages that its author recognises."""
        return self.headings[self.places[name]] if name in self.places else self.usual[name][0]

    def about(self, name: str, words: str) -> str:
        return f"{self.heading(name)} : {words}"

    def cell(self, row: Row, name: str) -> str:
        """What the row says of `name`, "" where it says nothing. Raises BadCell for a formula."""
        place = self.places.get(name)
        text = row.cells[place] if place is not None and place < len(row.cells) else ""
        if place in row.quoted:
            return text
        if text in NOTHING:
            return ""
        if place in row.moments:
            raise BadCell(_("la cellule contient une date ou une heure (« %(text)s »).") % {"text": text})
        if text.upper() in FAILURES:
            raise BadCell(_("la cellule contient l’erreur de calcul « %(text)s ».") % {"text": text})
        if LOST.search(text):
            raise BadCell(
                _("des lettres sont perdues : enregistrez le fichier en « CSV UTF-8 » ou en .xlsx.")
            )
        if place in row.formulas and not (name == "phone" and text.startswith("+")):
            raise BadCell(_("la cellule commence par « %(sign)s » comme une formule.") % {"sign": text[0]})
        return text


def names_of(headings: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Heading as it is compared -> field."""
    return {folded(heading): name for name, all_of_it in headings.items() for heading in all_of_it}


def columns(
    header: tuple[str, ...],
    *,
    usual: Mapping[str, tuple[str, ...]] = HEADINGS,
    required: tuple[str, ...] = REQUIRED,
) -> Columns:
    """Recognise the headings. Raises Unreadable where one is forbidden, missing or there twice."""
    places: dict[str, int] = {}
    known = names_of(usual)
    ignored = []
    for place, heading in enumerate(header):
        if folded(heading) in FORBIDDEN:
            raise Unreadable(
                _(
                    "La colonne « %(heading)s » porte un numéro d’identité, "
                    "que le portail ne recueille pas : retirez-la."
                )
                % {"heading": heading}
            )
        name = known.get(folded(heading))
        if name is None:
            ignored += [heading] if heading else []
        elif name in places:
            raise Unreadable(
                _("Les colonnes « %(one)s » et « %(other)s » disent la même chose : gardez-en une.")
                % {"one": header[places[name]], "other": heading}
            )
        else:
            places[name] = place
    if missing := [usual[name][0] for name in required if name not in places]:
        raise Unreadable(
            _("Colonne absente : %(missing)s. En-têtes lus : %(read)s.")
            % {"missing": ", ".join(missing), "read": ", ".join(filter(None, header)) or "–"}
        )
    return Columns(places, header, tuple(ignored), usual)


def body(text: str) -> str:
    """By its name or the beginning of it: « CRT Dakhla-Oued Ed-Dahab » is the CRT."""
    wanted = folded(text)
    begins = [name for name in BODIES if f"{wanted} ".startswith(f"{name} ")]
    if not begins:
        choices = ", ".join(str(each.label) for each in Body)
        raise BadCell(
            _("« %(text)s » n’est pas l’une de : %(choices)s.") % {"text": text, "choices": choices}
        )
    return str(BODIES[max(begins, key=len)].value)


def language(text: str) -> str:
    found = LANGUAGES.get(folded(text))
    if found is None:
        raise BadCell(_("« %(text)s » n’est ni français, ni arabe, ni anglais.") % {"text": text})
    return str(found.value)


def rank(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= LARGEST_RANK):
        raise BadCell(_("« %(text)s » n’est pas un nombre entier.") % {"text": text[:20]})
    return int(text)


def yes_or_no(text: str) -> bool:
    if folded(text) not in YES | NO:
        raise BadCell(_("répondez par oui ou non."))
    return folded(text) in YES


def phone(text: str) -> str:
    """In E.164; a number of Morocco may lack its zero, which spreadsheets drop."""
    number = to_python(text, region="MA")
    if not number or not number.is_valid():
        raise BadCell(_("« %(text)s » n’est pas un numéro de téléphone complet.") % {"text": text})
    return str(number.as_e164)


READERS: dict[str, Callable[[str], Any]] = {
    "body": body,
    "language": language,
    "protocol_rank": rank,
    "active": yes_or_no,
    "by_letter": yes_or_no,
    "phone": phone,
    "email": str.lower,
    "assistant_email": str.lower,
}


class Regions:
    """The 12 regions by whatever people call them."""

    def __init__(self) -> None:
        self.found: dict[str, Region] = {}
        for row in Region.objects.all():
            for name in (row.code, row.slug, row.name_fr, row.name_ar, row.name_en, *row.aliases):
                self.found[folded(name)] = row

    def read(self, text: str) -> Region | None:
        """None for the whole country. Raises BadCell."""
        wanted = folded(text).removeprefix("region ").removeprefix("de ")
        if not wanted or wanted in NATIONAL:
            return None
        region = self.found.get(folded(text)) or self.found.get(wanted)
        if region is None:
            raise BadCell(
                _("« %(text)s » n’est pas une région : écrivez son nom ou son code (MA-01 à MA-12).")
                % {"text": text}
            )
        return region
