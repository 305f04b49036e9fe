"""Volume data for development: skewed, in two scripts, every state, and nothing that would leave."""

import random

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db.models import Count

from meetings.models import Answer, Invitation, Stop
from onmt_tour import seed
from outbox import delivery
from outbox.models import Message, MessageStatus
from professionals.models import Professional, Registration, RegistrationStatus, SeatRequest
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def stops() -> list[Stop]:
    factories.make_category()
    return [factories.make_stop(region=code, seats=40) for code in ("MA-12", "MA-11", "MA-10")]


def test_half_of_the_people_come_to_the_first_stop_and_nobody_is_seated_above_the_seats(
    stops: list[Stop],
) -> None:
    seed.seed(stops, people=400, draw=random.Random(1))
    counts = dict(Registration.objects.values_list("stop").annotate(Count("pk")))
    assert counts == {stops[0].pk: 200, stops[1].pk: 100, stops[2].pk: 100}
    held = [RegistrationStatus.SEATED, RegistrationStatus.OFFERED]
    taken = dict(Registration.objects.filter(status__in=held).values_list("stop").annotate(Count("pk")))
    assert taken == {stop.pk: 40 for stop in stops}


def test_every_state_and_both_scripts_are_there(stops: list[Stop]) -> None:
    seed.seed(stops, people=400, draw=random.Random(1))
    assert set(Registration.objects.values_list("status", flat=True)) == set(RegistrationStatus.values)
    assert set(Invitation.objects.values_list("answer", flat=True)) == set(Answer.values)
    assert SeatRequest.objects.count() == 20
    names = Professional.objects.values_list("name", flat=True)
    assert {any("\u0600" <= letter <= "\u06ff" for letter in name) for name in names} == {True, False}
    shared = Professional.objects.values("email").annotate(people=Count("pk")).filter(people__gt=1)
    assert shared.count() > 10


def test_nothing_that_was_seeded_leaves(stops: list[Stop]) -> None:
    seed.seed(stops, people=400, draw=random.Random(1))
    assert Message.objects.count() == 400
    assert not Message.objects.filter(status=MessageStatus.QUEUED).exists()
    assert delivery.sweep() is False


def test_the_same_data_are_not_made_twice(stops: list[Stop]) -> None:
    seed.seed(stops, people=10, draw=random.Random(1))
    with pytest.raises(ValueError, match="made before"):
        seed.seed(stops, people=10, draw=random.Random(1))


def test_the_command_refuses_a_portal_that_serves(settings: LazySettings, stops: list[Stop]) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError):
        call_command("seed")
    settings.DEBUG = True
    call_command("seed", people=30, verbosity=0)
    assert Professional.objects.count() == 30
