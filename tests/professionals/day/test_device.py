import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from meetings.models import Stop
from outbox import clock
from professionals import presence
from professionals.day import device
from professionals.models import Mark
from tests.factories import make_door, make_registration, make_stop

pytestmark = pytest.mark.django_db


@pytest.fixture
def stop(at_the_door: Callable[..., datetime]) -> Stop:
    made = make_stop()
    at_the_door(made)
    return made


def body(*acts: dict[str, Any], wrong_by: timedelta = timedelta(0), **fields: Any) -> dict[str, Any]:
    return {"sent_at": (clock.now() + wrong_by).isoformat(), "device": "telephone-1", "acts": acts, **fields}


def seen(registration: Any, at: datetime, **fields: Any) -> dict[str, Any]:
    key = f"registration:{registration.pk}"
    return {"act": "mark", "id": str(uuid.uuid4()), "key": key, "at": at.isoformat(), **fields}


def test_a_telephone_whose_clock_is_wrong_says_the_right_hour(stop: Stop) -> None:
    mine, door = make_registration(stop), make_door(stop)
    truly, wrong_by = clock.now() - timedelta(minutes=10), timedelta(hours=-7)
    device.answer(stop, body(seen(mine, truly + wrong_by), wrong_by=wrong_by), by=door)
    assert abs(Mark.objects.get().at - truly) < timedelta(seconds=2)


def test_what_a_device_did_comes_in_and_what_others_did_goes_out(stop: Stop) -> None:
    mine, theirs = make_registration(stop), make_registration(stop)
    north, south = make_door(stop), make_door(stop, function="Accueil sud")
    other = presence.mark(stop, key=f"registration:{theirs.pk}", by=south)
    act = seen(mine, clock.now() - timedelta(minutes=1))
    said = device.answer(stop, body(act), by=north)
    assert (said["stored"], said["unknown"]) == ([act["id"]], [])
    assert [mark["id"] for mark in said["marks"]] == [str(other.client_id), act["id"]]
    assert said["marks"][0] == {
        "id": str(other.client_id),
        "k": f"registration:{theirs.pk}",
        "m": None,
        "at": other.at.isoformat(),
        "hour": "09:30",
        "by": "Accueil sud",
        "undone": False,
    }


def test_only_what_is_new_goes_out(stop: Stop, at_the_door: Callable[..., datetime]) -> None:
    mine, door = make_registration(stop), make_door(stop)
    presence.mark(stop, key=f"registration:{mine.pk}", by=door)
    heard = device.answer(stop, body(), by=door)["since"]
    at_the_door(stop, minutes=-20)
    assert device.answer(stop, body(since=heard), by=door)["marks"] == []
    presence.take_back(stop, key=f"registration:{mine.pk}", by=door)
    [news] = device.answer(stop, body(since=heard), by=door)["marks"]
    assert news["undone"] is True


def test_a_device_that_only_listens_holds_nobody_up(stop: Stop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "receive", None)
    said = device.answer(stop, body(), by=make_door(stop))
    assert said == {"stored": [], "unknown": [], "marks": [], "since": None}


def test_a_mark_and_its_undo_arrive_in_one_sending(stop: Stop) -> None:
    mine, door = make_registration(stop), make_door(stop)
    act = seen(mine, clock.now() - timedelta(minutes=2))
    back = {"act": "back", "mark": act["id"], "at": (clock.now() - timedelta(minutes=1)).isoformat()}
    said = device.answer(stop, body(act, back), by=door)
    assert said["stored"] == [act["id"], act["id"]]
    assert Mark.objects.get().undone_at is not None


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"sent_at": "hier", "acts": []},
        {"sent_at": "2026-12-03T09:00:00", "acts": []},
        {"sent_at": "2026-12-03T09:00:00+00:00"},
        {"sent_at": "2026-12-03T09:00:00+00:00", "acts": [{"act": "mark"}]},
        {"sent_at": "2026-12-03T09:00:00+00:00", "acts": [{"act": "x", "at": "2026-12-03T09:00:00+00:00"}]},
        {"sent_at": "2026-12-03T09:00:00+00:00", "acts": ["mark"]},
        {"sent_at": "2026-12-03T09:00:00+00:00", "acts": [], "since": "hier"},
        {"sent_at": "2026-12-03T09:00:00+00:00", "acts": [{}] * 201},
        {
            "sent_at": "0001-01-01T00:00:00+00:00",
            "acts": [{"act": "mark", "at": "0001-01-01T00:00:00+00:00"}],
        },
    ],
)
def test_what_our_page_does_not_send_is_refused(stop: Stop, broken: dict[str, Any]) -> None:
    with pytest.raises(device.BadBatch):
        device.answer(stop, broken, by=make_door(stop))
