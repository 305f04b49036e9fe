"""meetings.forecast: what is foretold is what is written, if nothing changes."""

from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest

from meetings import audiences, forecast, invitations, lifecycle, mail_texts, reminders
from meetings.audiences import Audience, Recipient
from meetings.models import AFTERWARDS, Invitation, ReminderRule, Stop
from outbox.models import Message, MessageStatus
from regions import legal_time
from tests.factories import make_message, make_official, make_region, make_staff, make_stop, make_tour

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings", "empty_audiences", "own_attendance")]

FIRST = date(2027, 3, 18)
BEGIN = legal_time.instant(FIRST - timedelta(days=23), time(8))
END = BEGIN + timedelta(days=40)
Told = tuple[datetime, int, str, str, str]


def people(kind: str, stop: Stop) -> list[Recipient]:
    return [
        Recipient(
            email=f"{kind}-{stop.pk}-{number}@hotel.example",
            name=f"Direction {number}",
            language=("fr", "ar", "en")[number % 3],
            key=f"{kind}:{stop.pk * 100 + number}",
        )
        for number in range(4)
    ]


@pytest.fixture
def stops() -> list[Stop]:
    for name, kind in (("professionals", "professional"), ("seated", "registration")):
        audiences.register(
            Audience(name, name, lambda stop, kind=kind: people(kind, stop), name == "professionals")  # type: ignore[misc]
        )
    for name in ("attended", "missed", "excused"):
        audiences.register(Audience(name, name, lambda stop: [], False))
    made = []
    for number in range(2):
        region = make_region(f"MA-{12 - number:02}")
        stop = make_stop(region=region, date=FIRST + timedelta(days=5 * number))
        for language in ("fr", "ar"):
            make_official(region=region, language=language)
        made.append(stop)
    reminders.lay_down(made[0].tour)
    return made


def seat_told(stop: Stop, number: int, at: datetime) -> None:
    """The mail that gave a seat, which the reminder of the week builds on."""
    person = people("registration", stop)[number]
    make_message(
        key=f"seat:{person.key}:1",
        subject=f"stop:{stop.pk}",
        recipient=person.email,
        status=MessageStatus.SENT,
        final_at=at,
        now=at,
    )


def foretold(stops: list[Stop], now: datetime, until: datetime) -> Counter[Told]:
    found = forecast.departures(stops[0].tour, now=now, until=until)
    return Counter(
        {(one.at, one.stop.pk, one.kind, one.audience, one.language): len(one.people) for one in found}
    )


def by_lines(counts: Counter[Told]) -> Counter[tuple[int, str, str, str]]:
    lines: Counter[tuple[int, str, str, str]] = Counter()
    for (_at, *line), people in counts.items():
        lines[tuple(line)] += people  # type: ignore[index]
    return lines


def test_what_is_foretold_is_what_the_beat_then_writes(stops, set_clock):
    for number, days in enumerate((1, 9)):
        seat_told(stops[0], number, BEGIN - timedelta(days=days))
    set_clock(BEGIN)
    ReminderRule.objects.filter(kind__in=AFTERWARDS).delete()
    told = foretold(stops, BEGIN, END)
    written: Counter[Told] = Counter()
    moments = {one[0] for one in told} | {BEGIN + timedelta(days=step) for step in range(40)}
    for moment in sorted(moments):
        set_clock(moment)
        reminders.write_due(moment)
        fresh = Message.objects.filter(status=MessageStatus.QUEUED)
        for message in fresh:
            number = int(message.subject.removeprefix("stop:"))
            written[moment, number, message.purpose, message.audience, message.language] += 1
        fresh.update(status=MessageStatus.SENT, final_at=moment)
    firsts: dict[tuple[object, ...], datetime] = {}
    for (at, *line), _ in sorted(written.items(), key=lambda item: item[0][0]):
        firsts.setdefault(tuple(line), at)
    assert {tuple(line): at for (at, *line) in told} == firsts
    assert by_lines(told) == by_lines(written)
    assert {line[1] for line in by_lines(told)} == {"invitation", "no_answer", "seated_week", "seated_eve"}


