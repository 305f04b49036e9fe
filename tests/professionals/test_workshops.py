"""Workshops: own seats, never oversold, by seated people, from what was released."""

from contextlib import suppress
from datetime import time
from functools import partial
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from meetings import gate, held_seats, lifecycle, releases
from meetings.models import HeldFor, HeldSeats, Meeting, MeetingKind, Stop, Visibility
from outbox import clock
from outbox.models import Message
from professionals import handovers, programme, seats, workshops
from professionals import offers as seat_offers
from professionals.models import Registration, RegistrationStatus, WorkshopSeat, WorkshopWait
from professionals.workshops import HouseFull, NoSuchWorkshop, NotSeated, Overlaps, WorkshopFull
from tests.factories import (
    make_meeting,
    make_organisation,
    make_professional,
    make_registration,
    make_staff,
    make_stop,
)
from tests.meeting_points import MeetingPoint
from tests.professionals.conftest import AtOnce, Clock


def make_workshop(stop: Stop, **fields: Any) -> Meeting:
    defaults: dict[str, Any] = {
        "kind": MeetingKind.WORKSHOP,
        "title_fr": "Atelier aérien",
        "title_ar": "ورشة الربط الجوي",
        "title_en": "Air links workshop",
        "starts": time(11),
        "ends": time(12),
        "visibility": Visibility.REGISTERED,
    }
    return make_meeting(stop, **defaults | fields)


def make_stop_with_workshops(*fields: dict[str, Any]) -> tuple[Stop, list[Meeting]]:
    """A published stop with a plenary session and these workshops."""
    stop = make_stop(published=False)
    made = [make_workshop(stop, **one) for one in fields]
    releases.publish(stop, by=None)
    return Stop.objects.get(pk=stop.pk), made


def chosen(registration: Registration) -> list[int]:
    return sorted(registration.workshop_seats.values_list("meeting_id", flat=True))


@pytest.mark.django_db
def test_a_seated_person_chooses_and_leaves_workshops() -> None:
    stop, [first, second] = make_stop_with_workshops({}, {"starts": time(12), "ends": time(13)})
    mine = make_registration(stop)
    workshops.choose(mine, first.pk)
    workshops.choose(mine, second.pk)
    workshops.choose(mine, second.pk)
    assert chosen(mine) == [first.pk, second.pk]
    workshops.leave(mine, first.pk)
    workshops.leave(mine, first.pk)
    assert chosen(mine) == [second.pk]


@pytest.mark.django_db
def test_two_workshops_at_the_same_time_are_one_too_many() -> None:
    stop, [first, second] = make_stop_with_workshops({}, {"starts": time(11, 30), "ends": time(12, 30)})
    mine = make_registration(stop)
    workshops.choose(mine, first.pk)
    with pytest.raises(Overlaps):
        workshops.choose(mine, second.pk)
    assert chosen(mine) == [first.pk]


@pytest.mark.django_db
def test_a_workshop_has_as_many_seats_as_it_has() -> None:
    stop, [small] = make_stop_with_workshops({"seats": 1})
    first, second = make_registration(stop), make_registration(stop)
    workshops.choose(first, small.pk)
    with pytest.raises(WorkshopFull):
        workshops.choose(second, small.pk)
    workshops.leave(first, small.pk)
    workshops.choose(second, small.pk)


def told(purpose: str = "workshop_seat") -> list[str]:
    return list(Message.objects.filter(purpose=purpose).order_by("pk").values_list("recipient", flat=True))


def waiting(workshop: Meeting) -> list[Registration]:
    return [one.registration for one in workshop.workshop_waits.order_by("asked_at", "pk")]


@pytest.mark.django_db
def test_who_waits_for_a_full_workshop_moves_up_first_come_first_and_is_told_once() -> None:
    stop, [small] = make_stop_with_workshops({"seats": 1})
    first, second, third, late = (make_registration(stop) for _ in range(4))
    workshops.choose(first, small.pk)
    for one in (second, second, third):
        workshops.wait(one, small.pk)
    assert waiting(small) == [second, third]
    assert [workshops.offers(one, programme.for_person(one))[0].rank for one in (second, third)] == [1, 2]
    workshops.leave(first, small.pk)
    assert (chosen(second), waiting(small), told()) == ([small.pk], [third], [second.professional.email])
    message = Message.objects.get(purpose="workshop_seat")
    assert ("« Atelier aérien »" in message.text.replace("\u202f", " "), "11h00" in message.text) == (
        True,
        True,
    )
    seats.withdraw(second)  # without a seat at the stop there is none in its workshops
    assert (chosen(third), waiting(small)) == ([small.pk], [])
    workshops.wait(late, small.pk)
    workshops.leave(late, small.pk)
    assert waiting(small) == []


