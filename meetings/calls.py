"""Whom to call about what a broadcast says: name, telephone, language, and who was reached by whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from meetings import audiences, broadcasts, tables
from meetings.models import Addressee, Broadcast
from outbox import clock
from regions import dates
from regions.languages import pick

LANGUAGES = {"fr": "Français", "ar": "العربية", "en": "English"}
FIXED = "+2125"  # a telephone on a wire takes no messages


@dataclass(frozen=True, slots=True)
class Call:
    row: Addressee
    name: str
    phone: str
    language: str
    audience: str
    whatsapp: str

    @property
    def language_name(self) -> str:
        return LANGUAGES[self.language]

    @property
    def reached_at(self) -> datetime | None:
        return self.row.reached_at


def of(broadcast: Broadcast, *, left: bool = False) -> list[Call]:
    """Everybody an order is for, those who come first, by name; those without a telephone last.

    `left`: only whom nobody has reached yet. Who is concerned no more is not called.
    """
    rows = {row.key: row for row in broadcast.addressees.select_related("reached_by")}
    people = broadcasts.people(broadcast.stop, broadcast.audiences, among=list(rows))
    labels = {audience.name: str(audience.label) for audience in audiences.every()}
    words = broadcasts.words_of(broadcast)["text"]
    calls = [
        Call(
            row=rows[told.person.key],
            name=told.person.name,
            phone=told.person.phone,
            language=told.person.language,
            audience=labels[told.audience],
            whatsapp=whatsapp(told.person.phone, pick(words, told.person.language)),
        )
        for told in people
        if told.person.key in rows
    ]
    calls.sort(key=lambda call: not call.phone)
    return [call for call in calls if call.reached_at is None] if left else calls


def whatsapp(phone: str, text: str) -> str:
    """A conversation with this telephone in which the text stands ready; "" where there is none."""
    if not phone or phone.startswith(FIXED):
        return ""
    return f"https://wa.me/{phone.lstrip('+')}?text={quote(text)}"


@transaction.atomic
def reach(broadcast: Broadcast, addressee: int, *, by: User) -> bool:
    """« Joint »: the first who says so is remembered. Raises Addressee.DoesNotExist."""
    row = broadcast.addressees.get(pk=addressee)
    waiting = Addressee.objects.filter(pk=row.pk, reached_at=None)
    return bool(waiting.update(reached_at=clock.now(), reached_by=by))


def take_back(broadcast: Broadcast, addressee: int) -> bool:
    """Ticked by mistake. Raises Addressee.DoesNotExist."""
    row = broadcast.addressees.get(pk=addressee)
    reached = Addressee.objects.filter(pk=row.pk, reached_at__isnull=False)
    return bool(reached.update(reached_at=None, reached_by=None))


def csv(broadcast: Broadcast, language: str) -> bytes:
    with translation.override(language):
        columns = [_("Nom"), _("Téléphone"), _("Langue"), _("Public"), _("Joint le"), _("Par")]
        lines = [
            [call.name, call.phone, call.language_name, call.audience, *_reached(call, language)]
            for call in of(broadcast)
        ]
        return tables.write(columns, lines)


def _reached(call: Call, language: str) -> Iterable[str]:
    if call.reached_at is None:
        return ["", ""]
    return [dates.moment(call.reached_at, language), str(call.row.reached_by)]


def printed(broadcast: Broadcast, language: str) -> dict[str, Any]:
    """The list on paper, with room to tick; whoever was reached already is left out."""
    stop = broadcast.stop
    with translation.override(language):
        text = {one: getattr(broadcast, f"text_{one}") for one in LANGUAGES}
        city = {one: getattr(stop, f"city_{one}") for one in LANGUAGES}
        calls = of(broadcast, left=True)
        return {
            "template": "sheet",
            "lang": language,
            "title": _("Liste d’appel – %(stop)s") % {"stop": pick(city, language)},
            "office": _("Office National Marocain du Tourisme"),
            "eyebrow": _("Liste d’appel"),
            "heading": {"text": pick(city, language), "lang": language},
            "facts": [_line(pick(text, language), language)],
            "made": _("Établi le %(moment)s") % {"moment": dates.moment(clock.now(), language)},
            "private": _("Données à caractère personnel : à ne pas diffuser, à détruire après usage."),
            "columns": [
                {"name": name, "width": width}
                for name, width in (
                    ("", "10mm"),
                    (_("Nom"), "6fr"),
                    (_("Téléphone"), "38mm"),
                    (_("Langue"), "22mm"),
                    (_("Joint"), "22mm"),
                )
            ],
            "groups": [{"title": title, "rows": rows} for title, rows in _grouped(calls, language)],
            "blank": 0,
            "signature": True,
        }


def _grouped(calls: list[Call], language: str) -> list[tuple[str, list[Any]]]:
    found: dict[str, list[Any]] = {}
    for number, call in enumerate(calls, start=1):
        cells = [
            [{**_line(str(number), "fr"), "upright": True, "weak": True}],
            [{**_line(call.name, call.language), "strong": True}],
            [{**_line(call.phone, "fr"), "upright": True}] if call.phone else [_line("–", "fr")],
            [_line(call.language_name, call.language)],
            [],
        ]
        found.setdefault(call.audience, []).append(cells)
    return list(found.items())


def _line(text: str, language: str) -> dict[str, Any]:
    return {"text": text, "lang": language}
