"""A delegation asked for: places given, rank, approval, how many an establishment may have."""

import pytest

from accounts.models import AuditEntry
from meetings import lifecycle
from meetings.models import Access, Stop
from outbox.models import Message
from professionals import offers, promotion, room, seats
from professionals.delegations import asking
from professionals.models import Registration
from tests.factories import make_organisation, make_professional, make_registration, make_staff, make_stop
from tests.professionals.delegations.asked import ask_for, standing

pytestmark = pytest.mark.django_db


def come(stop: Stop) -> Registration:
    return seats.register(stop, professional=make_professional())


def open_seats(stop: Stop, seats: int) -> None:
    """So many in all; the queue moves up at once."""
    lifecycle.change(stop, changes={"seats": seats}, by=None)


def status(registration: Registration) -> str:
    return Registration.objects.get(pk=registration.pk).status


def test_places_are_taken_as_soon_as_they_are_given_named_or_not() -> None:
    stop = make_stop(seats=5)
    delegation = ask_for(stop, 3)
    assert (standing(delegation), room.free(stop)) == ([("active", 3, 3)], 2)
    message = Message.objects.get(purpose="delegation")
    assert message.recipient == delegation.contact.email
    assert "3 places sont réservées à votre établissement. 3 places restent à nommer." in message.text


def test_in_part_it_takes_what_there_is_and_waits_for_the_rest_before_who_comes_after() -> None:
    stop = make_stop(seats=2)
    delegation = ask_for(stop, 4)
    late = come(stop)
    assert standing(delegation) == [("active", 2, 4)]
    assert (status(late), seats.position(late), asking.position(delegation)) == ("waiting", 3, 1)
    open_seats(stop, 3)
    assert (standing(delegation), status(late)) == ([("active", 3, 4)], "waiting")
    open_seats(stop, 5)
    assert (standing(delegation), status(late)) == ([("active", 4, 4)], "seated")


def test_as_a_whole_it_takes_nothing_while_there_is_too_little_and_keeps_nobody_from_it() -> None:
    stop = make_stop(seats=2)
    delegation = ask_for(stop, 3, whole=True)
    first, second, third = come(stop), come(stop), come(stop)
    assert standing(delegation) == [("active", 0, 3)]
    assert [status(one) for one in (first, second, third)] == ["seated", "seated", "waiting"]
    # Its rank is older than that of who waits: enough seats at once are its own.
    open_seats(stop, 5)
    assert (standing(delegation), status(third)) == ([("active", 3, 3)], "waiting")


def test_nobody_of_the_queue_is_overtaken_by_a_delegation_behind_the_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(promotion, "BATCH", 2)
    stop = make_stop(seats=1)
    make_registration(stop)
    queue = [come(stop) for _ in range(4)]
    delegation = ask_for(stop, 3)
    open_seats(stop, 5)
    assert standing(delegation) == [("active", 0, 3)]
    promotion.promote(stop)
    assert [status(one) for one in queue] == ["seated"] * 4


def test_asking_twice_is_asking_once_and_who_was_cancelled_asks_anew() -> None:
    stop = make_stop(seats=5)
    delegation = ask_for(stop, 2)
    assert ask_for(stop, 4, contact=delegation.contact) == delegation
    assert standing(delegation) == [("active", 2, 2)]
    type(delegation).objects.update(status="cancelled", granted=0)
    assert ask_for(stop, 4, contact=delegation.contact) == delegation
    assert standing(delegation) == [("active", 4, 4)]


def test_where_staff_approve_it_has_no_place_before_and_its_rank_from_then() -> None:
    stop, staff = make_stop(seats=3, access=Access.APPROVAL), make_staff()
    delegation = ask_for(stop, 3)
    assert (standing(delegation), room.free(stop)) == ([("pending", 0, 3)], 3)
    asking.approve(delegation, by=staff)
    assert standing(delegation) == [("active", 3, 3)]
    with pytest.raises(asking.NotPending):
        asking.approve(delegation, by=staff)
    with pytest.raises(asking.NotPending):
        asking.refuse(delegation, by=staff)
    said = list(Message.objects.order_by("pk").values_list("headline", "status"))
    assert [status for _words, status in said] == ["superseded", "queued"]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.target) == ("approved", f"delegation:{delegation.pk}")


def test_refused_it_stays_refused_until_staff_think_again() -> None:
    stop, staff = make_stop(seats=3, access=Access.APPROVAL), make_staff()
    delegation = ask_for(stop, 2)
    asking.refuse(delegation, by=staff)
    assert Message.objects.latest("pk").headline.endswith("demande non retenue")
    ask_for(stop, 2, contact=delegation.contact)
    assert standing(delegation) == [("refused", 0, 2)]
    asking.approve(delegation, by=staff)
    assert standing(delegation) == [("active", 2, 2)]


def test_by_invitation_only_the_team_registers_delegations() -> None:
    stop = make_stop(access=Access.INVITATION)
    with pytest.raises(seats.InvitationOnly):
        ask_for(stop, 2)
    assert standing(ask_for(stop, 2, vouched=True)) == [("active", 2, 2)]


def test_an_establishment_has_no_more_places_than_it_may_whoever_asks() -> None:
    stop, house = make_stop(per_organisation=4), make_organisation()
    seats.register(stop, professional=make_professional(organisation=house))
    with pytest.raises(seats.OrganisationFull):
        ask_for(stop, 4, contact=make_professional(organisation=house))
    ask_for(stop, 3, contact=make_professional(organisation=house))
    with pytest.raises(seats.OrganisationFull):
        seats.register(stop, professional=make_professional(organisation=house))


def test_a_closed_stop_takes_none() -> None:
    with pytest.raises(seats.RegistrationClosed):
        ask_for(make_stop(registration_paused=True), 2)


def test_while_staff_hold_the_queue_free_seats_are_still_given_to_who_asks() -> None:
    stop = make_stop(seats=3)
    offers.stop_promotion(stop, by=make_staff())
    assert standing(ask_for(stop, 2), ask_for(stop, 2)) == [("active", 2, 2), ("active", 1, 2)]
