"""A press room to look at: complete, made once, nothing that would leave, nobody real."""

import random

import pytest
from django.test import Client

from onmt_tour import seed_press
from outbox.models import Message
from press.models import Journalist, Photo, PressRelease
from tests.factories import make_stop

pytestmark = pytest.mark.django_db


def test_the_press_room_is_filled_once_and_nothing_leaves(
    client: Client, settings: object, tmp_path: object
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    stops = [make_stop(), make_stop(region="MA-11")]
    seed_press.seed(stops, journalists=9, draw=random.Random(1))
    assert (PressRelease.objects.count(), Photo.objects.count(), Journalist.objects.count()) == (3, 3, 9)
    assert {row.email.rpartition("@")[2] for row in Journalist.objects.all()} == {"seed.invalid"}
    assert Message.objects.count() == 0
    page = client.get("/ar/presse/").content.decode()
    assert (page.count("<img "), page.count('class="brief"')) == (3, 3)
    with pytest.raises(ValueError, match="made before"):
        seed_press.seed(stops, journalists=9, draw=random.Random(1))
