"""« Urgent » in the hands of the team, and of nobody else."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import Role
from meetings.models import Broadcast, Stop
from outbox import clock
from regions import legal_time
from tests.factories import make_professional, make_registration, make_staff, make_stop, make_user
from tests.meetings.test_broadcasts import tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(client: Client) -> Client:
    client.force_login(make_staff(function="Coordination"))
    return client


def at(stop: Stop, more: str = "") -> str:
    return f"/pilotage/etapes/{stop.slug}/urgent/{more}"


def typed(**changes: Any) -> dict[str, Any]:
    end = legal_time.wall_clock(clock.now() + timedelta(hours=3))
    return {
        "text_fr": "La salle change.",
        "text_ar": "تغيرت القاعة.",
        "until_day": f"{end:%Y-%m-%d}",
        "until_hour": f"{end:%H:%M}",
        "audiences": ["seated"],
        "form": "abc",
    } | changes


def test_the_first_press_shows_whom_and_writes_nothing(team: Client) -> None:
    stop = make_stop()
    make_registration(stop, professional=make_professional(language="ar"))
    make_registration(stop, professional=make_professional(email=""))
    answer = team.post(at(stop), typed())
    assert (answer.status_code, Broadcast.objects.count()) == (200, 0)
    assert [(row["label"], row["by_language"], row["by_phone"]) for row in answer.context["rows"]] == [
        ("Inscrits avec une place", [0, 1, 0], 1)
    ]
    subjects = [example.headline for _name, _code, example in answer.context["examples"]]
    assert [subject[:6] for subject in subjects] == ["URGENT", "عاجل –", "URGENT"]


def test_the_second_press_does_it_once_and_leads_to_the_calls(team: Client) -> None:
    stop = make_stop()
    make_registration(stop)
    for _ in range(2):
        answer = team.post(at(stop), typed(confirm="1"))
        made = Broadcast.objects.get()
        assert (answer.status_code, answer["Location"]) == (302, at(stop, f"{made.pk}/appels/"))
    assert (made.urgent, made.audiences, made.by.function) == (True, ["seated"], "Coordination")


def test_a_banner_that_would_be_over_is_refused(team: Client) -> None:
    stop = make_stop()
    yesterday = legal_time.today() - timedelta(days=1)
    answer = team.post(at(stop), typed(confirm="1", until_day=f"{yesterday}"))
    assert answer.context["form"].errors["until_hour"] == ["Le bandeau doit finir plus tard que maintenant."]
    assert Broadcast.objects.count() == 0


def test_a_message_to_nobody_is_refused_and_an_alert_to_nobody_is_a_banner(team: Client) -> None:
    stop = make_stop()
    titles = {"headline_fr": "Objet", "headline_ar": "الموضوع"}
    answer = team.post(at(stop, "message/"), typed(confirm="1") | titles)
    assert list(answer.context["form"].errors) == ["audiences"]
    assert team.post(at(stop), typed(confirm="1")).status_code == 302
    assert Broadcast.objects.get().urgent


def test_a_banner_is_taken_down_from_the_page(team: Client) -> None:
    stop = make_stop()
    broadcast = tell(stop, "seated")
    assert team.get(at(stop, f"{broadcast.pk}/retirer/")).status_code == 405
    assert team.post(at(stop, f"{broadcast.pk}/retirer/")).status_code == 302
    broadcast.refresh_from_db()
    assert broadcast.withdrawn_at is not None


def test_a_tick_leads_back_to_where_the_caller_was(team: Client) -> None:
    stop = make_stop()
    make_registration(stop)
    broadcast = tell(stop, "seated")
    row = broadcast.addressees.get()
    answer = team.post(at(stop, f"{broadcast.pk}/appels/"), {"addressee": row.pk, "reste": "1"})
    assert answer["Location"] == at(stop, f"{broadcast.pk}/appels/?reste=1#appel-{row.pk}")
    row.refresh_from_db()
    assert row.reached_by.function == "Coordination"
    assert team.post(at(stop, f"{broadcast.pk}/appels/"), {"addressee": "x"}).status_code == 404


def pages(stop: Stop, broadcast: Broadcast) -> list[str]:
    one = broadcast.pk
    mine = (
        "",
        "message/",
        f"{one}/appels/",
        f"{one}/appels.csv",
        f"{one}/appels-fr.pdf",
        f"{one}/appels-ar.pdf",
    )
    return [at(stop, more) for more in mine]


def test_the_team_reads_every_page_and_nobody_keeps_one(team: Client, tmp_path: Path, settings: Any) -> None:
    settings.PRIVATE_DOCUMENT_DIR = tmp_path / "private"
    stop = make_stop()
    make_registration(stop)
    for path in pages(stop, tell(stop, "seated")):
        answer = team.get(path)
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store, private"), path


@pytest.mark.parametrize("role", [Role.PRESS, Role.DOOR])
def test_neither_the_door_nor_the_press_sees_anything_of_it(client: Client, role: str) -> None:
    stop = make_stop()
    broadcast = tell(stop, "seated")
    paths = [*pages(stop, broadcast), at(stop, f"{broadcast.pk}/retirer/")]
    assert {client.get(path).status_code for path in paths} == {302}
    client.force_login(make_user(role=role))
    assert {client.post(path).status_code for path in paths} == {403}


def test_a_draft_has_nobody_to_be_warned(team: Client) -> None:
    assert team.get(at(make_stop(published=False))).status_code == 404


@pytest.mark.parametrize("people", [1, 3])
def test_the_list_of_calls_asks_the_same_few_questions(
    team: Client, people: int, django_assert_num_queries: Any
) -> None:
    stop = make_stop()
    for _ in range(people):
        make_registration(stop)
    broadcast = tell(stop, "seated")
    with django_assert_num_queries(6):
        team.get(at(stop, f"{broadcast.pk}/appels/"))
