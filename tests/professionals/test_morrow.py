"""Officials are thanked, missed or excused on the morrow like everybody else."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from meetings import audiences, reminders
from meetings.models import Answer, Invitation, Stop
from outbox import clock
from outbox.models import Message
from professionals import presence, roll
from tests.factories import make_invitation, make_official, make_registration, make_staff, make_stop

pytestmark = pytest.mark.django_db
AUDIENCES = ("attended", "missed", "excused")


@pytest.fixture
def stop(at_the_door: Callable[..., datetime]) -> Stop:
    made = make_stop()
    at_the_door(made)
    return made


def guest(stop: Stop, name: str, answer: str = Answer.ACCEPTED, **fields: Any) -> Invitation:
    official = make_official(region=stop.region, function_fr=name, email=f"{name.lower()}@crt.example")
    return make_invitation(stop, official=official, answer=answer, **fields)


def written_to(stop: Stop) -> dict[str, list[str]]:
    return {name: [one.email for one in audiences.get(name).members(stop)] for name in AUDIENCES}


def make_everybody(stop: Stop) -> None:
    """One of each kind, and the roll gone through."""
    by = make_staff()
    came, represented = guest(stop, "Venue"), guest(stop, "Excuse")
    guest(stop, "Absent")
    guest(stop, "Silencieux", Answer.NONE)
    guest(stop, "Decline", Answer.DECLINED)
    stands_in = {"replacement_function": "Adjoint", "replacement_email": "adjoint@crt.example"}
    sent = guest(stop, "Remplace", Answer.REPLACED, **stands_in)
    guest(stop, "Remplacee", Answer.REPLACED, **stands_in | {"replacement_email": "second@crt.example"})
    for seen in (came, sent):
        presence.mark(stop, key=presence.key_of(seen), by=by)
    key = presence.key_of(represented)
    roll.settle(stop, key=key, state=roll.State.REPRESENTED, represented_by="Une adjointe", by=by)
    make_registration(stop)
    roll.close(stop, by=by)


def test_each_official_is_among_those_who_came_were_missed_or_excused(stop: Stop) -> None:
    make_everybody(stop)
    found = written_to(stop)
    [professional] = [address for address in found["missed"] if address.endswith("hotel.example")]
    assert found == {
        "attended": ["venue@crt.example", "adjoint@crt.example"],
        "missed": [professional, "absent@crt.example", "silencieux@crt.example", "second@crt.example"],
        "excused": ["excuse@crt.example", "decline@crt.example"],
    }


def test_nobody_is_missed_before_the_team_has_gone_through_the_roll(stop: Stop) -> None:
    guest(stop, "Absent")
    guest(stop, "Decline", Answer.DECLINED)
    assert written_to(stop) == {name: [] for name in AUDIENCES}


def test_some_of_them_are_found_by_their_keys_and_named(stop: Stop) -> None:
    make_everybody(stop)
    missed = audiences.get("missed")
    keys = [one.key for one in missed.members(stop)]
    assert [one.key for one in missed.some(stop, keys[1:2])] == keys[1:2]
    assert missed.names(keys)[keys[1]] == "Absent"


def test_an_absent_official_is_written_to_once_on_the_morrow(
    stop: Stop, at_the_door: Callable[..., datetime]
) -> None:
    reminders.lay_down(stop.tour)
    guest(stop, "Absent")
    roll.close(stop, by=make_staff())
    at_the_door(stop, minutes=26 * 60)
    for _ in range(2):
        reminders.write_due(clock.now())
    mails = Message.objects.filter(purpose__contains="missed").values_list("recipient", flat=True)
    assert list(mails) == ["absent@crt.example"]
