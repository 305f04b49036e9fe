"""What the apps below learn of those who come."""

import pytest

from meetings import attendance, audiences
from meetings.attendance import Taken
from meetings.models import Stop
from outbox import clock
from professionals import personal_links, seats
from professionals.models import RegistrationStatus
from tests.factories import make_organisation, make_professional, make_region, make_registration, make_stop

pytestmark = pytest.mark.django_db


def keys(stop: Stop, audience: str) -> list[str]:
    return [person.key for person in audiences.get(audience).members(stop)]


def test_the_portal_starts_with_its_registries_filled() -> None:
    stop = make_stop()
    make_registration(stop)
    assert attendance.current().taken([stop.pk]) == {stop.pk: Taken(seated=1, waiting=0)}
    ours = ["professionals", "registered", "seated", "waiting", "attended"]
    assert [audiences.get(name).invitable for name in ours] == [True, False, False, False, False]


def test_each_audience_is_those_it_names() -> None:
    stop, other = make_stop(), make_stop(region="MA-11")
    seated, waiting = make_registration(stop), make_registration(stop, status=RegistrationStatus.WAITING)
    gone = make_registration(stop, status=RegistrationStatus.CANCELLED)
    came = make_registration(stop, checked_in_at=clock.now())
    make_registration(other)
    assert gone.status == "cancelled"
    expected = {
        "registered": [seated, waiting, came],
        "seated": [seated, came],
        "waiting": [waiting],
        "attended": [came],
    }
    assert {name: keys(stop, name) for name in expected} == {
        name: [f"registration:{one.pk}" for one in people] for name, people in expected.items()
    }


def test_the_invitable_are_the_regions_professionals_who_never_answered_for_themselves() -> None:
    stop = make_stop()
    known = make_professional()
    make_professional(organisation=make_organisation(region=make_region("MA-11")))
    for status in RegistrationStatus.values:
        make_registration(stop, status=status)
    assert keys(stop, "professionals") == [f"professional:{known.pk}"]


def test_a_recipient_carries_their_link_language_and_step() -> None:
    stop = make_stop()
    person = make_professional(language="ar", name="مديرة الفندق", email="riad@hotel.example")
    registration = seats.register(stop, professional=person)
    seats.withdraw(registration)
    registration = seats.come_back(registration)
    [found] = audiences.get("seated").members(stop)
    assert (found.email, found.name, found.language, found.calendar_step) == (
        "riad@hotel.example",
        "مديرة الفندق",
        "ar",
        2,
    )
    own = personal_links.registration_url(registration)
    assert found.links == {"registration": own, "confirm": f"{own}je-confirme/", "withdraw": f"{own}liberer/"}
    assert found.links["registration"].startswith("http://localhost:8000/ar/inscription/")


@pytest.mark.parametrize("people", [1, 3])
def test_an_audience_is_asked_for_in_one_query(people: int, django_assert_num_queries) -> None:
    stop = make_stop()
    for _ in range(people):
        make_registration(stop)
        make_professional()
    for name in ("registered", "seated", "professionals"):
        with django_assert_num_queries(1):
            assert len(list(audiences.get(name).members(stop))) == people


def test_staff_read_names_behind_keys_and_those_gone_are_left_out(django_assert_num_queries) -> None:
    person = make_professional(name="Directrice")
    registration = make_registration(make_stop(), professional=person)
    for name, key, queries in (
        ("professionals", f"professional:{person.pk}", 1),
        ("seated", f"registration:{registration.pk}", 2),  # the officials who were there, too
    ):
        names = audiences.get(name).names
        assert names is not None
        with django_assert_num_queries(queries):
            assert names([key, f"{key}999", "official:1"]) == {key: "Directrice"}
