"""The difference between two released documents, in words."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regions.languages import ALL

# The keys of the document, as staff know them.
WORDS = {
    "tour": _("tournée"),
    "slug": _("adresse"),
    "name": _("nom"),
    "rank": _("rang"),
    "of": _("nombre d’étapes"),
    "region": _("région"),
    "city": _("ville"),
    "date": _("date"),
    "starts": _("début"),
    "ends": _("fin"),
    "venue": _("lieu"),
    "address": _("adresse"),
    "access": _("accès"),
    "confirmed": _("confirmé"),
    "latitude": _("latitude"),
    "longitude": _("longitude"),
    "intro": _("présentation"),
    "contact": _("contact"),
    "speakers": _("prises de parole"),
    "handouts": _("documents"),
    "language": _("langue"),
    "read_by": _("pour"),
    "version": _("version"),
    "size": _("taille"),
    "outcome": _("bilan"),
    "summary": _("en bref"),
    "heard": _("ce que nous avons entendu"),
    "decided": _("ce qui a été décidé"),
    "function": _("fonction"),
    "phone": _("téléphone"),
    "email": _("adresse électronique"),
    "hours": _("horaires"),
    "registration": _("inscriptions"),
    "opens_on": _("ouverture"),
    "closes_on": _("dernier jour"),
    "meetings": _("rencontres"),
    "registered": _("rencontres réservées aux inscrits"),
    "invited": _("rencontres réservées aux invités"),
    "kind": _("type"),
    "title": _("titre"),
    "room": _("salle"),
    "visibility": _("visibilité"),
    "items": _("ordre du jour"),
    "minutes": _("durée"),
    "note": _("précision"),
    "calendar": _("entrée d’agenda"),
    "uid": _("identifiant"),
    "sequence": _("numéro de suite"),
    "reason": _("motif"),
    "called_off": _("état"),
}


UNTOLD = {"id", "file"}  # names that say nothing to anybody


def between(before: Any, after: Any) -> list[str]:
    """One line for each thing that differs: « where : before → after »."""
    return [f"{where} : {_shown(old)} → {_shown(new)}" for where, old, new in _walk([], before, after)]


def _walk(path: list[str], before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    if before == after:
        return
    before, after = _group(before, after), _group(after, before)
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            yield from _walk([*path, label(key)], before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _walk(path, _named(before), _named(after))
    else:
        yield ", ".join(path), before, after


def _group(thing: Any, other: Any) -> Any:
    """Nothing, beside a list or a group of texts that came or went: each part of it is told by itself."""
    if thing is not None:
        return thing
    if isinstance(other, list):
        return []
    return {} if isinstance(other, dict) and "summary" in other else None


def _named(things: list[Any]) -> dict[str, Any]:
    """Meetings by their id, points by their order: one taken out does not shift all the others."""
    named: dict[str, Any] = {}
    for position, thing in enumerate(things, start=1):
        key = f"#{thing['id']}" if "id" in thing else f"#{position}"
        named[key] = {name: value for name, value in thing.items() if name not in UNTOLD}
    return named


def _shown(value: Any) -> str:
    """A value as a line of text; a meeting or point that came or went by its title."""
    if isinstance(value, dict):
        titled = value.get("title") or value.get("name") or value
        value = next((titled[language] for language in ALL if titled.get(language)), "")
    if value is None or value == "":
        return gettext("(rien)")
    text = " ".join(str(value).split())
    return f"« {text[:120]}… »" if len(text) > 120 else f"« {text} »"


def label(key: str) -> str:
    """The word for a key of the document, as staff know it; languages and numbers stay as they are."""
    return str(WORDS.get(key, key))
