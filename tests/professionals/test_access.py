"""Open, on approval, by invitation; how many of one establishment."""

import pytest
from django.test import Client
from django.urls import reverse

from meetings import access as stop_access
from meetings import agenda
from meetings.availability import Availability
from meetings.models import Access, Invitation, Stop
from outbox import clock
from outbox.models import Message
from professionals import access, personal_links, seats
from professionals.models import Registration
from tests.factories import make_organisation, make_professional, make_staff, make_stop
from tests.professionals.team.test_calls import typed

pytestmark = pytest.mark.django_db


def stop_with(**rules: object) -> Stop:
    stop = make_stop(seats=2)
    stop_access.change(stop, by=make_staff(), **rules)
    return Stop.objects.get(pk=stop.pk)


def come(stop: Stop, **how: object) -> Registration:
    return seats.register(stop, professional=make_professional(), **how)


def purposes(one: Registration) -> list[str]:
    sent = Message.objects.filter(recipient=one.professional.email).order_by("pk")
    return list(sent.values_list("purpose", flat=True))


def test_on_approval_who_asks_holds_no_seat_until_staff_approve() -> None:
    stop, by = stop_with(access=Access.APPROVAL), make_staff()
    people = [come(stop) for _ in range(3)]
    assert [one.status for one in people] == ["pending"] * 3
    assert come(stop, vouched=True).status == "seated"
    assert [access.approve(one, by=by).status for one in people[:2]] == ["seated", "waiting"]
    assert access.refuse(people[2], by=by).status == "refused"
    assert [purposes(one) for one in people] == [
        ["pending", "seat"],
        ["pending", "waiting"],
        ["pending", "refused"],
    ]
    with pytest.raises(access.NotPending):
        access.refuse(people[2], by=by)


def test_who_was_refused_does_not_come_in_by_asking_again_but_staff_may_think_again() -> None:
    stop, by = stop_with(access=Access.APPROVAL), make_staff()
    one = come(stop)
    access.refuse(one, by=by)
    assert seats.register(stop, professional=one.professional).status == "refused"
    assert access.approve(one, by=by).status == "seated"


def test_by_invitation_only_strangers_find_it_closed() -> None:
    stop = stop_with(access=Access.INVITATION)
    with pytest.raises(seats.InvitationOnly):
        come(stop)
    found = agenda.stop(stop.slug)
    assert found is not None
    assert found.availability == Availability.INVITATION
    assert come(stop, vouched=True).status == "seated"


def test_an_establishment_has_so_many_places_and_no_more() -> None:
    stop, house = stop_with(per_organisation=2), make_organisation()
    first, *_ = [seats.register(stop, professional=make_professional(organisation=house)) for _ in range(2)]
    with pytest.raises(seats.OrganisationFull):
        seats.register(stop, professional=make_professional(organisation=house))
    assert come(stop).status == "waiting"  # another house is not concerned
    seats.withdraw(first)
    assert seats.register(stop, professional=make_professional(organisation=house)).status == "waiting"


def test_where_the_house_is_full_it_is_said_wherever_somebody_asks(client: Client) -> None:
    """To who was invited, to who is on the telephone, and to staff who think again of somebody refused."""
    stop, house, by = stop_with(per_organisation=1, access=Access.APPROVAL), make_organisation(), make_staff()
    refused, invited = (make_professional(organisation=house) for _ in range(2))
    mine = seats.register(stop, professional=refused)
    access.refuse(mine, by=by)
    seats.register(stop, professional=make_professional(organisation=house), vouched=True)
    with pytest.raises(seats.OrganisationFull):
        access.approve(mine, by=by)
    client.force_login(by)
    ticked = {"action": "approve", "_selected_action": mine.pk}
    answer = client.post(reverse("admin:professionals_registration_changelist"), ticked, follow=True)
    assert "1 demande dépasse les places de son établissement." in answer.text

    answer = client.post(
        reverse("team:register", args=[stop.slug]),
        typed(organisation=house.name, category=house.category_id, phone="0661000001"),
    )
    assert (answer.status_code, "déjà autant de places qu’il peut en avoir" in answer.text) == (422, True)

    asked = Invitation.objects.create(
        stop=stop, audience="professionals", key=f"professional:{invited.pk}", written_at=clock.now()
    )
    answer = client.post(personal_links.answer_url(asked, "fr"), {"answer": "yes"})
    assert (answer.status_code, "déjà autant de places qu’il peut en avoir" in answer.text) == (409, True)
    assert Registration.objects.seated().count() == 1
