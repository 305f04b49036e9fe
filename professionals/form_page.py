"""What the page of the public form calls itself, for its reader, for searches and for messages.

True in each state of the stop: a page without its form never promises a seat.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from meetings.agenda import PublicStop
from meetings.availability import Availability
from meetings.models import StopStatus
from regions import dates
from regions.languages import pick

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

OPEN, SEVERAL = "open", "several"
# State → title, description; both with the city, the description with the day as well.
WORDS: "dict[str, tuple[StrPromise, StrPromise]]" = {
    OPEN: (
        _("Inscription à %(city)s"),
        _("Demander une place à la rencontre de l’ONMT à %(city)s, %(day)s."),
    ),
    SEVERAL: (
        _("Plusieurs places à %(city)s"),
        _("Demander des places pour son établissement à la rencontre de l’ONMT à %(city)s, %(day)s."),
    ),
    Availability.WAITING: (
        _("%(city)s : liste d’attente"),
        _("Rejoindre la liste d’attente de la rencontre de l’ONMT à %(city)s, %(day)s."),
    ),
    Availability.FULL: (
        _("%(city)s : complet"),
        _("La rencontre de l’ONMT à %(city)s, %(day)s, est complète et les inscriptions sont closes."),
    ),
    Availability.PAUSED: (
        _("%(city)s : inscriptions suspendues"),
        _("Les inscriptions à la rencontre de l’ONMT à %(city)s, %(day)s, sont suspendues pour le moment."),
    ),
    Availability.NOT_YET: (
        _("%(city)s : inscriptions pas encore ouvertes"),
        _("Les inscriptions à la rencontre de l’ONMT à %(city)s, %(day)s, ne sont pas encore ouvertes."),
    ),
    Availability.INVITATION: (
        _("%(city)s : sur invitation"),
        _("La rencontre de l’ONMT à %(city)s, %(day)s, est ouverte sur invitation seulement."),
    ),
    Availability.CLOSED: (
        _("%(city)s : inscriptions closes"),
        _("Les inscriptions à la rencontre de l’ONMT à %(city)s, %(day)s, sont closes."),
    ),
    StopStatus.POSTPONED: (
        _("%(city)s : étape reportée"),
        _("La rencontre de l’ONMT à %(city)s est reportée : les inscriptions reprendront avec une date."),
    ),
    StopStatus.CANCELLED: (
        _("%(city)s : étape annulée"),
        _("La rencontre de l’ONMT à %(city)s est annulée : il n’y a plus d’inscription."),
    ),
    StopStatus.HELD: (
        _("%(city)s : étape tenue"),
        _("La rencontre de l’ONMT à %(city)s a eu lieu le %(day)s : il n’y a plus d’inscription."),
    ),
}


@dataclass(frozen=True, slots=True)
class Named:
    title: str
    description: str


def named(stop: PublicStop, language: str, *, has_form: bool, several: bool = False) -> Named:
    """In the language that is active, with names in `language`; `has_form`: whether one can ask now, for
    oneself or for `several`."""
    words = {
        "city": pick(stop.document["city"], language),
        "day": dates.long_date(date.fromisoformat(stop.document["date"]), language),
    }
    title, description = WORDS[SEVERAL if several and has_form else _state(stop, has_form=has_form)]
    return Named(title % words, description % words)


def _state(stop: PublicStop, *, has_form: bool) -> str:
    if has_form:
        return Availability.WAITING if stop.availability == Availability.WAITING else OPEN
    if stop.status != StopStatus.PUBLISHED:
        return stop.status
    return stop.availability if stop.availability in WORDS else Availability.CLOSED
