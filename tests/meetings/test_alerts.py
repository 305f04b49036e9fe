"""Banners stand where people look, as long as they are true, and pages from memory follow at once."""

from datetime import timedelta

import pytest
from django.test import Client

from meetings import alerts, broadcasts
from meetings.models import Broadcast, Stop
from outbox import clock
from professionals import personal_links
from regions import legal_time
from tests.factories import make_registration, make_staff, make_stop

pytestmark = pytest.mark.django_db


def alert(stop: Stop, *, hours: float = 2, **words: str) -> Broadcast:
    end = legal_time.wall_clock(clock.now() + timedelta(hours=hours))
    return Broadcast.objects.create(
        **{"text_fr": "La salle change.", "text_ar": "تغيرت القاعة.", "text_en": ""} | words,
        stop=stop, urgent=True, audiences=[], ordered_at=clock.now(), order=f"{stop.pk}-{hours}-{words}",
        until_day=end.date(), until_hour=end.time().replace(tzinfo=None),
    )  # fmt: skip


def said(client: Client, path: str) -> int:
    return client.get(path).content.decode().count("La salle change.")


def test_a_banner_stands_on_home_stop_and_personal_pages_of_that_stop_alone(client: Client) -> None:
    stop, other = make_stop(), make_stop(region="MA-11")
    mine, theirs = make_registration(stop), make_registration(other)
    alert(stop)
    paths = {
        "/fr/": 1,
        f"/fr/etapes/{stop.slug}/": 1,
        f"/fr/etapes/{other.slug}/": 0,
        personal_links.registration_url(mine).partition("8000")[2]: 1,
        personal_links.registration_url(theirs).partition("8000")[2]: 0,
    }
    assert {path: said(client, path) for path in paths} == paths


def test_pages_from_memory_show_it_at_once_and_lose_it_at_once(client: Client) -> None:
    stop = make_stop()
    path = f"/fr/etapes/{stop.slug}/"
    assert (said(client, path), said(client, path)) == (0, 0)
    standing = alert(stop)
    assert (said(client, path), said(client, path)) == (1, 1)
    broadcasts.withdraw(standing, by=make_staff())
    assert said(client, path) == 0


def test_it_ends_by_itself_at_its_moment(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = make_stop()
    alert(stop, hours=2)
    path = f"/fr/etapes/{stop.slug}/"
    assert said(client, path) == 1
    later = clock.now() + timedelta(hours=2, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert said(client, path) == 0
    assert alerts.of(stop) == []


def test_a_message_without_urgency_is_on_no_page(client: Client) -> None:
    stop = make_stop()
    Broadcast.objects.create(
        stop=stop, urgent=False, audiences=["seated"], ordered_at=clock.now(), order="x",
        headline_fr="Objet", text_fr="La salle change.", text_ar="ن",
    )  # fmt: skip
    assert [said(client, path) for path in ("/fr/", f"/fr/etapes/{stop.slug}/")] == [0, 0]


def test_without_english_the_french_stands_there_and_says_that_it_is_french(client: Client) -> None:
    stop = make_stop()
    alert(stop)
    page = client.get(f"/en/etapes/{stop.slug}/").content.decode()
    assert page.count('<p lang="fr" dir="ltr">La salle change.</p>') == 1


def test_what_was_typed_is_text_and_nothing_else(client: Client) -> None:
    stop = make_stop()
    alert(stop, text_fr="<script>alert(1)</script>")
    page = client.get(f"/fr/etapes/{stop.slug}/").content.decode()
    assert page.count("<script>alert(1)") == 0
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 1
