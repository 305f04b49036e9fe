"""Who comes for a delegation: named, told, replaced, taken back."""

import pytest

from outbox import clock
from outbox.models import Message
from professionals import handovers, personal_links, promotion, room, seats, telephone
from professionals.delegations import naming
from professionals.models import Delegation, Professional, Registration
from tests.factories import make_organisation, make_professional, make_registration, make_stop
from tests.professionals.delegations.asked import ask_for, headlines, standing

pytestmark = pytest.mark.django_db


def named(delegation: Delegation, number: int) -> Registration:
    return naming.name(delegation, name=f"Guide {number}", email=f"guide-{number}@hotel.example")


def test_who_is_named_has_a_seat_a_badge_and_a_link_of_their_own_and_no_seat_more_is_taken() -> None:
    stop = make_stop(seats=3)
    delegation = ask_for(stop, 2)
    registration = naming.name(delegation, name="Guide en chef", email="guide@hotel.example")
    person = registration.professional
    assert (registration.status, registration.delegation, registration.named) == ("seated", delegation, True)
    assert (person.organisation, person.language, person.consented_at) == (
        delegation.organisation,
        "fr",
        None,
    )
    assert person.source == "désigné(e) par son établissement"
    assert room.free(stop) == 1
    message = Message.objects.get(purpose="seat")
    assert (message.recipient, message.calendar_method) == ("guide@hotel.example", "REQUEST")
    assert personal_links.registration_url(registration) in message.text
    assert f"{delegation.contact.name} vous a désigné(e) pour votre établissement." in message.text


def test_naming_somebody_twice_is_naming_them_once() -> None:
    delegation = ask_for(make_stop(), 2)
    assert named(delegation, 1) == named(delegation, 1)
    assert Message.objects.filter(purpose="seat").count() == 1


def test_no_more_are_named_than_there_are_places() -> None:
    stop = make_stop(seats=1)
    delegation = ask_for(stop, 2)
    named(delegation, 1)
    with pytest.raises(naming.NothingFree):
        named(delegation, 2)
    assert stop.registrations.count() == 1


def test_without_mail_a_person_is_known_by_their_mobile_or_else_by_that_of_who_names_them() -> None:
    delegation = ask_for(make_stop(), 3)
    one = naming.name(delegation, name="Chauffeur", phone="+212661000077").professional
    other = naming.name(delegation, name="Interprète").professional
    assert (one.email, str(one.phone), other.email) == ("", "+212661000077", "")
    assert other.phone == delegation.contact.phone
    assert Message.objects.exclude(purpose="delegation").count() == 0
    assert telephone.due(delegation.stop) == 0  # it is their establishment that tells them


def test_who_asked_comes_too_by_naming_themselves() -> None:
    delegation = ask_for(make_stop(), 2)
    contact = delegation.contact
    mine = naming.name(delegation, name=contact.name, email=contact.email)
    assert (mine.professional, Professional.objects.count()) == (contact, 1)
    assert "vous a désigné" not in Message.objects.get(purpose="seat").text


def test_nobody_of_another_house_and_nobody_with_a_seat_is_named() -> None:
    stop = make_stop()
    delegation = ask_for(stop, 2)
    stranger = make_professional(organisation=make_organisation())
    seated = make_registration(
        stop, professional=make_professional(organisation=delegation.organisation)
    ).professional
    for one in (stranger, seated):
        with pytest.raises(handovers.CannotTake):
            naming.name(delegation, name=one.name, email=one.email)
    assert delegation.members.count() == 0


