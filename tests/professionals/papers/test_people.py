"""Who stands on the papers, in which order, in which scripts."""

import pytest

from meetings.models import Answer, Guest, Invitation, MeetingKind, Stop
from outbox import clock
from professionals.models import WorkshopSeat
from professionals.papers import people
from regions.models import Official
from tests.factories import (
    make_meeting,
    make_official,
    make_organisation,
    make_professional,
    make_registration,
    make_stop,
)

pytestmark = pytest.mark.django_db


def invite(stop: Stop, official: Official, answer: str, **more: str) -> Invitation:
    now = clock.now()
    return Invitation.objects.create(
        stop=stop,
        audience=official.body,
        key=f"official:{official.pk}",
        answer=answer,
        answered_at=None if answer == Answer.NONE else now,
        written_at=now,
        **more,
    )


def test_officials_stand_in_the_order_of_protocol_and_those_who_declined_do_not() -> None:
    stop = make_stop()
    second = make_official(function_fr="Président du CRT", protocol_rank=20)
    first = make_official(function_fr="Wali", body="wilaya", protocol_rank=10)
    last = make_official(function_fr="Délégué", body="ministry", protocol_rank=1)
    Guest.objects.create(stop=stop, official=last, rank=99)  # this stop's own rank counts
    gone = make_official(function_fr="Excusé", protocol_rank=5)
    invite(stop, gone, Answer.DECLINED)
    invite(stop, second, Answer.ACCEPTED)
    assert [guest.official for guest in people.guests(stop)] == [first, second, last]
    assert [guest.official for guest in people.guests(stop, answers=people.CONFIRMED)] == [second]


def test_whoever_stands_in_is_named_with_whom_they_represent() -> None:
    stop = make_stop()
    wali = make_official(function_fr="Wali", function_ar="الوالي", name="Untel")
    invite(
        stop,
        wali,
        Answer.REPLACED,
        replacement_name="Unetelle",
        replacement_function="Secrétaire générale",
    )
    [guest] = people.guests(stop)
    assert people.names_of(guest, "fr") == [{"text": "Unetelle", "lang": "fr"}]
    assert [line["text"] for line in people.functions_of(guest, "fr")] == [
        "Secrétaire générale",
        "représente\u202f: Wali",
    ]


@pytest.mark.parametrize(
    ("language", "names"), [("fr", ["Prénom Nom", "الاسم العائلي"]), ("ar", ["الاسم العائلي", "Prénom Nom"])]
)
def test_a_name_stands_in_both_scripts_the_pages_own_first(language: str, names: list[str]) -> None:
    stop = make_stop()
    make_official(name="Prénom Nom", name_ar="الاسم العائلي", function_fr="Président", function_ar="رئيس")
    [guest] = people.guests(stop)
    assert [line["text"] for line in people.names_of(guest, language)] == names


def test_an_official_known_by_function_alone_is_called_by_it_once() -> None:
    stop = make_stop()
    make_official(function_fr="Wali de la région", function_ar="والي الجهة")
    [guest] = people.guests(stop)
    assert people.names_of(guest, "fr") == [
        {"text": "Wali de la région", "lang": "fr"},
        {"text": "والي الجهة", "lang": "ar"},
    ]
    assert list(people.functions_of(guest, "fr")) == []


def test_who_signs_depends_on_the_meeting() -> None:
    stop = make_stop()
    official = make_official()
    one = make_registration(stop, professional=make_professional(name="Alpha"))
    other = make_registration(stop, professional=make_professional(name="Beta"))
    make_registration(stop, status="waiting")
    workshop = make_meeting(stop, kind=MeetingKind.WORKSHOP)
    WorkshopSeat.objects.create(registration=other, meeting=workshop, chosen_at=clock.now())

    def signing(kind: str) -> tuple[list[Official], list[object]]:
        meeting = workshop if kind == MeetingKind.WORKSHOP else make_meeting(stop, kind=kind)
        guests, rows = people.expected_at(meeting, stop)
        return [guest.official for guest in guests], list(rows)

    assert signing(MeetingKind.PLENARY) == ([official], [one, other])
    assert signing(MeetingKind.COUNCIL) == ([official], [])
    assert signing(MeetingKind.WORKSHOP) == ([], [other])


def test_the_list_takes_three_queries_whatever_its_length(django_assert_num_queries) -> None:
    stop = make_stop()
    for _ in range(3):
        invite(stop, make_official(), Answer.ACCEPTED)
        make_registration(stop, professional=make_professional(organisation=make_organisation()))
    with django_assert_num_queries(3):
        people.guests(stop)
        [row.professional.organisation.name for row in people.seated(stop)]
