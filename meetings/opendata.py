"""The agenda as JSON, for other people's programs: one language, hours both as agreed and as instants.

Its names are described by `data/agenda.schema.json`, published at an address of its own that each file
names; a test holds every file against it.
"""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from django.utils import translation

from meetings import wording
from meetings.addresses import agenda_page, handout_of, page_of, schema_address
from meetings.agenda import PublicStop
from meetings.documents import Document, HandoutDocument, MeetingDocument, OutcomeDocument, VenueDocument
from meetings.models import MeetingKind
from regions import legal_time
from regions.languages import pick, points

FORMAT = 1  # grows, with the schema's address, when a name below changes its meaning or goes
COUNTRY = "MA"  # of all twelve regions, whatever other people's data say
SCHEMA = Path(__file__).with_name("data") / "agenda.schema.json"


def agenda(stops: Iterable[PublicStop], language: str) -> bytes:
    """The file for these stops. Names are stable; what is not known is null, never an empty text."""
    with translation.override(language):
        data = {
            "$schema": schema_address(),
            "format": FORMAT,
            "language": language,
            "time_zone": legal_time.ZONE_NAME,
            "url": agenda_page(language),
            "stops": [_stop(stop, language) for stop in stops],
        }
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def schema() -> bytes:
    """The description of the files above (JSON Schema 2020-12), under its own address."""
    described = {"$id": schema_address(), **json.loads(SCHEMA.read_bytes())}
    return json.dumps(described, ensure_ascii=False, indent=1).encode()


def _stop(stop: PublicStop, language: str) -> dict[str, Any]:
    document = stop.document
    contact = document["contact"]
    return {
        "id": document["slug"],
        "url": page_of(document, language),
        "version": stop.release_number,
        "released_at": _instant(stop.released_at),
        "status": stop.status.value,
        "status_label": wording.state(stop.status),
        "reason": pick(document["reason"], language) or None,
        "tour": pick(document["tour"]["name"], language),
        "rank": document["rank"],
        "of": document["of"],
        "region": {
            "code": document["region"]["code"],
            "name": pick(document["region"]["name"], language),
            "country": COUNTRY,
        },
        "city": pick(document["city"], language),
        "date": document["date"],
        **_hours(document["date"], document["starts"], document["ends"]),
        "venue": _venue(document["venue"], language),
        "intro": pick(document["intro"], language) or None,
        "outcome": _outcome(document.get("outcome"), language),
        "registration": document["registration"],
        "contact": {
            "function": pick(contact["function"], language) or None,
            "phone": contact["phone"] or None,
            "email": contact["email"] or None,
            "hours": pick(contact["hours"], language) or None,
        },
        "meetings": [_meeting(meeting, document["date"], language) for meeting in document["meetings"]],
        "documents": [_handout(one, document, language) for one in document.get("handouts", [])],
        "calendar_uid": document["calendar"]["uid"],
    }


def _meeting(meeting: MeetingDocument, day: str, language: str) -> dict[str, Any]:
    return {
        "kind": meeting["kind"],
        "kind_label": str(MeetingKind(meeting["kind"]).label),
        "title": pick(meeting["title"], language),
        **_hours(day, meeting["starts"], meeting["ends"]),
        "room": meeting["room"] or None,
        "items": [
            {
                "starts": item["starts"],
                "minutes": item["minutes"],
                "title": pick(item["title"], language),
                "note": pick(item["note"], language) or None,
            }
            for item in meeting["items"]
        ],
    }


def _handout(one: HandoutDocument, document: Document, language: str) -> dict[str, Any]:
    return {
        "title": pick(one["title"], language),
        "language": one["language"],
        "version": one["version"],
        "media_type": "application/pdf",
        "size": one["size"],
        "url": handout_of(document, one["id"], language),
    }


def _outcome(outcome: OutcomeDocument | None, language: str) -> dict[str, Any] | None:
    if outcome is None:
        return None
    return {
        "summary": pick(outcome["summary"], language),
        "heard": points(outcome["heard"], language),
        "decided": points(outcome["decided"], language),
    }


def _venue(venue: VenueDocument | None, language: str) -> dict[str, Any] | None:
    if venue is None:
        return None
    return {
        "name": pick(venue["name"], language),
        "address": pick(venue["address"], language) or None,
        "access": pick(venue["access"], language) or None,
        "latitude": venue["latitude"],
        "longitude": venue["longitude"],
        "confirmed": venue["confirmed"],
    }


def _hours(day: str, starts: str, ends: str) -> dict[str, str]:
    """Wall-clock in Morocco, and the instants that legal time makes of it today."""
    when = date.fromisoformat(day)
    return {
        "starts": starts,
        "ends": ends,
        "starts_at": _instant(legal_time.instant(when, time.fromisoformat(starts))),
        "ends_at": _instant(legal_time.instant(when, time.fromisoformat(ends))),
    }


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
