from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from meetings.models import MeetingKind, Stop
from outbox import clock
from professionals import presence
from professionals.models import DoorAccess, Mark, Registration, RegistrationStatus, WorkshopSeat
from tests.factories import (
    make_category,
    make_door,
    make_invitation,
    make_meeting,
    make_professional,
    make_registration,
    make_staff,
    make_stop,
)

pytestmark = pytest.mark.django_db
AtTheDoor = Callable[..., datetime]


@pytest.fixture
def stop(at_the_door: AtTheDoor) -> Stop:
    made = make_stop(seats=2)
    at_the_door(made)
    return made


@pytest.fixture
def door(stop: Stop) -> User:
    return make_door(stop, function="Accueil nord")


@pytest.fixture
def telephone(client: Client, door: User) -> Client:
    client.force_login(door)
    return client


def address(view: str, stop: Stop, **parts: str) -> str:
    return reverse(f"day:{view}", kwargs={"slug": stop.slug, **parts})


def somebody(stop: Stop, name: str = "Zineb El Fassi", **fields: str) -> Registration:
    return make_registration(stop, professional=make_professional(name=name), **fields)


def shown(answer: Any) -> list[tuple[str, str, bool]]:
    """Of each person on the page: the name, since when they are there, whether there is a button."""
    cards = [*answer.context["seen"], *answer.context["found"]]
    return [(card["person"].name, card["since"], card["may_mark"]) for card in cards]


def test_somebody_is_found_marked_and_taken_back(telephone: Client, stop: Stop, door: User) -> None:
    mine = somebody(stop)
    key = presence.key_of(mine)
    page = telephone.get(address("door", stop), {"q": "fassi"})
    assert shown(page) == [("Zineb El Fassi", "", True)]
    after = telephone.post(address("mark", stop), {"key": key}, follow=True)
    assert after.redirect_chain == [(f"{address('door', stop)}?vu=registration%3A{mine.pk}", 302)]
    assert shown(after) == [("Zineb El Fassi", "09:30", False)]
    assert "vu(e) par Accueil nord" in after.text
    assert list(Mark.objects.values_list("by", "registration")) == [(door.pk, mine.pk)]
    back = telephone.post(address("take_back", stop), {"key": key, "q": "fassi"}, follow=True)
    assert shown(back)[0] == ("Zineb El Fassi", "", True)


def test_a_second_scan_says_when_the_first_was(telephone: Client, stop: Stop, at_the_door: AtTheDoor) -> None:
    mine = somebody(stop)
    telephone.post(address("mark", stop), {"key": presence.key_of(mine)})
    at_the_door(stop, minutes=5)
    page = telephone.get(address("person", stop, key=presence.key_of(mine)))
    assert page.context["card"]["since"] == "09:30"
    assert page.context["card"]["may_mark"] is False


def test_an_official_is_marked_at_the_same_door(telephone: Client, stop: Stop) -> None:
    invited = make_invitation(stop)
    telephone.post(address("mark", stop), {"key": presence.key_of(invited)})
    assert Mark.objects.get().invitation == invited


def test_the_door_of_a_workshop_shows_its_own_presences(telephone: Client, stop: Stop) -> None:
    workshop = make_meeting(stop, kind=MeetingKind.WORKSHOP)
    mine, at = somebody(stop), {"porte": str(workshop.pk)}
    WorkshopSeat.objects.create(registration=mine, meeting=workshop, chosen_at=clock.now())
    telephone.post(address("mark", stop), {"key": presence.key_of(mine)} | at)
    assert Mark.objects.get().meeting == workshop
    assert shown(telephone.get(address("door", stop), {"q": "fassi"} | at)) == [
        ("Zineb El Fassi", "09:30", False)
    ]
    assert shown(telephone.get(address("door", stop), {"q": "fassi"})) == [("Zineb El Fassi", "", True)]


def test_who_waits_gets_a_seat_or_a_decision(telephone: Client, stop: Stop, door: User) -> None:
    mine = somebody(stop, status=RegistrationStatus.WAITING)
    key = {"key": presence.key_of(mine)}
    for _ in range(2):
        make_registration(stop)
    assert telephone.post(address("mark", stop), key).status_code == 409
    refused = telephone.post(address("seat", stop), key)
    assert refused.status_code == 409
    assert "Places attribuées : 2 sur 2, gardées : 0, en attente : 1." in refused.text
    telephone.post(address("seat", stop), key | {"beyond": "1"})
    mine.refresh_from_db()
    assert (mine.status, mine.beyond_by) == ("seated", door)
    assert AuditEntry.objects.filter(verb="seated_beyond").count() == 1
    assert telephone.post(address("mark", stop), key).status_code == 302


