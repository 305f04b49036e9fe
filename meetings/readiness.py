"""What is missing before a stop may be shown to the public."""

from collections.abc import Iterable, Iterator
from datetime import time
from typing import Any

from django.utils.translation import gettext as _

from meetings.models import Meeting, Stop
from regions.languages import Texts, texts


def problems(stop: Stop) -> list[str]:
    """One sentence for each thing that keeps `stop` from being published; none: it is ready."""
    meetings = list(stop.meetings.prefetch_related("items"))
    found = [*_contact(stop), *_texts(stop), *place(stop)]
    if not meetings:
        found.append(_("Aucune rencontre n’est prévue."))
    for meeting in meetings:
        found.extend(_meeting(stop, meeting))
    return [*found, *agendas(meetings)]


def agendas(meetings: Iterable[Meeting]) -> Iterator[str]:
    """Agendas longer than their meeting: the public would read of points after its end."""
    for meeting in meetings:
        lasts = sum(item.minutes for item in meeting.items.all())
        has = minutes(meeting.ends) - minutes(meeting.starts)
        if lasts > has:
            yield _(
                "Rencontre « %(meeting)s » : son ordre du jour dure %(lasts)d minutes, elle en a %(has)d."
            ) % {"meeting": meeting, "lasts": lasts, "has": has}


def minutes(hour: time) -> int:
    """Since midnight."""
    return hour.hour * 60 + hour.minute


def place(stop: Stop) -> Iterator[str]:
    """What is missing of city and venue, and seats the venue does not have."""
    if missing := _missing(stop, "city"):
        yield _("Ville : il manque %(languages)s.") % {"languages": missing}
    if stop.venue is None:
        return
    if missing := _missing(stop.venue, "name"):
        yield _("Nom du lieu : il manque %(languages)s.") % {"languages": missing}
    for field, sentence in [
        ("address", _("Adresse du lieu : il manque %(languages)s.")),
        ("access", _("Accès au lieu : il manque %(languages)s.")),
    ]:
        if missing := _half_missing(stop.venue, field):
            yield sentence % {"languages": missing}
    if stop.venue.seats is not None and stop.seats > stop.venue.seats:
        yield _("Le lieu a %(room)d places ; l’étape en prévoit %(seats)d.") % {
            "room": stop.venue.seats,
            "seats": stop.seats,
        }


def fits(stop: Stop, meeting: Meeting) -> bool:
    return stop.starts <= meeting.starts and meeting.ends <= stop.ends


def _contact(stop: Stop) -> Iterator[str]:
    if not all(texts(stop, "contact_function").values()):
        yield _("Contact : indiquez la fonction en français, en arabe et en anglais.")
    if not stop.contact_phone:
        yield _("Contact : indiquez le téléphone.")
    if not stop.contact_email:
        yield _("Contact : indiquez l’adresse électronique.")
    if not all(texts(stop, "contact_hours").values()):
        yield _("Contact : indiquez les horaires en français, en arabe et en anglais.")


def _texts(stop: Stop) -> Iterator[str]:
    if missing := _missing(stop, "intro"):
        yield _("Présentation : il manque %(languages)s.") % {"languages": missing}


def _meeting(stop: Stop, meeting: Meeting) -> Iterator[str]:
    if not fits(stop, meeting):
        yield _outside(meeting)
    if missing := _missing(meeting, "title"):
        yield _("Rencontre « %(meeting)s », titre : il manque %(languages)s.") % {
            "meeting": meeting,
            "languages": missing,
        }
    for item in meeting.items.all():
        missing = _missing(item, "title") or _half_missing(item, "note")
        if missing:
            yield _("Rencontre « %(meeting)s », point « %(item)s » : il manque %(languages)s.") % {
                "meeting": meeting,
                "item": item,
                "languages": missing,
            }


def _outside(meeting: Meeting) -> str:
    return _("Rencontre « %(meeting)s » (%(starts)s–%(ends)s) : hors des heures de l’étape.") % {
        "meeting": meeting,
        "starts": meeting.starts.strftime("%H:%M"),
        "ends": meeting.ends.strftime("%H:%M"),
    }


def _missing(thing: Any, field: str) -> str:
    """The languages in which a text is missing, in words; "" when it is complete."""
    found = texts(thing, field)
    return ", ".join(name for language, name in _names() if not found[language])  # type: ignore[literal-required]


def _names() -> list[tuple[str, str]]:
    return [("fr", _("le français")), ("ar", _("l’arabe")), ("en", _("l’anglais"))]


def untranslated(found: Iterable[Texts]) -> str:
    """The languages in which some text is missing that is there in French, in words."""
    told = [one for one in found if one["fr"]]
    return ", ".join(name for language, name in _names() if not all(one[language] for one in told))  # type: ignore[literal-required]


def _half_missing(thing: Any, field: str) -> str:
    """As `_missing`, for a text that may be absent altogether."""
    return _missing(thing, field) if any(texts(thing, field).values()) else ""
