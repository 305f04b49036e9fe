"""Merging people who asked for places, or who were named: nothing is lost, nothing is oversold."""

import pytest

from accounts.models import User
from professionals import personal_links, room, seat_requests, seats
from professionals.delegations import keeping, naming
from professionals.duplicates import merging, undoing
from professionals.models import Delegation, Professional, Registration
from tests.factories import make_organisation, make_professional, make_staff, make_stop
from tests.professionals.delegations.asked import ask_for, standing
from tests.professionals.filling import ask

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> User:
    return make_staff()


def twins() -> tuple[Professional, Professional]:
    house = make_organisation()
    return make_professional(organisation=house), make_professional(organisation=house)


def test_a_delegation_follows_who_asked_for_it_and_comes_back_with_them(staff: User) -> None:
    kept, gone = twins()
    delegation = ask_for(make_stop(), 2, contact=gone)
    merge = merging.people(kept.pk, gone.pk, by=staff)
    delegation.refresh_from_db()
    assert (delegation.contact, standing(delegation)) == (kept, [("active", 2, 2)])
    undoing.undo(merge, by=staff)
    delegation.refresh_from_db()
    assert delegation.contact_id == gone.pk


def test_a_delegation_follows_its_establishment_and_goes_on_naming_there(staff: User) -> None:
    kept, gone = make_organisation(), make_organisation()
    delegation = ask_for(make_stop(), 2, contact=make_professional(organisation=gone))
    merging.organisations(kept.pk, gone.pk, by=staff)
    delegation.refresh_from_db()
    assert delegation.organisation == kept
    colleague = make_professional(organisation=kept)
    assert naming.name(delegation, name=colleague.name, email=colleague.email).status == "seated"


def test_of_two_delegations_at_one_stop_one_has_to_be_cancelled_first(staff: User) -> None:
    kept, gone = twins()
    stop = make_stop()
    ask_for(stop, 2, contact=kept)
    over = ask_for(stop, 3, contact=gone)
    with pytest.raises(merging.TwoDelegations):
        merging.people(kept.pk, gone.pk, by=staff)
    keeping.cancel(over)
    merge = merging.people(kept.pk, gone.pk, by=staff)
    assert list(Delegation.objects.values_list("contact", "places")) == [(kept.pk, 2)]
    undoing.undo(merge, by=staff)
    assert sorted(Delegation.objects.values_list("contact", "status")) == sorted(
        [(kept.pk, "active"), (gone.pk, "cancelled")]
    )


def test_where_the_other_one_stands_it_stays_with_the_requests_of_both(staff: User) -> None:
    stop = make_stop()
    asked = ask(stop, places=2, email="un@hotel.example")
    first = seat_requests.confirm(asked)
    assert isinstance(first, Delegation)
    keeping.cancel(first)
    other = ask_for(stop, 3, contact=make_professional(organisation=first.organisation))
    merge = merging.people(first.contact_id, other.contact_id, by=staff)
    asked.refresh_from_db()
    other.refresh_from_db()
    assert (asked.delegation, other.contact) == (other, first.contact)
    undoing.undo(merge, by=staff)
    asked.refresh_from_db()
    assert asked.delegation == first


def test_who_is_named_and_came_by_themselves_has_one_seat_and_the_other_is_free(staff: User) -> None:
    kept, gone = twins()
    stop = make_stop(seats=4)
    delegation = ask_for(stop, 2, contact=make_professional(organisation=kept.organisation))
    naming.name(delegation, name=gone.name, email=gone.email)
    seats.register(stop, professional=kept)
    assert room.free(stop) == 1
    merge = merging.people(kept.pk, gone.pk, by=staff)
    mine = Registration.objects.get(professional=kept)
    assert (mine.delegation, room.free(stop)) == (delegation, 2)
    undoing.undo(merge, by=staff)
    assert (Registration.objects.count(), room.free(stop)) == (2, 1)


def test_taken_apart_again_nobody_has_a_place_that_somebody_else_was_given(staff: User) -> None:
    """Both twins are named, one too many: the place freed by the merge is named anew, then it is undone."""
    kept, gone = twins()
    stop = make_stop(seats=2)
    delegation = ask_for(stop, 2, contact=make_professional(organisation=kept.organisation))
    for one in (kept, gone):
        naming.name(delegation, name=one.name, email=one.email)
    merge = merging.people(kept.pk, gone.pk, by=staff)
    assert delegation.members.count() == 1
    naming.name(delegation, name="Relève", email="releve@hotel.example")
    undoing.undo(merge, by=staff)
    assert (delegation.members.count(), room.taken_at(stop).held) == (2, 0)
    assert stop.registrations.seated().count() == 2


def test_with_its_place_still_unnamed_who_was_merged_finds_it_again(staff: User) -> None:
    kept, gone = twins()
    stop = make_stop(seats=2)
    delegation = ask_for(stop, 2, contact=make_professional(organisation=kept.organisation))
    for one in (kept, gone):
        naming.name(delegation, name=one.name, email=one.email)
    merge = merging.people(kept.pk, gone.pk, by=staff)
    undoing.undo(merge, by=staff)
    assert (delegation.members.count(), room.taken_at(stop).held) == (2, 0)


def test_a_merge_of_who_was_named_leaves_their_link_open(staff: User) -> None:
    kept, gone = twins()
    delegation = ask_for(make_stop(), 1, contact=make_professional(organisation=kept.organisation))
    theirs = naming.name(delegation, name=gone.name, email=gone.email)
    merging.people(kept.pk, gone.pk, by=staff)
    token = personal_links.registration_token(theirs)
    assert personal_links.registration_for(token).professional == kept