def test_who_was_told_of_a_seat_is_reminded_three_days_later_and_on_the_eve(stops, set_clock):
    now = legal_time.instant(FIRST - timedelta(days=8), time(8))
    set_clock(now)
    seat_told(stops[0], 0, now - timedelta(days=1))  # heard yesterday: the week's reminder waits
    seat_told(stops[0], 1, now - timedelta(days=9))
    ReminderRule.objects.exclude(kind__in=["seated_week", "seated_eve", "thanks"]).delete()
    found = forecast.departures(stops[0].tour, now=now, until=now + timedelta(days=12))
    mine = [(one.kind, one.at, len(one.people), one.at_most) for one in found if one.stop == stops[0]]
    eve = legal_time.instant(FIRST - timedelta(days=1), time(16))
    assert sorted(mine) == sorted(
        [
            ("seated_week", now + timedelta(days=2), 1, False),
            ("seated_week", legal_time.instant(FIRST - timedelta(days=7), time(9)), 1, False),
            ("seated_eve", eve, 2, False),
            ("seated_eve", eve, 1, False),
            ("seated_eve", eve, 1, False),
            ("thanks", legal_time.instant(FIRST + timedelta(days=1), time(10)), 2, True),
            ("thanks", legal_time.instant(FIRST + timedelta(days=1), time(10)), 1, True),
            ("thanks", legal_time.instant(FIRST + timedelta(days=1), time(10)), 1, True),
        ]
    )


def test_nothing_is_written_by_foretelling(stops, set_clock):
    set_clock(BEGIN)
    forecast.departures(stops[0].tour, now=BEGIN, until=END)
    assert (Message.objects.count(), Invitation.objects.count()) == (0, 0)


def test_an_order_under_way_leaves_now(stops, set_clock):
    set_clock(BEGIN)
    invitations.invite(stops[1], audiences=["professionals"], by=None)
    found = forecast.departures(stops[0].tour, now=BEGIN, until=BEGIN + timedelta(hours=48))
    invited = [one for one in found if one.kind == "invitation" and one.stop == stops[1]]
    assert [(one.at, one.language, len(one.people)) for one in invited] == [
        (BEGIN, "ar", 1),
        (BEGIN, "en", 1),
        (BEGIN, "fr", 2),
    ]


def test_a_stop_called_off_and_a_rule_switched_off_foretell_nothing(stops, set_clock):
    set_clock(BEGIN)
    ReminderRule.objects.update(active=False)
    assert forecast.departures(stops[0].tour, now=BEGIN, until=END) == []
    ReminderRule.objects.update(active=True)
    lifecycle.cancel(stops[0], reason={"fr": "Météo", "ar": "الطقس", "en": "Weather"}, by=None)
    assert {one.stop.pk for one in forecast.departures(stops[0].tour, now=BEGIN, until=END)} == {stops[1].pk}


def test_a_tour_of_no_stops_foretells_nothing():
    assert forecast.departures(make_tour(), now=BEGIN, until=END) == []


def test_what_waits_for_its_words_is_foretold_as_waiting(stops, set_clock):
    set_clock(BEGIN)
    invitations.invite(stops[1], audiences=["professionals"], by=None)
    text = mail_texts.standing(stops[1].tour_id)["invitation_professional", "fr"]
    mail_texts.withdraw(text, by=make_staff())
    found = forecast.departures(stops[0].tour, now=BEGIN, until=BEGIN + timedelta(hours=48))
    assert [(one.language, len(one.people), one.unvalidated) for one in found if one.stop == stops[1]] == [
        ("ar", 1, False),
        ("en", 1, False),
        ("fr", 2, True),
    ]
