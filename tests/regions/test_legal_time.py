"""Morocco is on UTC since 20 September 2026; clocks there keep their hour whatever the data say."""

import os
import struct
import subprocess
import sys
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regions import legal_time
from regions.legal_time import StaleZoneData

ROOT = Path(__file__).resolve().parents[2]


def zone_file(*changes: tuple[datetime, int], before: int) -> bytes:
    """A compiled zone (RFC 8536, version 2): seconds east of UTC before, and from each change on."""
    offsets = [before, *(seconds for _, seconds in changes)]
    times = [int(moment.timestamp()) for moment, _ in changes]

    def block(code: str, size: int) -> bytes:
        counts = struct.pack(">6l", 0, 0, 0, len(times), len(offsets), 4)
        head = b"TZif2" + bytes(15) + counts
        body = b"".join(struct.pack(code, moment) for moment in times) if size else b""
        body += bytes(range(1, len(offsets)))
        body += b"".join(struct.pack(">lBB", offset, 0, 0) for offset in offsets) + b"+00\0"
        return head + body

    last = offsets[-1] // 3600
    footer = f"\n<{last:+03}>{-last}\n".encode()
    return block(">l", 4) + block(">q", 8) + footer


AS_OF_2025B = zone_file(
    # What older data believe of 2026 and 2027: UTC+1, but for Ramadan.
    (datetime(2026, 2, 15, 2, tzinfo=UTC), 0),
    (datetime(2026, 3, 22, 2, tzinfo=UTC), 3600),
    (datetime(2027, 2, 7, 2, tzinfo=UTC), 0),
    (datetime(2027, 3, 14, 2, tzinfo=UTC), 3600),
    before=3600,
)


@pytest.fixture
def stale(tmp_path: Path) -> Iterator[Path]:
    """The process reads data of 2025b while the test runs."""
    (tmp_path / "Africa").mkdir()
    (tmp_path / "Africa" / "Casablanca").write_bytes(AS_OF_2025B)
    zoneinfo.reset_tzpath(to=[str(tmp_path)])
    zoneinfo.ZoneInfo.clear_cache()
    yield tmp_path
    zoneinfo.reset_tzpath(to=())
    zoneinfo.ZoneInfo.clear_cache()


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


@pytest.mark.usefixtures("stale")
def test_data_of_2025b_are_refused() -> None:
    with pytest.raises(StaleZoneData) as refused:
        legal_time.check_zone_data()
    assert str(refused.value) == (
        "Zone data older than 2026c: Africa/Casablanca is +0100 on 3 December 2026."
    )


@pytest.mark.usefixtures("stale")
def test_with_data_of_2025b_the_instant_moves_and_the_hour_on_the_clock_does_not() -> None:
    day, hour = date(2026, 12, 3), time(10)
    moved = legal_time.instant(day, hour)
    assert moved == datetime(2026, 12, 3, 9, tzinfo=UTC)
    assert legal_time.wall_clock(moved).replace(tzinfo=None) == datetime.combine(day, hour)


def test_data_that_forget_only_the_spring_are_refused(tmp_path: Path) -> None:
    half = zone_file((datetime(2027, 3, 14, 2, tzinfo=UTC), 3600), before=0)
    (tmp_path / "Africa").mkdir()
    (tmp_path / "Africa" / "Casablanca").write_bytes(half)
    said = subprocess.run(
        [
            *(sys.executable, "-c"),
            "import zoneinfo; from regions import legal_time; "
            f"zoneinfo.reset_tzpath(to=[{str(tmp_path)!r}]); legal_time.check_zone_data()",
        ],
        cwd=ROOT,
        env={**os.environ, "DEBUG": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 1
    assert "StaleZoneData" in said.stderr


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
