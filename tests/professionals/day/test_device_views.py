import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from meetings import gate
from meetings.models import Stop
from outbox import clock
from professionals import presence
from professionals.day import sealed
from professionals.models import Mark
from tests.factories import make_door, make_professional, make_registration, make_stop

pytestmark = pytest.mark.django_db


@pytest.fixture
def stop(at_the_door: Callable[..., datetime]) -> Stop:
    made = make_stop()
    at_the_door(made)
    return made


@pytest.fixture
def telephone(client: Client, stop: Stop) -> Client:
    client.force_login(make_door(stop))
    return client


def address(view: str, stop: Stop) -> str:
    return reverse(f"day:{view}", args=[stop.slug])


def test_the_page_that_a_device_keeps_names_nobody(telephone: Client, stop: Stop) -> None:
    make_registration(stop, professional=make_professional(name="Canari de la liste"))
    assert "Canari" in telephone.get(address("door", stop), {"q": "canari"}).text
    page = telephone.get(address("shell", stop))
    assert "Canari" not in page.text
    assert "@" not in page.text.split("<body>")[1]
    assert f'data-verify="{sealed.verifying_key()}"' in page.text


def test_the_worker_stands_in_the_folder_it_works_for(telephone: Client, stop: Stop) -> None:
    assert address("worker", stop) == f"{address('door', stop)}agent.js"
    answer = telephone.get(address("worker", stop))
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.text.index("Day.store = {") < answer.text.index("self.registration.scope")


def test_a_list_that_did_not_change_is_not_sent_again(telephone: Client, stop: Stop) -> None:
    make_registration(stop)
    first = telephone.get(address("list", stop))
    assert len(json.loads(first.json()["list"])["people"]) == 1
    again = telephone.get(address("list", stop), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again["ETag"]) == (304, first["ETag"])
    make_registration(stop)
    assert telephone.get(address("list", stop), headers={"If-None-Match": first["ETag"]}).status_code == 200


def send(telephone: Client, stop: Stop, body: object) -> Any:
    return telephone.post(address("marks", stop), json.dumps(body), content_type="application/json")


def test_marks_come_in_with_their_own_time(telephone: Client, stop: Stop) -> None:
    mine = make_registration(stop)
    seen = clock.now() - timedelta(minutes=20)
    act = {"act": "mark", "id": str(uuid.uuid4()), "key": f"registration:{mine.pk}", "at": seen.isoformat()}
    answer = send(telephone, stop, {"sent_at": clock.now().isoformat(), "acts": [act]})
    assert answer.json()["stored"] == [act["id"]]
    assert abs(Mark.objects.get().at - seen) < timedelta(seconds=2)


@pytest.mark.parametrize("body", [[], "x", {}, {"acts": 1}])
def test_what_our_page_does_not_send_is_a_bad_request(telephone: Client, stop: Stop, body: object) -> None:
    assert send(telephone, stop, body).status_code == 400


def test_who_waits_for_the_stop_is_told_to_send_again(
    telephone: Client, stop: Stop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*args: object, **fields: object) -> None:
        raise gate.Busy

    monkeypatch.setattr(presence, "receive", busy)
    back = {"act": "back", "mark": str(uuid.uuid4()), "at": clock.now().isoformat()}
    answer = send(telephone, stop, {"sent_at": clock.now().isoformat(), "acts": [back]})
    assert (answer.status_code, answer["Retry-After"]) == (503, "3")


def test_a_stranger_cannot_send_marks_with_the_doors_cookie(stop: Stop) -> None:
    """Only our own page knows the token beside the cookie."""
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_door(stop))
    assert send(strict, stop, {"sent_at": clock.now().isoformat(), "acts": []}).status_code == 403
