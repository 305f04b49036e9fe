"""The feed: valid Atom, an entry for each release, the same ids for ever."""

import re
from datetime import UTC, date, datetime, time
from typing import Any
from xml.etree import ElementTree

import pytest

from meetings import agenda, feed, lifecycle
from meetings.models import Stop
from tests.factories import make_stop, make_tour, make_venue

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


def read(language: str = "fr") -> ElementTree.Element:
    content = feed.agenda(agenda.stops(), language, tour=make_tour())
    return ElementTree.fromstring(content)  # noqa: S314 - our own


def texts(element: ElementTree.Element, path: str) -> list[str]:
    return [found.text or "" for found in element.findall(path.replace("/", f"/{ATOM}").join([ATOM, ""]))]


def entries(language: str = "fr") -> list[ElementTree.Element]:
    return read(language).findall(f"{ATOM}entry")


@pytest.fixture
def moved(set_clock: Any) -> Stop:
    """Announced, then moved, then cancelled."""
    set_clock(datetime(2026, 11, 20, 9, tzinfo=UTC))
    stop = make_stop(date=date(2026, 12, 24))
    set_clock(datetime(2026, 12, 1, 9, tzinfo=UTC))
    lifecycle.change(stop, changes={"starts": time(9), "venue": make_venue(name_fr="Wilaya")}, by=None)
    set_clock(datetime(2026, 12, 2, 18, 5, tzinfo=UTC))
    lifecycle.cancel(Stop.objects.get(), by=None, reason={"fr": "Vent <fort>.", "ar": "رياح", "en": "Wind."})
    return Stop.objects.get()


def test_each_release_is_an_entry_that_says_what_changed_newest_first(moved: Stop):
    found = entries()
    assert [texts(entry, "title")[0] for entry in found] == [
        "Dakhla-Oued Ed-Dahab : Étape annulée. Vent <fort>.",
        "Dakhla-Oued Ed-Dahab : Nouveaux horaires : de 09h00 à 13h30 (avant : de 10h00 à 13h30).",
        "Dakhla-Oued Ed-Dahab : Étape annoncée : jeudi 24\xa0décembre 2026, de 10h00 à 13h30 "
        "(heure du Maroc), Dakhla.",
    ]
    assert [texts(entry, "updated")[0] for entry in found] == [
        *("2026-12-02T18:05:00+00:00", "2026-12-01T09:00:00+00:00", "2026-11-20T09:00:00+00:00")
    ]
    assert [len(re.findall("<li>", texts(entry, "summary")[0])) for entry in found] == [1, 3, 1]
    # A summary is HTML: what people typed is escaped in it.
    assert "<li>Étape annulée. Vent &lt;fort&gt;.</li>" in texts(found[0], "summary")[0]


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_feed_has_what_the_standard_asks(moved: Stop, language: str):
    whole = read(language)
    assert whole.tag == f"{ATOM}feed"
    assert whole.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    links = {link.get("rel"): link.get("href") for link in whole.findall(f"{ATOM}link")}
    address = f"http://localhost:8000/{language}/agenda/"
    assert links == {"alternate": address, "self": f"{address}agenda.atom"}
    assert texts(whole, "updated") == ["2026-12-02T18:05:00+00:00"]
    assert len(texts(whole, "author/name")) == 1
    for element in (whole, *whole.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            (said,) = texts(element, name)
            assert said
            assert name != "updated" or RFC3339.fullmatch(said)
    for entry in whole.findall(f"{ATOM}entry"):
        (link,) = entry.findall(f"{ATOM}link")
        assert link.get("href") == f"http://localhost:8000/{language}/etapes/dakhla-oued-ed-dahab/"
        (summary,) = entry.findall(f"{ATOM}summary")
        assert summary.get("type") == "html"
        assert f'<ul lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in (summary.text or "")


def test_ids_stay_wherever_the_portal_moves_and_are_never_shared(moved: Stop, settings: Any):
    def ids() -> list[str]:
        return [texts(entry, "id")[0] for language in ("fr", "ar", "en") for entry in entries(language)]

    before = ids()
    assert len(set(before)) == 9
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", one) for one in before)
    settings.SITE_URL = "https://elsewhere.example"
    make_stop(region="MA-11")
    after = ids()
    assert set(before) < set(after)
    assert len(set(after)) == len(after) == 12


def test_a_release_that_changed_nothing_public_is_no_news(moved: Stop):
    other = make_stop(region="MA-11")
    before = [texts(entry, "id")[0] for entry in entries()]
    lifecycle.change(other, changes={"seats": 7}, by=None)
    assert [texts(entry, "id")[0] for entry in entries()] == before


def test_drafts_are_no_news(moved: Stop):
    make_stop(region="MA-11", published=False, city_fr="Zzsecret")
    assert len(entries()) == 3


def test_a_feed_without_news_is_dated_too():
    make_tour(first_day=date(2026, 12, 3))
    assert texts(read(), "updated") == ["2026-12-03T00:00:00+00:00"]


def test_old_news_goes(moved: Stop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(feed, "LATEST", 2)
    assert len(entries()) == 2
