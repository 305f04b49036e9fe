"""Morocco is on UTC since 20 September 2026; clocks there keep their hour whatever the data say."""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regions import legal_time
from regions.legal_time import StaleZoneData


def test_ten_o_clock_on_3_december_2026_is_ten_utc() -> None:
    assert legal_time.instant(date(2026, 12, 3), time(10)) == datetime(2026, 12, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [
        (date(2026, 9, 19), 9),  # the last day on UTC+1
        (date(2026, 9, 21), 10),
        (date(2027, 2, 20), 10),  # Ramadan changes nothing any more
        (date(2027, 7, 1), 10),
    ],
)
def test_the_hour_follows_the_law_of_its_day(day: date, utc_hour: int) -> None:
    assert legal_time.instant(day, time(10)).hour == utc_hour


def test_data_of_2026c_are_accepted() -> None:
    legal_time.check_zone_data()


@pytest.mark.usefixtures("older_zone_data")
def test_data_of_2025b_are_refused() -> None:
    with pytest.raises(StaleZoneData) as refused:
        legal_time.check_zone_data()
    assert str(refused.value) == (
        "Zone data older than 2026c: Africa/Casablanca is +0100 on 3 December 2026."
    )


@pytest.mark.usefixtures("older_zone_data")
def test_with_data_of_2025b_the_instant_moves_and_the_hour_on_the_clock_does_not() -> None:
    day, hour = date(2026, 12, 3), time(10)
    moved = legal_time.instant(day, hour)
    assert moved == datetime(2026, 12, 3, 9, tzinfo=UTC)
    assert legal_time.wall_clock(moved).replace(tzinfo=None) == datetime.combine(day, hour)


def test_data_that_are_wrong_in_spring_only_are_refused(older_zone_data: None, tmp_path: Path) -> None:
    london = files("tzdata").joinpath("zoneinfo", "Europe", "London").read_bytes()
    (tmp_path / "zones" / "Africa" / "Casablanca").write_bytes(london)
    with pytest.raises(StaleZoneData):
        legal_time.check_zone_data()


def test_the_portal_does_not_read_the_systems_zone_files() -> None:
    assert zoneinfo.TZPATH == ()


def test_today_is_the_date_in_morocco(monkeypatch: pytest.MonkeyPatch) -> None:
    for moment, day in (
        (datetime(2026, 9, 10, 23, 30, tzinfo=UTC), date(2026, 9, 11)),
        (datetime(2026, 12, 3, 23, 30, tzinfo=UTC), date(2026, 12, 3)),
    ):
        monkeypatch.setattr(legal_time.clock, "now", lambda moment=moment: moment)
        assert legal_time.today() == day


@given(
    st.dates(min_value=date(2026, 9, 21), max_value=date(2035, 12, 31)),
    st.times().map(lambda hour: hour.replace(microsecond=0)),
)
def test_since_the_decree_clocks_show_utc(day: date, hour: time) -> None:
    moment = legal_time.instant(day, hour)
    assert moment == datetime.combine(day, hour, UTC)
    assert legal_time.wall_clock(moment).utcoffset() == timedelta(0)
