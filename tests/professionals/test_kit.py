"""professionals/kit.py, channels.py: what is handed on, and through which of it people came."""

import re
from datetime import date
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from accounts import links
from meetings import agenda, lifecycle
from meetings.agenda import PublicStop
from meetings.models import Stop
from professionals import kit, personal_links
from professionals.channels import Channel, read
from professionals.models import Registration, SeatRequest
from tests.factories import make_stop
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
