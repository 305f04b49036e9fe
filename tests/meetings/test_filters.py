"""What the agenda is narrowed by: its addresses, what is found, the ways out."""

from datetime import time
from itertools import product
from urllib.parse import parse_qsl

import pytest
from django.http import QueryDict

from meetings import agenda, filters, lifecycle, releases
from meetings.filters import Filters
from meetings.models import MeetingKind
from tests.factories import make_meeting, make_stop, next_thursday

REGIONS = ["dakhla-oued-ed-dahab", "guelmim-oued-noun", "souss-massa"]


def read(query: str) -> Filters:
    return filters.read(QueryDict(query), regions=REGIONS)


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("", ""),
        ("region=&mois=&type=", ""),
        ("type=presse&mois=2026-12&region=souss-massa", "?region=souss-massa&mois=2026-12&type=presse"),
        ("vue=mois&mois=2026-12", "?mois=2026-12&vue=mois"),
        ("mois=2026-12&utm_source=lettre&page=3", "?mois=2026-12"),
        ("mois=2026-11&mois=2026-12", "?mois=2026-12"),
    ],
)
def test_every_question_has_one_address(asked: str, canonical: str) -> None:
    found = read(asked)
    assert (found.query, found.refused) == (canonical, False)
    assert read(found.query[1:]) == found


@pytest.mark.parametrize(
    "asked",
    ["region=atlantide", "mois=2026-13", "mois=decembre", "mois=2026-1", "type=plenary", "vue=semaine"],
)
def test_what_nobody_offers_is_left_aside_and_said(asked: str) -> None:
    assert read(f"{asked}&x=1") == Filters(refused=True)


def test_the_parameters_are_named_once_and_are_those_that_are_read() -> None:
    values = {"region": "souss-massa", "mois": "2026-12", "type": "presse", "vue": "mois"}
    assert tuple(values) == filters.PARAMETERS
    whole = Filters("souss-massa", "2026-12", "presse", as_calendar=True)
    assert dict(parse_qsl(whole.query[1:])) == values
    assert [read(f"{name}={value}").query for name, value in values.items()] == [
        f"?{name}={value}" for name, value in values.items()
    ]


def make_three() -> None:
    """December: Dakhla with a press point, Guelmim; January: Souss-Massa with a press point, postponed."""
    december = next_thursday(10).replace(year=next_thursday().year + 1, month=12, day=3)
    january = december.replace(year=december.year + 1, month=1)
    for code, day, press in (
        ("MA-12", december, True),
        ("MA-10", december.replace(day=8), False),
        ("MA-09", january, True),
    ):
        stop = make_stop(region=code, date=day, published=False)
        if press:
            make_meeting(stop, kind=MeetingKind.PRESS, starts=time(13), points=1, title_fr="Point presse")
        releases.publish(stop, by=None)
    lifecycle.postpone(stop, by=None)


@pytest.mark.django_db
def test_filters_combine_and_what_is_called_off_stays_under_the_day_it_had() -> None:
    make_three()
    stops = agenda.stops()
    months = filters.months_of(stops)
    assert [month[-2:] for month in months] == ["12", "01"]
    assert filters.kinds_of(stops) == ["pleniere", "presse"]
    have = {("dakhla-oued-ed-dahab", months[0], "presse"), ("guelmim-oued-noun", months[0], "pleniere")}
    have |= {("souss-massa", months[1], "presse"), ("dakhla-oued-ed-dahab", months[0], "pleniere")}
    have |= {("souss-massa", months[1], "pleniere")}
    for region, month, kind in product(["", *REGIONS], ["", *months], ["", "pleniere", "presse", "b2b"]):
        expected = {
            slug
            for slug, its_month, its_kind in have
            if region in ("", slug) and month in ("", its_month) and kind in ("", its_kind)
        }
        assert {stop.slug for stop in Filters(region, month, kind).find(stops)} == expected


@pytest.mark.django_db
def test_where_nothing_is_found_each_filter_dropped_says_what_it_would_show() -> None:
    make_three()
    stops = agenda.stops()
    december = filters.months_of(stops)[0]
    nothing = Filters("souss-massa", december, "presse")
    assert nothing.find(stops) == []
    assert filters.ways_out(nothing, stops) == [
        (Filters("", december, "presse"), 1),
        (Filters("souss-massa", "", "presse"), 1),
    ]
    assert filters.ways_out(Filters(month="2031-05"), stops) == []