def test_taken_back_the_place_is_the_delegations_again_and_the_person_is_told() -> None:
    stop = make_stop(seats=2)
    delegation = ask_for(stop, 2)
    registration = named(delegation, 1)
    waiting = seats.register(stop, professional=make_professional())
    naming.remove(delegation, registration.pk)
    registration.refresh_from_db()
    waiting.refresh_from_db()
    assert (registration.status, registration.delegation, waiting.status) == ("cancelled", None, "waiting")
    assert (standing(delegation), room.free(stop)) == ([("active", 2, 2)], 0)
    message = Message.objects.get(purpose="unnamed")
    assert (message.recipient, message.calendar_method) == ("guide-1@hotel.example", "CANCEL")
    assert f"{delegation.contact.name} a retiré votre nom" in message.text
    with pytest.raises(naming.NotOfTheDelegation):
        naming.remove(delegation, registration.pk)
    assert named(delegation, 2).status == "seated"


def test_who_had_asked_for_themselves_finds_their_rank_again() -> None:
    stop = make_stop(seats=1)
    delegation = ask_for(stop, 1)
    first = seats.register(
        stop, professional=make_professional(organisation=delegation.organisation, name="Premier")
    )
    seats.register(stop, professional=make_professional())
    person = first.professional
    mine = naming.name(delegation, name=person.name, email=person.email)
    assert (mine, mine.status, mine.named) == (first, "seated", False)
    naming.remove(delegation, first.pk)
    first.refresh_from_db()
    assert (first.status, seats.position(first), first.delegation) == ("waiting", 1, None)
    assert (
        "vous retrouvez votre place sur la liste d’attente, au rang 1"
        in Message.objects.get(purpose="unnamed").text
    )


def test_replaced_in_one_go_or_not_at_all() -> None:
    stop = make_stop()
    delegation = ask_for(stop, 1)
    registration = named(delegation, 1)
    stranger = make_professional()
    with pytest.raises(handovers.CannotTake):
        naming.replace(delegation, registration.pk, name=stranger.name, email=stranger.email)
    registration.refresh_from_db()
    assert registration.status == "seated"
    other = naming.replace(delegation, registration.pk, name="Relève", email="releve@hotel.example")
    assert list(delegation.members.all()) == [other]
    told = Message.objects.filter(purpose__in=["unnamed", "seat"]).order_by("pk")
    assert list(told.values_list("purpose", "recipient"))[-2:] == [
        ("unnamed", "guide-1@hotel.example"),
        ("seat", "releve@hotel.example"),
    ]


def test_who_gives_the_place_up_gives_it_back_to_the_delegation_which_is_told() -> None:
    stop = make_stop(seats=1)
    delegation = ask_for(stop, 1)
    registration = named(delegation, 1)
    seats.withdraw(registration)
    assert (standing(delegation), room.free(stop)) == ([("active", 1, 1)], 0)
    assert headlines(delegation)[-1].endswith("est à nommer")


def test_a_place_handed_to_a_colleague_stays_the_delegations() -> None:
    delegation = ask_for(make_stop(), 1)
    theirs = handovers.hand_over(
        named(delegation, 1), name="Relève", email="releve@hotel.example", phone="+212661000009"
    )
    assert (theirs.delegation, theirs.named, delegation.members.count()) == (delegation, True, 1)


def test_who_is_there_already_stays_and_nothing_changes_once_it_has_begun() -> None:
    stop = make_stop()
    delegation = ask_for(stop, 2)
    registration = named(delegation, 1)
    Registration.objects.filter(pk=registration.pk).update(checked_in_at=clock.now())
    with pytest.raises(naming.CannotChange):
        naming.remove(delegation, registration.pk)
    Delegation.objects.filter(pk=delegation.pk).update(status="pending", granted=0)
    with pytest.raises(naming.CannotChange):
        named(delegation, 2)


def test_until_two_days_before_or_as_long_as_an_offer_where_a_place_comes_later() -> None:
    stop = make_stop()
    delegation = ask_for(stop, 1)
    usual = promotion.name_by(delegation)
    assert (stop.date - usual.date()).days == 2
    delegation.granted_at = usual
    assert promotion.name_by(delegation) == promotion.offer_ends(stop, usual)
    delegation.granted_at = stop.starts_at
    assert promotion.name_by(delegation) == stop.starts_at
