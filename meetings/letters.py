"""What a mail says of a stop, in words: read from what was released, never from the draft."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from meetings import addresses, visibility
from meetings.models import Release, Stop
from meetings.visibility import PUBLIC, Viewer
from outbox import clock
from regions import dates
from regions.languages import DIRECTION, language_of, pick

# What staff read of a mail's purpose.
PURPOSES = {
    "invitation": _("invitation"),
    "no_answer": _("invitation restée sans réponse"),
    "accepted": _("venue d’un responsable confirmée"),
    "declined": _("venue d’un responsable annulée"),
    "declined_in_calendar": _("rendez-vous décliné dans l’agenda"),
    "seated_week": _("rappel à une semaine"),
    "seated_eve": _("rappel de la veille"),
    "thanks": _("remerciements"),
    "missed": _("vous nous avez manqué"),
    "excused": _("après une absence excusée"),
    "moved": _("changement de date ou d’horaire"),
    "venue_changed": _("changement de lieu"),
    "postponed": _("report de l’étape"),
    "cancelled": _("annulation de l’étape"),
    "urgent": _("message urgent"),
    "message": _("message de l’équipe"),
    "trial": _("essai d’un texte"),
}


def about(release: Release, language: str, *, viewer: Viewer = PUBLIC) -> dict[str, Any]:
    """The facts of a stop for a template: city, date, hours, venue, contact, programme, address.

    The programme has the meetings that `viewer` may read.
    """
    document = release.document
    venue = document["venue"] or {}
    contact = document["contact"]
    day = date.fromisoformat(document["date"])
    starts, ends = _slot(document)
    return {
        "tour": pick(document["tour"]["name"], language),
        "region": pick(document["region"]["name"], language),
        "city": pick(document["city"], language),
        "day": dates.long_date(day, language),
        "hours": dates.hours(starts, ends, language),
        "whose_time": f"{dates.MOROCCAN_TIME[language]} ({dates.offset(day, starts)})",
        "venue": pick(venue.get("name", {}), language),
        "venue_address": pick(venue.get("address", {}), language),
        "access": pick(venue.get("access", {}), language),
        "programme": programme(release, language, viewer=viewer),
        "outcome": _outcome(document, language),
        "contact": contact | {name: pick(contact[name], language) for name in ("function", "hours")},
        "stop_url": addresses.page_of(document, language),
    }


def programme(release: Release, language: str, *, viewer: Viewer = PUBLIC) -> list[dict[str, Any]]:
    """The meetings of a stop this reader may know of, in the order of the day."""
    return [
        {
            "title": pick(meeting["title"], language),
            "hours": dates.hours(*_slot(meeting), language),
            "room": meeting["room"],
            "items": [
                {"starts": item["starts"], "title": pick(item["title"], language)}
                for item in meeting["items"]
            ],
        }
        for meeting in visibility.meetings_visible_to(viewer, release, clock.now())
    ]


def handouts(release: Release, language: str, *, viewer: Viewer, own_page: str = "") -> list[dict[str, Any]]:
    """The documents this reader may have: those for everybody at the stop's page, theirs at their own."""
    public = {one["id"] for one in release.document.get("handouts", [])}
    page = addresses.page_of(release.document, language)
    return [
        {
            "title": pick(one["title"], language),
            "lang": language_of(one["title"], language),
            "dir": DIRECTION[language_of(one["title"], language)],
            "url": f"{page if one['id'] in public else own_page}documents/{one['id']}/",
        }
        for one in visibility.handouts_visible_to(viewer, release, clock.now())
        if own_page or one["id"] in public
    ]


def _outcome(document: Mapping[str, Any], language: str) -> dict[str, str] | None:
    """What came of the stop in brief, and the language it is in."""
    if (found := document.get("outcome")) is None:
        return None
    spoken = language_of(found["summary"], language)
    return {"words": pick(found["summary"], language), "lang": spoken, "dir": DIRECTION[spoken]}


def reaches(address: str) -> bool:
    """Whether anybody can be written to there: not where the address is missing or is none."""
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def revision(stop: Stop) -> str:
    """Which state of the stop a routine mail tells of: its day, and the release it was written from.

    A mail overtaken before it left may be written again; one that arrived says so by its day.
    """
    assert stop.current_release is not None  # noqa: S101 (routine mails speak of released stops)
    return f"{stop.date:%Y%m%d}.{stop.current_release.number}"


def reply_to(stop: Stop) -> str:
    """Where an answer to a mail of a stop goes: its contact as it is public, not as it is being edited."""
    assert stop.current_release is not None  # noqa: S101 (routine mails speak of released stops)
    return str(stop.current_release.document["contact"]["email"])


def _slot(document: Mapping[str, Any]) -> tuple[time, time]:
    return time.fromisoformat(document["starts"]), time.fromisoformat(document["ends"])