@pytest.mark.django_db
def test_a_free_seat_of_a_workshop_belongs_to_its_queue_before_any_newcomer() -> None:
    """While staff hold the queue the seat stays free, and nobody passes those who wait."""
    stop, [small] = make_stop_with_workshops({"seats": 1})
    first, second, newcomer = (make_registration(stop) for _ in range(3))
    workshops.choose(first, small.pk)
    workshops.wait(second, small.pk)
    seat_offers.stop_promotion(stop, by=None)
    workshops.leave(first, small.pk)
    with pytest.raises(WorkshopFull):
        workshops.choose(newcomer, small.pk)
    assert workshops.offers(newcomer, programme.for_person(newcomer))[0].full
    seat_offers.resume_promotion(stop, by=None)
    assert chosen(second) == [small.pk]


@pytest.mark.django_db
def test_seats_opened_or_released_in_a_workshop_move_its_queue_up_and_fewer_evict_nobody(
    client: Client,
) -> None:
    stop, [small] = make_stop_with_workshops({"seats": 2})
    held_seats.hold(stop, HeldFor.PRESS, 1, by=None, meeting=small)
    people = [make_registration(stop) for _ in range(4)]
    workshops.choose(people[0], small.pk)
    for one in people[1:]:
        workshops.wait(one, small.pk)
    held_seats.release(HeldSeats.objects.get(), by=None)
    assert waiting(small) == people[2:]
    client.force_login(make_staff())
    for many, left in ((3, people[3:]), (1, people[3:]), ("", [])):
        page = reverse("admin:meetings_meeting_change", args=[small.pk])
        form = client.get(page).context["adminform"].form
        points = {f"items-{name}": value for name, value in (("TOTAL_FORMS", 0), ("INITIAL_FORMS", 0))}
        sent = {name: form[name].value() for name in form.fields} | {"seats": many} | points
        answer = client.post(page, {name: "" if value is None else value for name, value in sent.items()})
        assert answer.status_code == 302
        assert waiting(small) == left
    assert small.workshop_seats.count() == 4


@pytest.mark.django_db
def test_an_establishment_has_as_many_seats_in_a_workshop_as_it_may() -> None:
    stop, [small] = make_stop_with_workshops({"seats": 2, "per_organisation": 1})
    house = make_organisation()
    one, colleague = (
        make_registration(stop, professional=make_professional(organisation=house)) for _ in "ab"
    )
    other, third = make_registration(stop), make_registration(stop)
    workshops.choose(one, small.pk)
    for act in (workshops.choose, workshops.wait):
        with pytest.raises(HouseFull):
            act(colleague, small.pk)
    workshops.choose(other, small.pk)
    workshops.wait(third, small.pk)
    workshops.leave(one, small.pk)
    assert chosen(third) == [small.pk]


@pytest.mark.django_db
def test_who_waits_for_two_at_the_same_time_gets_one_and_waits_no_more_for_the_other() -> None:
    stop, made = make_stop_with_workshops(
        {"seats": 1}, {"starts": time(11, 30), "ends": time(12, 30), "seats": 1}
    )
    there, mine = make_registration(stop), [make_registration(stop) for _ in range(2)]
    others = [there, make_registration(stop)]
    for one, workshop in zip(others, made, strict=True):
        workshops.choose(one, workshop.pk)
        workshops.wait(mine[0], workshop.pk)
    workshops.wait(mine[1], made[0].pk)
    workshops.leave(others[1], made[1].pk)
    assert (chosen(mine[0]), waiting(made[0])) == ([made[1].pk], [mine[1]])


@pytest.mark.django_db
def test_a_seat_handed_over_takes_the_place_in_a_queue_along_and_a_workshop_that_goes_ends_it() -> None:
    stop, [small] = make_stop_with_workshops({"seats": 1})
    first, mine = make_registration(stop), make_registration(stop)
    workshops.choose(first, small.pk)
    workshops.wait(mine, small.pk)
    heir = handovers.hand_over(mine, name="Relève", email="releve@hotel.example", phone="+212661000055")
    assert waiting(small) == [heir]
    lifecycle.withdraw_meeting(small, by=None)
    assert WorkshopWait.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("status", [RegistrationStatus.WAITING, RegistrationStatus.CANCELLED])
def test_who_has_no_seat_chooses_no_workshop(status: str) -> None:
    stop, [workshop] = make_stop_with_workshops({})
    with pytest.raises(NotSeated):
        workshops.choose(make_registration(stop, status=status), workshop.pk)
    with pytest.raises(NotSeated):
        workshops.wait(make_registration(stop, status=status), workshop.pk)


@pytest.mark.django_db
def test_nobody_chooses_once_the_stop_has_begun(later: Clock) -> None:
    stop, [workshop] = make_stop_with_workshops({})
    mine = make_registration(stop)
    workshops.choose(mine, workshop.pk)
    later(stop.starts_at - clock.now())
    for act in (workshops.choose, workshops.leave):
        with pytest.raises(NotSeated):
            act(mine, workshop.pk)
    assert chosen(mine) == [workshop.pk]


