"""Everything for which the portal writes to an official by itself, done once to each of some people.

Four stops of one tour to which they are asked: one they come to and are thanked for, one they miss, one
they send their excuses for, one that is put off and called off.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from meetings import answers, broadcasts, invitations, lifecycle, reminders
from meetings.models import Guest, Invitation, Stop
from outbox import clock, incoming
from outbox.models import Message, MessageStatus
from professionals import presence, roll
from regions import legal_time
from regions.models import Body, Official
from tests.factories import make_staff, make_stop, make_venue
from tests.meetings.test_broadcasts import tell as tell_all
from tests.outbox import came_back
from tests.telling import tell

DAY = date(2027, 3, 18)  # a Thursday; the stops begin at 10:00
BODY = Body.CNT


def walk(people: Sequence[Official], set_clock: Callable[[datetime], None]) -> Stop:
    """From the invitation to the morrow; answers the stop they came to. They are of `BODY`."""

    def at(days: int, hour: int = 9) -> None:
        set_clock(legal_time.instant(DAY + timedelta(days=days), time(hour)))

    at(-30)
    came, missed, excused, off = (make_stop(region=f"MA-0{n}", date=DAY) for n in range(1, 5))
    reminders.lay_down(came.tour)
    for stop in (came, missed, excused, off):
        Guest.objects.bulk_create(Guest(stop=stop, official=one, rank=1) for one in people)
        invitations.write_to(stop, [BODY], limit=100)
    arrive()
    at(-20)
    for change in ({"ends": time(14)}, {"venue": make_venue(region=came.region)}):
        lifecycle.change(came, changes=change, by=None)
        tell()
        arrive()
    for row in asked(came):
        answers.accept(row, companions=1)
    for entry in Message.objects.filter(purpose="accepted", subject=f"stop:{came.pk}"):
        incoming.take(came_back.reply(entry, notice=f"<{entry.pk}@calendar.example>", partstat="DECLINED"))
    for urgent in (True, False):
        order = tell_all(came, "accepted", urgent=urgent)
        broadcasts.write(order.pk, limit=100)
    arrive()
    at(-10)
    beat()  # no answer
    at(-9)
    for row in [*asked(missed), *asked(excused)]:
        answers.accept(row)
    for row in asked(excused):
        answers.decline(row)
    for act in (lifecycle.postpone, lifecycle.cancel):
        act(off, by=None)
        tell()
        arrive()
    at(-7)
    beat()
    at(-1, 16)
    beat()
    _the_day(came, missed, excused, set_clock)
    at(1, 10)
    beat()
    return came


def _the_day(came: Stop, missed: Stop, excused: Stop, set_clock: Callable[[datetime], None]) -> None:
    by = make_staff()
    came.refresh_from_db()
    set_clock(came.starts_at)
    for row in asked(came):
        presence.mark(came, key=presence.key_of(row), by=by)
    for stop in (came, missed, excused):
        roll.close(stop, by=by)


def asked(stop: Stop) -> list[Invitation]:
    return list(stop.invitations.order_by("pk"))


def beat() -> None:
    reminders.write_due()
    arrive()


def arrive() -> None:
    """The mail server takes everything that waits."""
    Message.objects.filter(status=MessageStatus.QUEUED).update(
        status=MessageStatus.SENT, final_at=clock.now()
    )
