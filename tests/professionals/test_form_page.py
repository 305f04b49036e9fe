"""What the page of the form says of itself in each state of the stop, in searches and in messages."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from meetings import lifecycle
from meetings.models import Access, Stop
from regions import dates, legal_time
from tests.factories import make_registration, make_stop
from tests.professionals.conftest import Clock
from tests.professionals.filling import address_of

pytestmark = pytest.mark.django_db

States = dict[str, Callable[[], Stop]]


def said(client: Client, stop: Stop, language: str = "fr") -> tuple[str, str, str]:
    """Title without the site's name, description, what messages show; ordinary spaces."""
    html = unescape(client.get(address_of(stop, language)).content.decode())
    patterns = (
        r"<title>(.*?) – ",
        r'<meta name="description" content="([^"]+)">',
        r'<meta property="og:title" content="([^"]+)">',
    )
    title, described, shown = (re.findall(pattern, html)[0] for pattern in patterns)
    plain = [re.sub(r"[\xa0\u202f]", " ", words) for words in (title, described, shown)]
    return plain[0], plain[1], plain[2]


def _full(**fields: object) -> Stop:
    stop = make_stop(seats=1, **fields)
    make_registration(stop)
    return stop


def _after(stop: Stop, verb: Callable[..., object]) -> Stop:
    verb(stop, by=None)
    return stop


YESTERDAY, LATER = legal_time.today() - timedelta(days=1), legal_time.today() + timedelta(days=3)
MADE: dict[str, tuple[Callable[[], Stop], str, str]] = {
    "open": (
        make_stop,
        "Inscription à Dakhla",
        "Demander une place à la rencontre de l’ONMT à Dakhla, {day}.",
    ),
    "waiting": (
        _full,
        "Dakhla : liste d’attente",
        "Rejoindre la liste d’attente de la rencontre de l’ONMT à Dakhla, {day}.",
    ),
    "full": (
        lambda: _full(registration_closes_on=YESTERDAY),
        "Dakhla : complet",
        "La rencontre de l’ONMT à Dakhla, {day}, est complète et les inscriptions sont closes.",
    ),
    "paused": (
        lambda: _after(make_stop(), lifecycle.pause_registration),
        "Dakhla : inscriptions suspendues",
        "Les inscriptions à la rencontre de l’ONMT à Dakhla, {day}, sont suspendues pour le moment.",
    ),
    "not yet": (
        lambda: make_stop(registration_opens_on=LATER),
        "Dakhla : inscriptions pas encore ouvertes",
        "Les inscriptions à la rencontre de l’ONMT à Dakhla, {day}, ne sont pas encore ouvertes.",
    ),
    "invitation": (
        lambda: make_stop(access=Access.INVITATION),
        "Dakhla : sur invitation",
        "La rencontre de l’ONMT à Dakhla, {day}, est ouverte sur invitation seulement.",
    ),
    "closed": (
        lambda: make_stop(registration_closes_on=YESTERDAY),
        "Dakhla : inscriptions closes",
        "Les inscriptions à la rencontre de l’ONMT à Dakhla, {day}, sont closes.",
    ),
    "postponed": (
        lambda: _after(make_stop(), lifecycle.postpone),
        "Dakhla : étape reportée",
        "La rencontre de l’ONMT à Dakhla est reportée : les inscriptions reprendront avec une date.",
    ),
    "cancelled": (
        lambda: _after(make_stop(), lifecycle.cancel),
        "Dakhla : étape annulée",
        "La rencontre de l’ONMT à Dakhla est annulée : il n’y a plus d’inscription.",
    ),
}


@pytest.mark.parametrize("state", MADE)
def test_title_and_description_are_true_in_each_state(client: Client, state: str) -> None:
    make, title, described = MADE[state]
    stop = make()
    day = dates.long_date(stop.date, "fr").replace("\xa0", " ")
    found = said(client, stop)
    assert found[:2] == (title, described.format(day=day))
    shown = {"postponed": "Dakhla – étape reportée", "cancelled": "Dakhla – étape annulée"}
    assert found[2] == shown.get(state, f"Dakhla – {day}, 10h00 (heure du Maroc)")


def test_a_stop_that_was_held_promises_no_seat(client: Client, later: Clock) -> None:
    stop = make_stop()
    later(timedelta(days=60))
    lifecycle.hold(stop, by=None)
    day = dates.long_date(stop.date, "en").replace("\xa0", " ")
    told = f"The ONMT meeting in Dakhla took place on {day}: registration is over."
    assert said(client, stop, "en")[:2] == ("Dakhla: stop held", told)


def test_the_heading_asks_nobody_to_register_where_there_is_no_form(client: Client) -> None:
    stop = make_stop()
    assert "<h1>S’inscrire à Dakhla</h1>" in client.get(address_of(stop)).content.decode()
    lifecycle.pause_registration(stop, by=None)
    assert "<h1>Dakhla\u202f: inscriptions suspendues</h1>" in client.get(address_of(stop)).content.decode()
