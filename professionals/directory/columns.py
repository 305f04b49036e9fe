"""How the columns of a table of professionals are named, and how their cells are read and written."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from professionals.complement import ICE_DIGITS, ICE_MODULUS
from professionals.models import Professional
from regions import people_columns
from regions.models import LegalCategory, Province, Region
from regions.people_columns import BadCell
from regions.sheets import folded

# Field of a person or of their establishment -> its headings; the first one is what is written.
HEADINGS: dict[str, tuple[str, ...]] = {
    "name": (
        *("nom et prénom", "nom", "nom complet", "professionnel", "name", "full name"),
        *("الاسم الكامل", "الاسم والنسب", "الاسم العائلي والشخصي"),
    ),
    "first_name": ("prénom", "first name", "الاسم الشخصي"),
    "name_ar": ("nom en arabe", "nom (ar)", "nom arabe", "الاسم", "الاسم بالعربية"),
    "function": (
        "fonction",
        "fonction (fr)",
        "fonction en français",
        "poste",
        "qualité",
        "function",
        "المهمة",
    ),
    "function_ar": ("fonction en arabe", "fonction (ar)", "الصفة"),
    "organisation": (
        *("établissement", "nom de l’établissement", "entreprise", "société", "raison sociale", "organisme"),
        *("organisation", "establishment", "company", "المؤسسة", "اسم المؤسسة", "الشركة"),
    ),
    "organisation_ar": ("établissement en arabe", "nom de l’établissement en arabe", "المؤسسة بالعربية"),
    "region": people_columns.HEADINGS["region"],
    "category": (
        *("catégorie légale", "catégorie", "type d’établissement", "category", "الصنف", "الفئة"),
        "الصنف القانوني",
    ),
    "email": people_columns.HEADINGS["email"],
    "phone": (*people_columns.HEADINGS["phone"], "الهاتف المحمول", "رقم الهاتف"),
    "ice": ("ICE", "ICE de l’établissement", "identifiant commun de l’entreprise", "التعريف الموحد للمقاولة"),
    "province": ("province ou préfecture", "province", "préfecture", "الإقليم", "العمالة أو الإقليم"),
    "language": people_columns.HEADINGS["language"],
    "source": (*people_columns.HEADINGS["source"], "المصدر"),
    "legal_basis": (*people_columns.HEADINGS["legal_basis"], "الأساس القانوني"),
}
NAMES = people_columns.names_of(HEADINGS)
OF_THE_PERSON = (
    *("name", "name_ar", "function", "function_ar", "email", "phone", "ice", "province", "language"),
    *("source", "legal_basis"),
)
OF_THE_HOUSE = {"name": "organisation", "name_ar": "organisation_ar"}
WRITTEN = tuple(name for name in HEADINGS if name != "first_name")
LANGUAGES = {"fr": "français", "ar": "arabe", "en": "anglais"}
SHORTEST_ICE = 10  # digits a spreadsheet leaves when it drops the zeros in front


def readers() -> Mapping[str, Callable[[str], Any]]:
    """How each cell is read; three queries."""
    return {
        "region": _region(people_columns.Regions().read),
        "category": _known(
            {
                name: one
                for one in LegalCategory.objects.all()
                for name in (one.code, one.name_fr, one.name_ar, one.name_en)
            },
            _("« %(text)s » n’est pas une catégorie légale du portail."),
        ),
        "province": _known(
            {
                name: one
                for one in Province.objects.all()
                for name in (one.code_hcp, one.name_fr, one.name_ar)
            },
            _("« %(text)s » n’est pas une province ou une préfecture."),
        ),
        "ice": ice,
        "email": str.lower,
        "phone": people_columns.phone,
        "language": people_columns.language,
    }


def ice(text: str) -> str:
    """15 digits; those in front that a spreadsheet drops are zeros, which its last two digits prove."""
    digits = "".join(text.split())
    if digits.isascii() and digits.isdigit():
        if len(digits) == ICE_DIGITS:
            return digits
        whole = digits.zfill(ICE_DIGITS)
        if SHORTEST_ICE <= len(digits) < ICE_DIGITS and int(whole) % ICE_MODULUS == 0:
            return whole
    raise BadCell(_("« %(text)s » : l’ICE compte 15 chiffres.") % {"text": text[:40]})


def line(person: Professional) -> list[str]:
    """The cells of a person, in the order of WRITTEN."""
    house = person.organisation
    said = {
        "name": person.name,
        "name_ar": person.name_ar,
        "function": person.function,
        "function_ar": person.function_ar,
        "organisation": house.name,
        "organisation_ar": house.name_ar,
        "region": house.region.name_fr,
        "category": house.category.name_fr,
        "email": person.email,
        "phone": str(person.phone or ""),
        "ice": person.ice,
        "province": person.province.name_fr if person.province else "",
        "language": LANGUAGES[person.language],
        "source": person.source,
        "legal_basis": person.legal_basis,
    }
    return [said[name] for name in WRITTEN]


def headings() -> list[str]:
    return [_begun(HEADINGS[name][0]) for name in WRITTEN]


def label(name: str) -> str:
    """What the administration calls it."""
    if name == "organisation_ar":
        return _("nom arabe de l’établissement")
    return str(Professional._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _begun(words: str) -> str:
    return words[0].upper() + words[1:]


def _region(read: Callable[[str], Region | None]) -> Callable[[str], Region]:
    def one(text: str) -> Region:
        region = read(text)
        if region is None:
            raise BadCell(_("un établissement est d’une région : écrivez son nom ou son code."))
        return region

    return one


def _known(rows: Mapping[str, Any], refusal: str) -> Callable[[str], Any]:
    by_name = {folded(name): row for name, row in rows.items() if name}

    def one(text: str) -> Any:
        if (found := by_name.get(folded(text))) is None:
            raise BadCell(refusal % {"text": text[:80]})
        return found

    return one
