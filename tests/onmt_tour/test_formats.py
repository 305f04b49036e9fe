"""Tests of onmt_tour.formats: a date means the same day in every language."""

from datetime import UTC, date, datetime, time

import pytest
from django import forms
from django.test import Client
from django.urls import reverse
from django.utils import formats, translation

from meetings.models import Stop
from tests.admin_pages import filled_in
from tests.factories import make_staff, make_stop

LANGUAGES = ["fr", "ar", "en"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", ["07/12/2026", "7/12/26", "07.12.2026", "07-12-2026", "2026-12-07"])
def test_the_day_comes_before_the_month(language: str, typed: str) -> None:
    with translation.override(language):
        assert forms.DateField(localize=True).clean(typed) == date(2026, 12, 7)
        assert forms.DateField().clean(typed) == date(2026, 12, 7)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", ["09:30", "09:30:00", "9:30", "9h30", "9.30"])
def test_hours_are_read_as_people_write_them(language: str, typed: str) -> None:
    with translation.override(language):
        assert forms.TimeField().clean(typed) == time(9, 30)


def test_moments_are_shown_day_first_and_with_24_hours() -> None:
    shown = {}
    for language in LANGUAGES:
        with translation.override(language):
            shown[language] = formats.date_format(datetime(2026, 12, 7, 15, 5, tzinfo=UTC), "DATETIME_FORMAT")
    assert shown == {
        "fr": "7 décembre 2026 15:05",
        "ar": "7 دجنبر 2026، 15:05",
        "en": "7 December 2026, 15:05",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stop_typed_for_7_december_is_on_7_december(language: str, client: Client) -> None:
    client.force_login(make_staff())
    client.cookies["django_language"] = language
    stop = make_stop(published=False)
    page = reverse("admin:meetings_stop_change", args=[stop.pk])
    before = client.get(page)
    day, hour = (before.context["adminform"].form[name] for name in ("date", "starts"))
    assert f'value="{stop.date:%d/%m/%Y}"' in str(day)
    assert f'value="{stop.starts:%H:%M}"' in str(hour)
    assert client.post(page, filled_in(before) | {"date": "07/12/2028"}).status_code == 302
    assert Stop.objects.get().date == date(2028, 12, 7)
