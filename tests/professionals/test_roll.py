"""Who was there, and what follows from it for the mails of the morrow and for the minutes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from meetings import audiences, reminders
from meetings.models import Answer, Stop
from outbox import clock
from outbox.models import Message
from professionals import presence, roll
from professionals.roll import State
from tests.factories import make_official, make_professional, make_registration, make_staff, make_stop
from tests.professionals.papers.test_people import invite

pytestmark = pytest.mark.django_db


@pytest.fixture
def stop(at_the_door: Callable[..., datetime]) -> Stop:
    made = make_stop()
    at_the_door(made)
    return made


def state_of(stop: Stop) -> dict[str, tuple[str, str]]:
    return {line.name or line.function: (line.state, line.represented_by) for line in roll.of(stop, "fr")}


def test_absent_is_who_was_neither_seen_nor_excused(stop: Stop) -> None:
    staff = make_staff()
    rows = {
        name: make_registration(stop, professional=make_professional(name=name))
        for name in ("Absente", "Excusée", "Présente", "Représentée")
    }
    presence.mark(stop, key=f"registration:{rows['Présente'].pk}", by=staff)
    roll.settle(stop, key=f"registration:{rows['Excusée'].pk}", state="excused", by=staff)
    key = f"registration:{rows['Représentée'].pk}"
    roll.settle(stop, key=key, state="represented", represented_by="Sa collègue", by=staff)
    assert state_of(stop) == {
        "Absente": (State.ABSENT, ""),
        "Excusée": (State.EXCUSED, ""),
        "Présente": (State.PRESENT, ""),
        "Représentée": (State.REPRESENTED, "Sa collègue"),
    }
    roll.settle(stop, key=key, state="absent", by=staff)
    assert state_of(stop)["Représentée"] == (State.ABSENT, "")


def test_officials_who_declined_are_excused_and_who_came_for_them_represents_them(stop: Stop) -> None:
    staff = make_staff()
    invite(stop, make_official(function_fr="Décline", protocol_rank=2), Answer.DECLINED)
    row = invite(
        stop, make_official(function_fr="Wali", protocol_rank=1), Answer.REPLACED, replacement_name="Unetelle"
    )
    assert state_of(stop) == {"Wali": (State.ABSENT, ""), "Décline": (State.EXCUSED, "")}
    presence.mark(stop, key=f"invitation:{row.pk}", by=staff)
    assert state_of(stop) == {"Wali": (State.REPRESENTED, "Unetelle"), "Décline": (State.EXCUSED, "")}


def test_who_was_seen_is_not_excused_and_a_representative_has_a_name(stop: Stop) -> None:
    staff = make_staff()
    seen, other = (f"registration:{make_registration(stop).pk}" for _ in range(2))
    presence.mark(stop, key=seen, by=staff)
    with pytest.raises(roll.AlreadyPresent):
        roll.settle(stop, key=seen, state="excused", by=staff)
    with pytest.raises(roll.Unnamed):
        roll.settle(stop, key=other, state="represented", represented_by=" ", by=staff)


def test_nobody_is_missed_before_the_roll_was_gone_through(stop: Stop) -> None:
    staff = make_staff()
    make_registration(stop)
    excused = make_registration(stop)
    roll.settle(stop, key=f"registration:{excused.pk}", state="excused", by=staff)

    def members(name: str) -> list[str]:
        return [one.key for one in audiences.get(name).members(stop)]

    assert members("missed") == members("excused") == []
    assert (roll.close(stop, by=staff), roll.close(stop, by=staff)) == (True, False)
    assert members("excused") == [f"registration:{excused.pk}"]
    assert len(members("missed")) == 1


def test_the_morrow_thanks_misses_and_does_not_reproach(stop: Stop, monkeypatch: pytest.MonkeyPatch) -> None:
    staff = make_staff()
    reminders.lay_down(stop.tour)
    keys = [f"registration:{make_registration(stop).pk}" for _ in range(3)]
    presence.mark(stop, key=keys[0], by=staff)
    roll.settle(stop, key=keys[1], state="excused", by=staff)
    roll.close(stop, by=staff)
    tomorrow = stop.starts_at + timedelta(days=1, hours=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    reminders.write_due(tomorrow)
    told = {message.key.split(":")[2]: message.purpose for message in Message.objects.all()}
    numbers = [key.partition(":")[2] for key in keys]
    assert told == {numbers[0]: "thanks", numbers[1]: "excused", numbers[2]: "missed"}


def test_the_table_for_the_minutes_stands_in_the_order_of_protocol(stop: Stop) -> None:
    make_registration(stop, professional=make_professional(name="Alpha"))
    make_official(function_fr="Second", protocol_rank=2, body="crt")
    make_official(function_fr="Premier", protocol_rank=1, body="wilaya")
    lines = roll.csv(stop, "fr").decode("utf-8-sig").splitlines()
    assert lines[0] == "Public;Nom;Fonction;Organisation;État;Représenté(e) par"
    assert [line.split(";")[:3] for line in lines[1:]] == [
        ["Wilaya et provinces", "", "Premier"],
        ["Conseil régional du tourisme", "", "Second"],
        ["Professionnels du tourisme", "Alpha", ""],
    ]


def test_the_page_notes_one_person_and_leads_back_to_them(client: Client, stop: Stop) -> None:
    client.force_login(make_staff())
    row = make_registration(stop)
    page = f"/pilotage/etapes/{stop.slug}/presences/"
    sent: dict[str, Any] = {"key": f"registration:{row.pk}", "state": "excused"}
    assert client.post(page, sent)["Location"] == f"{page}#registration-{row.pk}"
    assert [line.state for line in client.get(page).context["lines"]] == [State.EXCUSED]
