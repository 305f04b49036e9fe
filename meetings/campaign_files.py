"""The people of an order to invite, as a table: CSV, or a workbook made in a process of its own."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from meetings import audiences, reach, tables, workbooks
from meetings.audiences import Person
from meetings.models import Campaign, Channel
from outbox import clock
from regions import dates, legal_time
from regions.languages import current_language

MOMENT = "%Y-%m-%dT%H:%M"


def columns() -> list[dict[str, Any]]:
    return [
        {"name": _("Personne"), "width": 28, "kind": "verbatim"},
        {"name": _("Fonction, établissement ou média"), "width": 36, "kind": "verbatim"},
        {"name": _("Public"), "width": 24, "kind": "verbatim"},
        {"name": _("Langue"), "width": 9, "kind": "verbatim"},
        {"name": _("Voie"), "width": 12, "kind": "verbatim"},
        {"name": _("État"), "width": 18, "kind": "verbatim"},
        {"name": _("Depuis (heure du Maroc)"), "width": 18, "kind": "moment"},
        {"name": _("Réponse"), "width": 20, "kind": "verbatim"},
        {"name": _("Inscrit(e)"), "width": 12, "kind": "verbatim"},
        {"name": _("Copie au secrétariat"), "width": 20, "kind": "verbatim"},
    ]


def lines(campaign: Campaign) -> Iterator[list[str]]:
    """The cells of each person, in the order they were invited. Who is gone from our files has no name."""
    found = reach.people(campaign)
    there, registered = _persons(found), reach.registered(campaign, found)
    copies = reach.copies(campaign, found)
    labels = {one.name: str(one.label) for one in audiences.every()}
    for one in found:
        person = there.get(one.key, Person("", "", ""))
        yield [
            person.name,
            person.function,
            labels.get(one.audience, one.audience),
            one.language or person.language,
            _channel(one),
            str(one.reach.label),
            legal_time.wall_clock(one.at).strftime(MOMENT),
            str(one.answer.label),
            _("oui") if one.key in registered else "",
            str(copies[one.key].label) if one.key in copies else "",
        ]


def _channel(one: reach.Invited) -> str:
    if one.by_mail:
        return str(Channel.MAIL.label)
    return str(Channel.LETTER.label) if one.reach in reach.BY_LETTER else _("téléphone")


def csv(campaign: Campaign) -> bytes:
    return tables.write([column["name"] for column in columns()], lines(campaign))


def workbook(campaign: Campaign) -> dict[str, Any]:
    """The words of the workbook; whatever people typed is text and stays text."""
    language = current_language()
    return {
        "lang": language,
        "rtl": language == "ar",
        "title": _("Envoi d’invitations"),
        "office": _("Office National Marocain du Tourisme"),
        "version": _("Au %(moment)s – données à caractère personnel, à ne pas diffuser")
        % {"moment": dates.moment(clock.now(), language)},
        "formats": workbooks.FORMATS,
        "sheets": [{"name": _("Invitations"), "columns": columns(), "rows": list(lines(campaign))}],
    }


def _persons(found: list[reach.Invited]) -> dict[str, Person]:
    known: dict[str, Person] = {}
    for name in dict.fromkeys(one.audience for one in found):
        if persons := audiences.get(name).persons:
            known |= persons([one.key for one in found if one.audience == name])
    return known
