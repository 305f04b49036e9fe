"""How the columns of a press file are named, and how their cells are read."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from press.models import MediaKind
from regions import people_columns
from regions.people_columns import BadCell
from regions.sheets import folded

# Field of a journalist -> its headings; the first one is what documents and messages say.
HEADINGS: dict[str, tuple[str, ...]] = {
    "name": ("nom et prénom", "nom", "nom complet", "journaliste", "name", "الاسم الكامل"),
    "outlet": ("média", "organe", "support", "titre de presse", "journal", "rédaction", "outlet", "media"),
    "first_name": ("prénom", "first name"),
    "name_ar": ("nom en arabe", "nom (ar)", "nom arabe", "الاسم"),
    "kind": ("type de média", "type", "catégorie"),
    "function": ("fonction", "poste", "qualité", "function"),
    "email": people_columns.HEADINGS["email"],
    "phone": people_columns.HEADINGS["phone"],
    "language": people_columns.HEADINGS["language"],
    "region": people_columns.HEADINGS["region"],
    "active": ("en activité", "actif", "active"),
    "source": people_columns.HEADINGS["source"],
    "legal_basis": people_columns.HEADINGS["legal_basis"],
}
NAMES = people_columns.names_of(HEADINGS)
REQUIRED = ("name", "outlet")

KINDS: dict[str, MediaKind] = {
    "agence": MediaKind.AGENCY,
    "agence de presse": MediaKind.AGENCY,
    "presse ecrite": MediaKind.PRINT,
    "quotidien": MediaKind.PRINT,
    "hebdomadaire": MediaKind.PRINT,
    "magazine": MediaKind.PRINT,
    "presse en ligne": MediaKind.WEB,
    "site": MediaKind.WEB,
    "site d information": MediaKind.WEB,
    "web": MediaKind.WEB,
    "presse electronique": MediaKind.WEB,
    "radio": MediaKind.RADIO,
    "television": MediaKind.TELEVISION,
    "tv": MediaKind.TELEVISION,
    "tele": MediaKind.TELEVISION,
    "autre": MediaKind.OTHER,
    "autre media": MediaKind.OTHER,
} | {folded(kind.value): kind for kind in MediaKind}


def kind(text: str) -> str:
    found = KINDS.get(folded(text))
    if found is None:
        choices = ", ".join(str(each.label) for each in MediaKind)
        raise BadCell(
            _("« %(text)s » n’est pas l’une de : %(choices)s.") % {"text": text, "choices": choices}
        )
    return str(found.value)


READERS: dict[str, Callable[[str], Any]] = {
    "kind": kind,
    **{name: people_columns.READERS[name] for name in ("language", "active", "phone", "email")},
}