@pytest.mark.django_db
def test_only_released_workshops_of_the_stop_are_chosen() -> None:
    stop, _ = make_stop_with_workshops()
    draft = make_workshop(stop)
    behind_doors = make_meeting(stop, visibility=Visibility.INVITED, kind=MeetingKind.WORKSHOP)
    plenary = stop.meetings.get(kind=MeetingKind.PLENARY)
    elsewhere = make_workshop(make_stop(region="MA-11"))
    mine = make_registration(stop)
    for meeting in (draft, behind_doors, plenary, elsewhere):
        with pytest.raises(NoSuchWorkshop):
            workshops.choose(mine, meeting.pk)
    assert chosen(mine) == []


@pytest.mark.django_db
def test_a_workshop_that_goes_frees_and_tells_those_who_chose_it() -> None:
    stop, [goes, stays] = make_stop_with_workshops({}, {"starts": time(12), "ends": time(13)})
    people = [make_registration(stop) for _ in range(2)]
    for one in people:
        workshops.choose(one, goes.pk)
        workshops.choose(one, stays.pk)
    lifecycle.withdraw_meeting(goes, by=None)
    assert [chosen(one) for one in people] == [[stays.pk], [stays.pk]]
    told = Message.objects.filter(purpose="workshop_withdrawn").order_by("pk")
    assert [message.recipient for message in told] == [one.professional.email for one in people]
    assert "Atelier aérien" in told[0].text


@pytest.mark.django_db
@pytest.mark.parametrize("many", [1, 3])
def test_what_is_offered_is_asked_in_one_query(many: int, django_assert_num_queries) -> None:
    fields = [{"starts": time(10 + n), "ends": time(11 + n), "seats": 1} for n in range(many)]
    stop, made = make_stop_with_workshops(*fields)
    mine, other = make_registration(stop), make_registration(stop)
    workshops.choose(mine, made[0].pk)
    for workshop in made[1:]:
        workshops.choose(other, workshop.pk)
    document = programme.for_person(mine)
    with django_assert_num_queries(1):
        offers = workshops.offers(mine, document)
    found = [(offer.chosen, offer.full, offer.clashes) for offer in offers]
    assert found == [(True, True, False)] + [(False, True, False)] * (many - 1)


def race_for_the_last_workshop_seat(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> int:
    """Two people ask at once; each counts before either has written."""
    stop, [small] = make_stop_with_workshops({"seats": 1})
    people = [make_registration(stop), make_registration(stop)]
    meeting, plain = MeetingPoint(), QuerySet.count

    def count(rows: QuerySet[Any]) -> int:
        number = plain(rows)
        if rows.model is WorkshopSeat:
            meeting.passed()
        return number

    def choose(one: Registration) -> None:
        with suppress(WorkshopFull):
            workshops.choose(one, small.pk)

    with monkeypatch.context() as patched:
        patched.setattr(QuerySet, "count", count)
        at_once([partial(choose, one) for one in people])
    return small.workshop_seats.count()


@pytest.mark.django_db(transaction=True)
def test_two_people_racing_for_the_last_seat_of_a_workshop_do_not_both_get_it(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert race_for_the_last_workshop_seat(at_once, monkeypatch) == 1


@pytest.mark.django_db(transaction=True)
def test_the_race_for_a_workshop_is_real(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the lock both get it: if this fails, the test above proves nothing."""
    monkeypatch.setattr(gate, "lock", lambda stop_id: Stop.objects.get(pk=stop_id))
    assert race_for_the_last_workshop_seat(at_once, monkeypatch) == 2


@pytest.mark.django_db(transaction=True)
def test_forty_people_for_ten_workshop_seats_get_exactly_ten(at_once: AtOnce) -> None:
    stop, [workshop] = make_stop_with_workshops({"seats": 10})
    people = [make_registration(stop) for _ in range(40)]

    def choose(one: Registration) -> bool:
        try:
            workshops.choose(one, workshop.pk)
        except WorkshopFull:
            return False
        return True

    assert sum(at_once([partial(choose, one) for one in people])) == 10
    assert workshop.workshop_seats.count() == 10


@pytest.mark.django_db(transaction=True)
def test_who_gives_their_seat_up_while_choosing_keeps_no_workshop(at_once: AtOnce) -> None:
    stop, [workshop] = make_stop_with_workshops({})
    mine = make_registration(stop)

    def choose() -> None:
        with suppress(NotSeated):
            workshops.choose(mine, workshop.pk)

    at_once([choose, partial(seats.withdraw, mine)] * 3)
    assert WorkshopSeat.objects.count() == 0