def test_a_workshop_gives_a_seat_at_its_door(telephone: Client, stop: Stop) -> None:
    workshop = make_meeting(stop, kind=MeetingKind.WORKSHOP)
    mine = somebody(stop)
    asked = {"key": presence.key_of(mine), "porte": str(workshop.pk)}
    after = telephone.post(address("seat", stop), asked, follow=True)
    assert after.context["card"]["may_mark"] is True
    assert WorkshopSeat.objects.get().meeting == workshop


WALK_IN = {
    "name": "Gérante de riad",
    "organisation": "Riad de la Médina",
    "phone": "06 61 00 00 01",
    "notice": "on",
}


def test_a_walk_in_takes_four_fields(telephone: Client, stop: Stop) -> None:
    typed = WALK_IN | {"category": str(make_category().pk)}
    after = telephone.post(address("walk_in", stop), typed, follow=True)
    assert shown(after) == [("Gérante de riad", "09:30", False)]
    without = {name: value for name, value in typed.items() if name != "notice"}
    refused = telephone.post(address("walk_in", stop), without)
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["notice"]


def test_a_walk_in_beyond_the_room_is_a_decision(telephone: Client, stop: Stop, door: User) -> None:
    typed = WALK_IN | {"category": str(make_category().pk)}
    for _ in range(2):
        make_registration(stop)
    asked = telephone.post(address("walk_in", stop), typed)
    assert asked.status_code == 409
    assert Registration.objects.count() == 2
    telephone.post(address("walk_in", stop), typed | {"beyond": "1"})
    assert Registration.objects.get(channel="accueil").beyond_by == door


def test_before_the_day_nobody_is_marked(telephone: Client, stop: Stop, at_the_door: AtTheDoor) -> None:
    mine = somebody(stop)
    at_the_door(stop, minutes=-24 * 60)
    assert shown(telephone.get(address("door", stop), {"q": "fassi"})) == [("Zineb El Fassi", "", False)]
    refused = telephone.post(address("mark", stop), {"key": presence.key_of(mine)})
    assert (refused.status_code, Mark.objects.count()) == (409, 0)


def test_who_was_seen_without_a_seat_is_shown_until_somebody_settles_it(
    telephone: Client, stop: Stop
) -> None:
    mine = somebody(stop, status=RegistrationStatus.CANCELLED)
    seen = presence.Sent(presence.uuid.uuid4(), presence.key_of(mine), clock.now())
    presence.receive(stop, [seen], by=make_door(stop))
    page = telephone.get(address("door", stop))
    assert [card["person"].name for card in page.context["unsettled"]] == ["Zineb El Fassi"]
    telephone.post(address("seat", stop), {"key": presence.key_of(mine)})
    assert telephone.get(address("door", stop)).context["unsettled"] == []


def test_only_the_pages_of_the_door_may_start_a_worker(telephone: Client, stop: Stop) -> None:
    assert "worker-src 'self'" in telephone.get(address("door", stop))["Content-Security-Policy"]
    assert "worker-src" not in telephone.get(address("live", stop))["Content-Security-Policy"]
    assert "worker-src" not in telephone.get("/fr/")["Content-Security-Policy"]


def test_nothing_of_the_door_is_kept_on_the_way(telephone: Client, stop: Stop) -> None:
    for view in ("door", "live", "figures", "list", "shell", "walk_in"):
        answer = telephone.get(address(view, stop))
        assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == (
            "no-store, private",
            "noindex, nofollow",
        ), view


def test_the_figures_are_live_for_door_and_director(telephone: Client, stop: Stop) -> None:
    make_registration(stop)
    assert telephone.get(address("live", stop)).context["figures"].total.expected == 1
    assert telephone.get(address("figures", stop)).context["figures"].total.present == 0
    telephone.force_login(make_staff())
    assert telephone.get(address("live", stop)).status_code == 200


def test_the_door_lands_at_its_stop(telephone: Client, stop: Stop, door: User) -> None:
    assert telephone.get(reverse("day:mine"))["Location"] == address("door", stop)
    DoorAccess.objects.create(user=door, stop=make_stop(region="MA-01"))
    assert [one.slug for one in telephone.get(reverse("day:mine")).context["stops"]] == [
        stop.slug,
        "tanger-tetouan-al-hoceima",
    ]
    DoorAccess.objects.all().delete()
    assert telephone.get(reverse("day:mine")).status_code == 200
    assert telephone.get(address("door", stop)).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_a_search_takes_as_many_queries_for_one_as_for_three(
    telephone: Client, stop: Stop, rows: int, django_assert_num_queries: Any
) -> None:
    for _ in range(rows):
        somebody(stop)
    with django_assert_num_queries(16):
        telephone.get(address("door", stop), {"q": "fassi"})
