import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.models import Answer, MeetingKind, Stop
from outbox import clock
from professionals import badges
from professionals.day import expected
from professionals.models import RegistrationStatus, WorkshopSeat
from tests.factories import (
    make_invitation,
    make_meeting,
    make_official,
    make_organisation,
    make_professional,
    make_registration,
    make_stop,
)

pytestmark = pytest.mark.django_db


def make_guest(stop: Stop, name: str, house: str = "Riad du Port") -> str:
    person = make_professional(name=name, organisation=make_organisation(name=house))
    return f"registration:{make_registration(stop, professional=person).pk}"


@pytest.fixture
def stop() -> Stop:
    return make_stop()


def found(stop: Stop, typed: str) -> list[str]:
    return [one.key for one in expected.search(expected.people(stop, "fr"), typed)]


def test_people_are_found_in_either_script_by_name_or_establishment(stop: Stop) -> None:
    latin, arabic = make_guest(stop, "Zineb El Fassi"), make_guest(stop, "زينب الفاسي", "فندق الأطلس")
    assert found(stop, "el-fassi zineb") == [latin]
    assert found(stop, "ÉL FASSI") == [latin]
    assert found(stop, "الفاسى") == [arabic]
    assert found(stop, "أطلس") == [arabic]
    assert found(stop, "riad") == [latin]
    assert found(stop, "riad زينب") == []
    assert found(stop, "  ") == []


def test_people_are_found_by_the_code_of_their_badge(stop: Stop) -> None:
    make_guest(stop, "Quelqu’un d’autre")
    mine = make_registration(stop)
    typed = badges.in_groups(badges.code(mine)).lower()
    assert found(stop, typed) == [f"registration:{mine.pk}"]


def test_who_waits_is_on_the_list_and_who_gave_up_is_not(stop: Stop) -> None:
    waiting = make_registration(stop, status=RegistrationStatus.WAITING)
    gone = make_registration(stop, status=RegistrationStatus.CANCELLED)
    assert [one.key for one in expected.people(stop, "fr")] == [f"registration:{waiting.pk}"]
    assert expected.person(stop, f"registration:{gone.pk}", "fr").standing == "Annulée"


def test_officials_who_said_they_come_are_expected_and_those_who_declined_are_not_there(stop: Stop) -> None:
    official = make_official(region=stop.region, function_fr="Président du CRT", name="Un président")
    comes = make_invitation(stop, official=official)
    silent = make_invitation(stop, answer=Answer.NONE)
    make_invitation(stop, answer=Answer.DECLINED)
    people = {one.key: one for one in expected.people(stop, "fr")}
    assert set(people) == {f"invitation:{comes.pk}", f"invitation:{silent.pk}"}
    mine = people[f"invitation:{comes.pk}"]
    assert (mine.name, mine.function, mine.status) == ("Un président", "Président du CRT", "seated")
    assert people[f"invitation:{silent.pk}"].status == "asked"


def test_who_stands_in_is_shown_with_whom_they_represent(stop: Stop) -> None:
    official = make_official(region=stop.region, function_fr="Président du CRT")
    make_invitation(
        stop, official=official, answer=Answer.REPLACED, replacement_name="La directrice",
        replacement_function="Directrice",
    )  # fmt: skip
    [one] = expected.people(stop, "fr")
    assert (one.name, one.function) == (
        "La directrice",
        "représente\N{NARROW NO-BREAK SPACE}: Président du CRT",
    )


def test_nobody_of_another_stop_is_there(stop: Stop) -> None:
    elsewhere = make_registration(make_stop(region="MA-01"))
    assert expected.people(stop, "fr") == []
    assert expected.person(stop, f"registration:{elsewhere.pk}", "fr") is None
    assert expected.person(stop, "registration:²", "fr") is None


def test_the_list_says_what_a_door_needs_and_nothing_to_reach_people_by(stop: Stop) -> None:
    person = make_professional(email="ne-pas-ecrire@hotel.example", phone="+212661999999")
    make_registration(stop, professional=person)
    said = repr(expected.people(stop, "fr"))
    assert "hotel.example" not in said
    assert "661999999" not in said


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_four_queries(stop: Stop, rows: int) -> None:
    workshop = make_meeting(stop, kind=MeetingKind.WORKSHOP)
    for _ in range(rows):
        mine = make_registration(stop)
        WorkshopSeat.objects.create(registration=mine, meeting=workshop, chosen_at=clock.now())
        make_invitation(stop)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(expected.people(stop, "fr")) == 2 * rows
    assert len(queries) == 4
