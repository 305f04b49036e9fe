"""Delegations at the same moment: real threads, real transactions. Each race has its control."""

from contextlib import suppress
from functools import partial

import pytest
from django.db import IntegrityError

from meetings import gate
from professionals import handovers, promotion
from professionals.delegations import keeping, naming
from professionals.duplicates import merging
from professionals.models import Registration
from tests.factories import make_organisation, make_professional, make_staff, make_stop
from tests.meeting_points import MeetingPoint
from tests.professionals.conftest import AtOnce
from tests.professionals.delegations.asked import ask_for, standing

pytestmark = pytest.mark.django_db(transaction=True)
REAL = "Without the lock it happens: if this fails, the test above proves nothing."


def race_of_two_delegations_for_three_seats(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Both were told how many seats are free before either has taken its two: what each gets."""
    stop = make_stop(seats=3)
    contacts = [make_professional(), make_professional()]
    MeetingPoint().before(monkeypatch, promotion, "grant")
    made = at_once([partial(ask_for, stop, 2, contact=one) for one in contacts])
    return sorted(granted for _status, granted, _places in standing(*made))


def test_two_delegations_racing_for_the_last_seats_share_them(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert race_of_two_delegations_for_three_seats(at_once, monkeypatch) == [1, 2]


@pytest.mark.usefixtures("without_the_lock")
def test_the_race_of_two_delegations_is_real(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    assert race_of_two_delegations_for_three_seats(at_once, monkeypatch) == [2, 2], REAL


def race_of_two_names_for_one_place(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> int:
    """One place is left to be named, two people are named at once: how many have it."""
    delegation = ask_for(make_stop(seats=1), 2)
    MeetingPoint().after(monkeypatch, handovers, "ready")

    def name(email: str) -> None:
        with suppress(naming.NothingFree):
            naming.name(delegation, name="Commerciale", email=email)

    at_once([partial(name, f"{one}@hotel.example") for one in ("une", "autre")])
    return delegation.members.count()


def test_one_place_named_for_two_people_at_once_goes_to_one(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert race_of_two_names_for_one_place(at_once, monkeypatch) == 1


@pytest.mark.usefixtures("without_the_lock")
def test_the_race_for_one_place_is_real(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    assert race_of_two_names_for_one_place(at_once, monkeypatch) == 2, REAL


def race_to_name_one_person_twice(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two tabs name the same person: what each is answered."""
    delegation = ask_for(make_stop(seats=9), 3)
    make_professional(name="Commerciale", email="ventes@hotel.example", organisation=delegation.organisation)
    MeetingPoint().after(monkeypatch, handovers, "ready")

    def name() -> str:
        try:
            return str(naming.name(delegation, name="Commerciale", email="ventes@hotel.example").pk)
        except IntegrityError:
            return "refused by the database"

    answers = at_once([name, name])
    assert delegation.members.count() == 1
    return answers


def test_one_person_named_twice_at_once_is_named_once(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = race_to_name_one_person_twice(at_once, monkeypatch)
    assert (one, other) == (other, str(Registration.objects.get().pk))


@pytest.mark.usefixtures("without_the_lock")
def test_the_race_to_name_one_person_twice_is_real(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = race_to_name_one_person_twice(at_once, monkeypatch)
    assert answers.count("refused by the database") == 1, REAL


def race_to_name_while_fewer_are_asked_for(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> bool:
    """The last place is named while it is given back: whether more are named than there are places."""
    delegation = ask_for(make_stop(seats=9), 2)
    naming.name(delegation, name="Directrice", email="direction-a@hotel.example")
    meeting = MeetingPoint()
    meeting.after(monkeypatch, handovers, "ready")
    meeting.before(monkeypatch, promotion, "tell")

    def name() -> None:
        with suppress(naming.NothingFree):
            naming.name(delegation, name="Commerciale", email="ventes@hotel.example")

    def reduce() -> None:
        with suppress(keeping.TooFew):
            keeping.reduce(delegation, places=1)

    at_once([name, reduce])
    delegation.refresh_from_db()
    return delegation.members.count() > delegation.granted


def test_a_place_named_while_it_is_given_back_is_one_or_the_other(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert race_to_name_while_fewer_are_asked_for(at_once, monkeypatch) is False


@pytest.mark.usefixtures("without_the_lock")
def test_the_race_of_a_name_with_a_place_given_back_is_real(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert race_to_name_while_fewer_are_asked_for(at_once, monkeypatch) is True, REAL


def race_to_name_while_the_delegations_are_merged(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Who asked is found twice and merged while somebody is named: what becomes of both."""
    stop, house, staff = make_stop(seats=9), make_organisation(), make_staff()
    kept, gone = (make_professional(organisation=house) for _ in range(2))
    delegation = ask_for(stop, 3, contact=gone)
    meeting = MeetingPoint()
    meeting.after(monkeypatch, handovers, "ready")
    meeting.before(monkeypatch, merging, "_resolve")

    def name_who_asked() -> str:
        try:
            naming.name(delegation, name=gone.name, email=gone.email)
        except gate.Busy:
            return "again"
        except IntegrityError:
            return "refused by the database"
        return "named"

    def merge() -> str:
        try:
            merging.people(kept.pk, gone.pk, by=staff)
        except gate.Busy:
            return "again"
        except IntegrityError:
            return "refused by the database"
        return "merged"

    return at_once([name_who_asked, merge])


def test_who_is_named_while_they_are_merged_is_named_all_the_same(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = race_to_name_while_the_delegations_are_merged(at_once, monkeypatch)
    assert answers == ["named", "merged"]


@pytest.mark.usefixtures("without_the_lock")
def test_the_race_of_a_name_with_a_merge_is_real(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = race_to_name_while_the_delegations_are_merged(at_once, monkeypatch)
    assert answers != ["named", "merged"], REAL
