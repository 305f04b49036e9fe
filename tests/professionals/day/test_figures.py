from collections.abc import Callable
from datetime import datetime

import pytest

from meetings.models import Answer, MeetingKind
from outbox import clock
from professionals import presence
from professionals.day import figures
from professionals.day.figures import Row
from professionals.models import RegistrationStatus, WorkshopSeat
from tests.factories import (
    make_category,
    make_door,
    make_invitation,
    make_meeting,
    make_organisation,
    make_professional,
    make_registration,
    make_stop,
)

pytestmark = pytest.mark.django_db


def test_present_expected_and_waiting_by_audience_category_and_workshop(
    at_the_door: Callable[..., datetime],
) -> None:
    stop = make_stop()
    workshop = make_meeting(stop, kind=MeetingKind.WORKSHOP, title_fr="Atelier golf")
    at_the_door(stop)
    door = make_door(stop)
    guide = make_organisation(category=make_category("guide", name_fr="Guide"))
    here, guided = (
        make_registration(stop),
        make_registration(stop, professional=make_professional(organisation=guide)),
    )
    make_registration(stop)
    waiting = make_registration(stop, status=RegistrationStatus.WAITING)
    official, unannounced = make_invitation(stop), make_invitation(stop, answer=Answer.NONE)
    WorkshopSeat.objects.create(registration=here, meeting=workshop, chosen_at=clock.now())
    for key in (presence.key_of(row) for row in (here, guided, official, unannounced)):
        presence.mark(stop, key=key, by=door)
    presence.mark(stop, key=presence.key_of(here), by=door, meeting_id=workshop.pk)
    seen = presence.Sent(presence.uuid.uuid4(), presence.key_of(waiting), clock.now())
    presence.receive(stop, [seen], by=door)

    found = figures.of(stop, "fr")
    assert found.total == Row("Ensemble", present=4, expected=4, waiting=1)
    assert [(str(row.label), row.present, row.expected, row.waiting) for row in found.audiences] == [
        ("Professionnels", 2, 3, 1),
        ("Conseil régional du tourisme", 2, 1, 0),
    ]
    assert found.categories == [Row("Guide", 1, 1, 0), Row("Hôtel", 1, 2, 1)]
    assert found.workshops == [Row("Atelier golf", 1, 1, 0)]
    assert (found.unsettled, found.seats) == (1, 100)
