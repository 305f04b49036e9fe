"""A seat handed to a colleague."""

import pytest
from django.test import Client

from accounts.links import BadToken
from outbox import clock
from outbox.models import Message
from professionals import handovers, personal_links, room, seats
from professionals.models import Registration
from tests.factories import make_meeting, make_professional, make_registration, make_stop

pytestmark = pytest.mark.django_db
COLLEAGUE = {"name": "Directeur technique", "email": "technique@hotel.example", "phone": "+212661000009"}


def test_the_seat_and_its_workshops_pass_on_and_the_old_links_die() -> None:
    stop = make_stop(seats=1)
    mine = seats.register(stop, professional=make_professional())
    waiting = seats.register(stop, professional=make_professional())
    mine.workshop_seats.create(meeting=make_meeting(stop), chosen_at=clock.now())
    token = personal_links.registration_token(mine)
    theirs = handovers.hand_over(mine, **COLLEAGUE)
    assert (theirs.status, theirs.workshop_seats.count()) == ("seated", 1)
    assert theirs.professional.organisation == mine.professional.organisation
    with pytest.raises(BadToken):
        personal_links.registration_for(token)
    waiting.refresh_from_db()
    assert (waiting.status, room.free(stop)) == ("waiting", 0)
    told = Message.objects.order_by("pk").values_list("purpose", "recipient", "calendar_method")
    assert list(told)[-2:] == [
        ("handed_over", mine.professional.email, "CANCEL"),
        ("seat", "technique@hotel.example", "REQUEST"),
    ]


def test_nobody_of_another_house_and_nobody_with_a_seat_takes_it() -> None:
    stop = make_stop()
    mine = seats.register(stop, professional=make_professional())
    stranger = make_professional()
    colleague = make_professional(organisation=mine.professional.organisation)
    make_registration(stop, professional=colleague)
    for one in (stranger, colleague):
        with pytest.raises(handovers.CannotTake):
            handovers.hand_over(mine, name=one.name, email=one.email, phone=str(one.phone))
    mine.refresh_from_db()
    assert mine.status == "seated"


def test_who_waits_has_no_seat_to_give() -> None:
    stop = make_stop(seats=1)
    make_registration(stop)
    mine = seats.register(stop, professional=make_professional())
    with pytest.raises(handovers.NothingToGive):
        handovers.hand_over(mine, **COLLEAGUE)
    assert Registration.objects.count() == 2


def test_who_taps_twice_is_told_that_the_first_time_counted(client: Client) -> None:
    mine = seats.register(make_stop(), professional=make_professional())
    page = f"/fr/inscription/{personal_links.registration_token(mine)}/ceder/"
    first, second = (client.post(page, COLLEAGUE) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 404)
    said = "Vous avez peut-être appuyé deux fois"
    assert (said in second.text, said in client.get(page).text) == (True, False)
    assert Registration.objects.seated().count() == 1
