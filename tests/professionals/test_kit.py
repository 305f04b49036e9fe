"""professionals/kit.py, channels.py: what is handed on, and through which of it people came."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import unquote

import pytest
from django.db import transaction
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from accounts import links
from meetings import agenda, gate, lifecycle, posters
from meetings.agenda import PublicStop
from meetings.models import Stop
from outbox import clock
from professionals import kit, personal_links
from professionals.channels import Channel, read
from professionals.models import Registration, SeatRequest
from regions import legal_time
from tests.factories import make_registration, make_stop
from tests.professionals.filling import address_of, typed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    settings.SITE_URL = "https://tournee.example"


def public(stop: Stop) -> PublicStop:
    found = agenda.stop(stop.slug)
    assert found is not None
    return found


def test_the_message_says_where_when_and_how() -> None:
    stop = make_stop(date=date(2027, 3, 4))
    assert kit.message(public(stop), "fr") == (
        "Tournée régionale\nDakhla-Oued Ed-Dahab, Dakhla\njeudi 4\xa0mars 2027, 10h00 (heure du Maroc)\n\n"
        "Professionnels du tourisme, inscrivez-vous en moins d’une minute :\n"
        f"https://tournee.example/fr/etapes/{stop.slug}/inscription/?par=message"
    )
    assert "/ar/etapes/" in kit.message(public(stop), "ar")
    assert "الخميس 4\xa0مارس 2027" in kit.message(public(stop), "ar")


def in_state(state: str) -> PublicStop:
    """A stop of which the public is told this: an availability, a status, or that it is over."""
    tomorrow, yesterday = (legal_time.today() + timedelta(days=days) for days in (1, -1))
    fields = {
        "not_yet": {"registration_opens_on": tomorrow},
        "waiting": {"seats": 1},
        "full": {"seats": 1},
        "closed": {"registration_closes_on": yesterday},
        "paused": {"registration_paused": True},
        "invitation": {"access": "invitation"},
    }
    stop = make_stop(**fields.get(state, {}))
    if state in ("waiting", "full"):
        make_registration(stop)
    with transaction.atomic(), gate.opened():
        if state in ("held", "postponed", "cancelled"):
            Stop.objects.filter(pk=stop.pk).update(status=state)
        if state == "full":
            Stop.objects.filter(pk=stop.pk).update(registration_closes_on=yesterday)
    found = public(stop)
    assert state in {found.availability, found.status, "over"}
    return found


ASKING = {
    "open": "inscrivez-vous en moins d’une minute\u202f:",
    "waiting": "Toutes les places sont prises\u202f; la liste d’attente est ouverte\u202f:",
    "not_yet": "Professionnels du tourisme, inscrivez-vous à partir du",
    "full": "Toutes les places sont prises. Le programme\u202f:",
    "closed": "Les inscriptions à cette étape sont closes. Le programme\u202f:",
    "paused": "Les inscriptions sont suspendues pour le moment. Le programme\u202f:",
    "invitation": "Cette étape est ouverte sur invitation seulement. Le programme\u202f:",
    "held": "l’étape a eu lieu.",
    "postponed": "étape reportée.",
    "cancelled": "étape annulée.",
    "over": "l’étape a eu lieu.",
}
INVITE = {"open", "waiting", "not_yet"}
AHEAD = {*INVITE, "full", "closed", "paused", "invitation"}
SAID_ON_POSTERS = {
    "open": "Inscrivez-vous",
    "waiting": "Rejoignez la liste d’attente",
    "not_yet": "Inscrivez-vous",
    "full": "Complet",
    "paused": "Inscriptions suspendues",
    "closed": "Inscriptions closes",
    "invitation": "Sur invitation",
}


@pytest.mark.parametrize("state", ASKING)
def test_people_are_asked_to_register_only_where_they_can(
    client: Client, settings: Settings, state: str
) -> None:
    """Message, poster and page; what is called off or over is not announced at all."""
    stop = in_state(state)
    if state == "over":
        settings.DEBUG = True
        ahead = stop.ends_at - clock.now() + timedelta(minutes=1)
        settings.CLOCK_OFFSET_SECONDS = int(ahead.total_seconds())
    form, page = (f"https://tournee.example/fr/etapes/{stop.slug}/{end}" for end in ("inscription/", ""))
    *_, asked, address = kit.message(stop, "fr").split("\n")
    assert ASKING[state] in asked
    assert address == (f"{form}?par=message" if state in INVITE else page)
    assert kit.invites(stop) is (state in INVITE)
    offered = client.get(f"/fr/etapes/{stop.slug}/").content.decode()
    assert ('href="diffusion/"' in offered) is (state in AHEAD)
    assert ('href="agenda.ics"' in offered) is (state in AHEAD)
    told = client.get(f"/fr/etapes/{stop.slug}/diffusion/").content.decode()
    assert ("Le code à scanner mène à l’inscription" in told) is (state in INVITE)
    assert ("plus rien à annoncer" in told) is (state not in AHEAD)


@pytest.mark.parametrize("state", [*SAID_ON_POSTERS, "held"])
def test_a_poster_has_a_code_where_the_form_is_open_or_will_be_and_else_says_why_not(
    client: Client, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    drawn: list[dict[str, str]] = []

    def draw(_key: str, words: Callable[[], dict[str, str]], **_options: object) -> bytes:
        drawn.append(words())
        return b""

    monkeypatch.setattr(posters.printing, "document", draw)
    stop = in_state(state)
    client.get(f"/fr/etapes/{stop.slug}/affiche.pdf")
    (words,) = drawn
    assert words["call"] == SAID_ON_POSTERS.get(state, "")
    assert bool(words["explained"]) is bool(words["call"])
    assert bool(words["code"]) is (state in INVITE)
    if state == "not_yet":
        assert words["explained"].startswith("À partir du ")


def test_without_a_declared_day_nobody_is_promised_one(client: Client, settings: Settings) -> None:
    """The CNDP does not know of the file yet: the form stays shut without a date."""
    settings.DEBUG, settings.CNDP_REFERENCE, settings.CNDP_WAIVER = False, "", ""
    stop = public(make_stop(registration_opens_on=legal_time.today()))
    assert stop.availability == "not_yet"
    assert "les inscriptions ouvriront à cette adresse" in kit.message(stop, "fr")


def test_the_message_of_a_cancelled_stop_calls_nobody() -> None:
    stop = make_stop()
    lifecycle.cancel(stop, by=None)
    said = kit.message(public(stop), "fr")
    assert "étape annulée" in said
    assert "inscri" not in said


def test_the_kit_offers_all_of_it_in_three_languages(client: Client) -> None:
    stop = make_stop()
    html = client.get(f"/en/etapes/{stop.slug}/diffusion/").content.decode()
    for language in ("fr", "ar", "en"):
        assert f'href="/{language}/etapes/{stop.slug}/affiche.pdf"' in html
        assert f'src="/{language}/etapes/{stop.slug}/image.png"' in html
    shared = [unquote(one) for one in re.findall(r'href="https://wa\.me/\?text=([^"]+)"', html)]
    with translation.override("fr"):
        assert shared == [kit.message(public(stop), language) for language in ("fr", "ar", "en")]


@pytest.mark.parametrize(
    ("written", "channel"), [("affiche", "affiche"), ("AFFICHE", ""), ("<b>", ""), ("", ""), (None, "")]
)
def test_only_our_own_channels_are_known(written: str | None, channel: str) -> None:
    assert read(written) == channel


@pytest.mark.parametrize(("asked", "kept"), [("affiche", Channel.POSTER), ("autre", ""), ("", "")])
def test_a_registration_remembers_how_its_reader_came(client: Client, asked: str, kept: str) -> None:
    stop = make_stop()
    page = client.get(f"{address_of(stop)}?par={asked}").content.decode()
    (field,) = re.findall(r'<input type="hidden" name="channel"[^>]*>', page)
    assert re.findall(r'value="([^"]*)"', field) == ([str(kept)] if kept else [])
    assert client.post(address_of(stop), typed(channel=asked)).status_code == 302
    request = SeatRequest.objects.get()
    assert request.channel == kept
    token = links.token(personal_links.CONFIRMATION, request.pk, request.nonce)
    client.post(f"/fr/inscription/confirmer/{token}/")
    assert Registration.objects.get().channel == kept


def test_a_channel_that_somebody_invents_is_no_error(client: Client) -> None:
    stop = make_stop()
    assert client.post(address_of(stop), typed(channel="x" * 20)).status_code == 302
    assert SeatRequest.objects.get().channel == ""
