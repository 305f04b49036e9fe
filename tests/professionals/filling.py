"""Filling the public form as people do, and opening the link they get."""

import re
import secrets
from datetime import timedelta
from typing import Any

from django.test import Client

from meetings.models import Stop
from outbox import clock
from outbox.models import Message
from professionals import consent, fill_time, seat_requests
from professionals.models import SeatRequest
from professionals.seat_requests import Details
from tests.factories import make_category

LINK = re.compile(r"http://localhost:8000(/\S+)")


def address_of(stop: Stop, language: str = "fr") -> str:
    return f"/{language}/etapes/{stop.slug}/inscription/"


def an_earlier_stamp(ago: timedelta = timedelta(seconds=40)) -> str:
    """What a form shown some time ago carries."""
    return fill_time._signer().sign(f"{int((clock.now() - ago).timestamp())}.{secrets.token_urlsafe(9)}")


def typed(**changes: Any) -> dict[str, Any]:
    """What the form sends; None leaves a field out."""
    filled = {
        "name": "Responsable des ventes",
        "organisation": "Hôtel de la Lagune",
        "category": make_category().pk,
        "phone": "06 12 34 56 78",
        "email": "ventes@hotel.example",
        "consent": "on",
        "consent_version": consent.CURRENT,
        "form_stamp": an_earlier_stamp(),
        "website": "",
    }
    return {name: value for name, value in {**filled, **changes}.items() if value is not None}


def send(client: Client, stop: Stop, *, language: str = "fr", **changes: Any) -> Any:
    return client.post(address_of(stop, language), typed(**changes))


def details(**changes: Any) -> Details:
    defaults: dict[str, Any] = {
        "name": "Responsable des ventes",
        "email": "ventes@hotel.example",
        "phone": "+212612345678",
        "organisation": "Hôtel de la Lagune",
        "language": "fr",
        "consent_version": consent.CURRENT,
    }
    if "category" not in changes:
        defaults["category"] = make_category()
    return Details(**defaults | changes)


def ask(stop: Stop, *, form_id: str = "", **changes: Any) -> SeatRequest:
    """A request of which the confirmation link was written."""
    seat_requests.ask(stop, details(**changes), form_id=form_id or secrets.token_urlsafe(9))
    return SeatRequest.objects.latest("pk")


def link_in(message: Message) -> str:
    """The first of our addresses in the text of a mail."""
    found = LINK.search(message.text)
    assert found, message.text
    return found[1]


def last_message() -> Message:
    return Message.objects.latest("pk")
