"""meetings/declaration.py: no registration with DEBUG off before the CNDP knows of the file."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from meetings import agenda, declaration
from meetings.availability import Availability
from outbox import clock
from tests.factories import make_stop

REASON = "Directrice juridique : dépôt prévu le jour de l’ouverture"


@pytest.mark.parametrize(
    ("reference", "waiver", "opens"),
    [
        ("", "", False),
        ("en cours", "", False),
        ("déposée", "", False),
        ("déposée le 12 novembre 2026", "", True),
        ("déposée le 1er décembre 2026", "", True),
        ("déposée le 12/11/2026", "", True),
        ("D-123/2026", "", True),
        ("A-PO-000/2026", "", True),
        ("", "oui", False),
        ("", "Directrice : ok", False),
        ("", ": une raison assez longue", False),
        ("", REASON, True),
        # Somebody who meant to waive and wrote it wrongly is told so, whatever else stands there.
        ("D-123/2026", "oui", False),
    ],
)
def test_what_opens_registration(settings: Settings, reference: str, waiver: str, opens: bool) -> None:
    settings.DEBUG, settings.CNDP_REFERENCE, settings.CNDP_WAIVER = False, reference, waiver
    assert declaration.registration_may_open() is opens
    assert bool(declaration.problem()) is not opens


def test_with_debug_nobody_is_real(settings: Settings) -> None:
    settings.DEBUG, settings.CNDP_REFERENCE, settings.CNDP_WAIVER = True, "", ""
    assert declaration.registration_may_open()


@pytest.mark.django_db
def test_an_undeclared_stop_says_that_registration_is_not_open_yet(
    client: Client, settings: Settings
) -> None:
    settings.CNDP_REFERENCE = settings.CNDP_WAIVER = ""
    yesterday = (clock.now() - timedelta(days=1)).date()
    stop = make_stop(registration_opens_on=yesterday)
    found = agenda.stop(stop.slug)
    assert found is not None
    assert found.availability == Availability.NOT_YET
    page = client.get(f"/fr/etapes/{stop.slug}/inscription/").content.decode()
    assert "Les inscriptions ne sont pas encore ouvertes." in page
    assert "<form class=" not in page
    answer = client.post(f"/fr/etapes/{stop.slug}/inscription/", {"name": "Directrice d’hôtel"})
    assert answer.status_code == 422
    settings.CNDP_REFERENCE = "D-123/2026"
    page = client.get(f"/fr/etapes/{stop.slug}/inscription/").content.decode()
    assert '<bdi dir="ltr">D-123/2026</bdi>' in page
