"""What a device at the door sends and hears: marks made while nobody listened, and what is new."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from meetings.models import Stop
from outbox import clock
from professionals import presence
from professionals.models import Mark
from professionals.presence import Sent, TakenBack
from regions import dates, legal_time

MOST = 200  # marks in one sending: the stop is held while they are written


class BadBatch(Exception):
    """Not what our page sends."""


def read(body: Mapping[str, Any]) -> list[Sent | TakenBack]:
    """What the device did, in its order, each with its own time by the portal's clock.

    The device says what its own clock shows as it sends: what that clock is wrong by is taken off.
    Raises BadBatch.
    """
    try:
        wrong_by = _moment(body["sent_at"]) - clock.now()
        acts = list(body["acts"])
        if len(acts) > MOST:
            raise BadBatch
        return [_act(act, wrong_by) for act in acts]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BadBatch from error


def answer(stop: Stop, body: Mapping[str, Any], *, by: User) -> dict[str, Any]:
    """Store what the device did, and tell it what is new since it last heard. Raises BadBatch, gate.Busy."""
    acts, since = read(body), _cursor(body.get("since"))
    device = str(body.get("device") or "")[:36]
    received = presence.receive(stop, acts, by=by, device=device) if acts else presence.Received()
    news = list(_news(stop, since))
    return {
        "stored": [str(one) for one in received.stored],
        "unknown": [str(one) for one in received.unknown],
        "marks": [_told(mark) for mark in news],
        "since": _last(news, since),
    }


def _news(stop: Stop, since: datetime | None) -> Iterable[Mark]:
    rows = Mark.objects.filter(stop=stop).select_related("by", "undone_by").order_by("stamped_at")
    # Stamps grow under the stop's lock: what is not yet seen is later than what was.
    return rows.filter(stamped_at__gt=since) if since else rows


def _last(news: list[Mark], since: datetime | None) -> str | None:
    """Up to where the device has heard."""
    last = news[-1].stamped_at if news else None
    heard = max((moment for moment in (last, since) if moment), default=None)
    return heard.isoformat() if heard else None


def hour(at: datetime) -> str:
    """09:05, as clocks at the door show it, in every language."""
    return dates.clock_face(legal_time.wall_clock(at).time())


def _told(mark: Mark) -> dict[str, Any]:
    return {
        "id": str(mark.client_id),
        "k": presence.key_of(mark),
        "m": mark.meeting_id,
        "at": mark.at.isoformat(),
        "hour": hour(mark.at),
        "by": str(mark.by),
        "undone": mark.undone_at is not None,
    }


def _act(act: Mapping[str, Any], wrong_by: timedelta) -> Sent | TakenBack:
    at = _moment(act["at"]) - wrong_by
    if act["act"] == "back":
        return TakenBack(mark=uuid.UUID(act["mark"]), at=at)
    if act["act"] != "mark":
        raise BadBatch
    meeting = act.get("meeting")
    return Sent(
        client_id=uuid.UUID(act["id"]),
        key=str(act["key"]),
        at=at,
        meeting=None if meeting is None else int(meeting),
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise BadBatch
    return moment


def _cursor(text: Any) -> datetime | None:
    try:
        return _moment(text) if text else None
    except (TypeError, ValueError) as error:
        raise BadBatch from error
