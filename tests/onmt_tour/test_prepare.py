"""Tests of `manage.py prepare`: a demonstration writes its mails in words its own account stands for."""

import pytest
from django.core.management import call_command
from pytest_django import Settings

from accounts import staff
from meetings import mail_texts
from meetings.models import Tour
from onmt_tour.management.commands import prepare
from tests.factories import make_staff, make_tour

pytestmark = pytest.mark.django_db


@pytest.fixture
def tour(monkeypatch: pytest.MonkeyPatch) -> Tour:
    """A tour with words nobody stands for; reference data are somebody else's business here."""
    monkeypatch.setattr(prepare, "call_command", lambda name, *args, **options: None)
    made = make_tour(texts=False)
    mail_texts.lay_down(made)
    return made


def test_in_a_demonstration_the_account_made_for_it_stands_for_the_words(
    tour: Tour, settings: Settings
) -> None:
    settings.DEBUG = True
    staff.create(email=prepare.EMAIL, function="Pilotage")
    call_command("prepare")
    assert {text.validated_by.email for text in mail_texts.standing(tour.pk).values()} == {prepare.EMAIL}
    assert mail_texts.missing(tour.pk) == []


@pytest.mark.parametrize(("debug", "email"), [(False, prepare.EMAIL), (True, "direction@portal.example")])
def test_on_a_portal_that_serves_nobody_stands_for_words_unasked(
    tour: Tour, settings: Settings, debug: bool, email: str
) -> None:
    settings.DEBUG = debug
    make_staff(email=email)
    call_command("prepare")
    assert len(mail_texts.missing(tour.pk)) == 42
