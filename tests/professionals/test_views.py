"""The public form, the confirmation and what they answer."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from outbox.models import Message
from professionals import consent, fill_time
from professionals.models import Registration, SeatRequest
from tests.factories import make_category, make_stop


@pytest.mark.django_db
def test_smoke(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = make_stop()
    category = make_category()
    address = f"/fr/etapes/{stop.slug}/inscription/"
    page = client.get(address)
    assert page.status_code == 200
    monkeypatch.setattr(fill_time, "SHORTEST", timedelta(0))
    answer = client.post(
        address,
        {
            "name": "M’hamed El Fassi",
            "organisation": "Riad d’essai",
            "category": category.pk,
            "phone": "06 12 34 56 78",
            "email": "Direction@Hotel.example",
            "consent": "on",
            "consent_version": consent.CURRENT,
            "form_stamp": fill_time.stamp(),
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    assert client.get(answer["Location"]).status_code == 200
    asked = SeatRequest.objects.get()
    message = Message.objects.get()
    print(message.headline, message.text)
    link = message.text.split("http://localhost:8000")[1].split()[0]
    page = client.get(link)
    assert page.status_code == 200, page.content.decode()
    done = client.post(link)
    assert done.status_code == 302
    mine = Registration.objects.get()
    page = client.get(done["Location"])
    assert page.status_code == 200
    print(Message.objects.latest("pk").text)
    print(page.content.decode())
    for name in ("badge", "correct", "withdraw", "calendar_file"):
        page = client.get(reverse(f"professionals:{name}", args=[done["Location"].split("/")[3]]))
        assert page.status_code == 200, name
