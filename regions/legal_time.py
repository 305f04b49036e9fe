"""Legal time in Morocco: the only module that turns wall-clock into instants and back.

Since 20 September 2026 Morocco is on UTC all year (decree 2.26.530, IANA release 2026c).
People agree on wall-clock hours; those are stored. Instants are derived here, never stored.
"""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from outbox import clock

ZONE_NAME = "Africa/Casablanca"
MINIMUM_RELEASE = "2026c"


class StaleZoneData(Exception):
    """The time-zone data still believe that Morocco is on UTC+1."""


def morocco() -> ZoneInfo:
    return ZoneInfo(ZONE_NAME)


def instant(day: date, hour: time) -> datetime:
    """The instant (aware, UTC) at which Moroccan clocks show `hour` on `day`."""
    return datetime.combine(day, hour, morocco()).astimezone(UTC)


def wall_clock(moment: datetime) -> datetime:
    """What Moroccan clocks show at `moment`: aware, in Moroccan time."""
    return moment.astimezone(morocco())


def today() -> date:
    """The date in Morocco."""
    return wall_clock(clock.now()).date()


def check_zone_data() -> None:
    """Raises StaleZoneData unless 3 December 2026, 10:00 in Casablanca is 10:00 UTC."""
    winter = datetime(2026, 12, 3, 10, tzinfo=ZoneInfo(ZONE_NAME))
    spring = datetime(2027, 4, 1, 10, tzinfo=ZoneInfo(ZONE_NAME))
    if winter.utcoffset() or spring.utcoffset():
        raise StaleZoneData(
            f"Zone data older than {MINIMUM_RELEASE}: {ZONE_NAME} is {winter:%z} on 3 December 2026."
        )
