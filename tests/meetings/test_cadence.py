"""A whole tour, day by day: what each person hears, and the distances kept between it.

Twelve stops, people with habits of their own at each. One stop is put back, one postponed and given a
day again, one cancelled; the beat is missing at some hours and runs twice at others. The mail server
takes everything at once. `breaches` reads the outbox alone and knows nothing of how it was written.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta

import pytest

from meetings import announcements, answers, lifecycle, reminders
from meetings.audiences import Audience, Recipient, register
from meetings.models import Announcement, Guest, Invitation, ReminderKind, Stop
from outbox import clock, queue
from outbox.models import Message, MessageStatus, Priority
from regions import legal_time
from regions.models import Body, Official
from tests.factories import make_official, make_region, make_stop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings", "empty_audiences")]

FIRST_DAY = date(2027, 3, 18)
EVERY = 2  # days between stops
ROUTINE = {kind.value for kind in ReminderKind}
PREDECESSOR = {"no_answer": {"invitation"}, "seated_week": {"seat", "accepted", "moved", "venue_changed"}}
# Professionals by the day before the stop on which they register.
HABITS = {"tot": 18, "neuf": 9, "six": 6, "deux": 2, "jamais": None}
OFFICIALS = ("accepte", "silence", "nouveau")
REGULAR = (1,)
IRREGULAR = (1, 1, 2, 0, 1, 1, 0)  # beats at each step, over and over


@dataclass
class Tour:
    """Stops, and who registered for them."""

    stops: list[Stop]
    registered: dict[tuple[int, str], Recipient] = field(default_factory=dict)

    def professionals(self, stop: Stop) -> Iterator[Recipient]:
        for number, habit in enumerate(HABITS):
            if (stop.pk, habit) not in self.registered:
                yield Recipient(
                    email=f"{habit}-{stop.pk}@hotel.example",
                    name=habit,
                    language=("fr", "ar", "en")[number % 3],
                    key=f"professional:{stop.pk * 100 + number}",
                )

    def seated(self, stop: Stop) -> list[Recipient]:
        return [person for (pk, _habit), person in self.registered.items() if pk == stop.pk]

    def register(self, stop: Stop, habit: str) -> None:
        """They register; a confirmation is written, as `professionals` does."""
        number = stop.pk * 100 + list(HABITS).index(habit)
        person = Recipient(
            email=f"{habit}-{stop.pk}@hotel.example", name=habit, language="fr", key=f"registration:{number}"
        )
        self.registered[stop.pk, habit] = person
        _write("seat", person, stop)


def _write(purpose: str, person: Recipient, stop: Stop) -> None:
    queue.enqueue(
        key=f"{purpose}:{person.key}:1",
        purpose=purpose,
        to=person.email,
        template="lapsed",  # any text will do
        context={"city": "Dakhla", "stop_url": "https://tournee.example/fr/"},
        language="fr",
        priority=Priority.ANSWER,
        subject=f"stop:{stop.pk}",
    )


def make_tour_of(count: int) -> Tour:
    tour = Tour([])
    register(Audience("professionals", "professionals", tour.professionals, True))
    register(Audience("seated", "seated", tour.seated, False))
    register(Audience("attended", "attended", tour.seated, False))
    national = make_official(email="federation@cnt.example", body=Body.CNT, region=None)
    for number in range(count):
        region = make_region(f"MA-{12 - number:02}")
        stop = make_stop(region=region, date=FIRST_DAY + timedelta(days=EVERY * number))
        make_official(email=f"accepte-{stop.pk}@crt.example", region=region)
        make_official(email=f"silence-{stop.pk}@crt.example", region=region)
        make_official(email="", region=region, body=Body.WILAYA)
        Guest.objects.create(stop=stop, official=national, rank=1)
        tour.stops.append(stop)
    reminders.lay_down(tour.stops[0].tour)
    return tour


def live(tour: Tour, today: date) -> None:
    """What people do on a day, in the morning, before the beat."""
    for stop in Stop.objects.filter(pk__in=[stop.pk for stop in tour.stops], status="published"):
        ahead = (stop.date - today).days
        for habit, days in HABITS.items():
            if days == ahead and (stop.pk, habit) not in tour.registered:
                tour.register(stop, habit)
        if ahead == 12:
            official = Official.objects.get(email=f"accepte-{stop.pk}@crt.example")
            for invitation in Invitation.objects.filter(key=f"official:{official.pk}", answer="none"):
                answers.accept(invitation)
        newcomer = f"nouveau-{stop.pk}@crt.example"
        if ahead == 9 and not Official.objects.filter(email=newcomer).exists():
            make_official(email=newcomer, region=stop.region)
        if ahead == 8:
            _write("link_again", tour.registered[stop.pk, "tot"], stop)


def staff_acts(tour: Tour, today: date) -> None:
    put_back, postponed, cancelled = tour.stops[2], tour.stops[5], tour.stops[7]
    day = (today - FIRST_DAY).days
    if day == EVERY * 2 - 5:
        lifecycle.change(put_back, changes={"date": put_back.date + timedelta(days=20)}, by=None)
    if day == EVERY * 5 - 8:
        lifecycle.postpone(postponed, by=None)
    if day == EVERY * 5 + 2:
        lifecycle.change(postponed, changes={"date": postponed.date + timedelta(days=16)}, by=None)
    if day == EVERY * 7 - 3:
        lifecycle.cancel(cancelled, by=None)
    for announcement in Announcement.objects.filter(done_at=None):
        announcements.write(announcement.pk, limit=500)  # the worker, rung for at once


def run(tour: Tour, set_clock, *, beats: tuple[int, ...]) -> None:
    """From four weeks before the first stop until everybody is thanked, morning and evening."""
    day, pattern = FIRST_DAY - timedelta(days=23), itertools.cycle(beats)
    while day <= FIRST_DAY + timedelta(days=EVERY * len(tour.stops) + 10):
        for hour in (time(9, 30), time(17)):
            set_clock(legal_time.instant(day, hour))
            if hour == time(9, 30):
                live(tour, day)
                if len(tour.stops) == 12:
                    staff_acts(tour, day)
            for _ in range(next(pattern)):
                reminders.write_due()
                for order in Announcement.objects.filter(done_at=None):
                    announcements.write(order.pk, limit=500)
            Message.objects.filter(status=MessageStatus.QUEUED).update(
                status=MessageStatus.SENT, final_at=clock.now()
            )
        day += timedelta(days=1)


def breaches() -> list[str]:
    """Where the cadence was not kept, by the mails that left."""
    by_person: dict[tuple[str, str], list[Message]] = {}
    for message in Message.objects.filter(status=MessageStatus.SENT).order_by("final_at", "pk"):
        person = ":".join(message.key.split(":")[1:3])
        by_person.setdefault((message.subject, person), []).append(message)
    return [breach for mails in by_person.values() for breach in _breaches_of(mails)]


def _breaches_of(mails: list[Message]) -> Iterator[str]:
    told: set[tuple[str, str]] = set()
    for number, mail in enumerate(mails):
        if mail.purpose not in ROUTINE:
            continue
        day = mail.key.rpartition(":")[2].partition(".")[0]
        if (mail.purpose, day) in told:
            yield f"{mail.key}: twice"
        told.add((mail.purpose, day))
        before = mails[:number]
        if mail.purpose != "seated_eve" and any(
            mail.final_at - other.final_at < timedelta(hours=48)
            for other in before
            if other.purpose != "seated_eve"
        ):
            yield f"{mail.key}: within two days of another"
        needed = [other for other in before if other.purpose in PREDECESSOR.get(mail.purpose, ())]
        if mail.purpose in PREDECESSOR and (
            not needed or mail.final_at - needed[-1].final_at < timedelta(days=3)
        ):
            yield f"{mail.key}: too soon after what it builds on"
        if mail.valid_until and mail.final_at >= mail.valid_until:
            yield f"{mail.key}: too late"


def heard(stop: Stop, who: str) -> list[tuple[str, int]]:
    """What somebody heard of a stop, and how many days before its day."""
    messages = Message.objects.filter(subject=f"stop:{stop.pk}", recipient__startswith=f"{who}-{stop.pk}@")
    return [
        (message.purpose, (stop.date - legal_time.wall_clock(message.final_at).date()).days)
        for message in messages.filter(status=MessageStatus.SENT).order_by("final_at", "pk")
    ]


def stories(stop: Stop) -> dict[str, str]:
    """What each of the people around a stop heard, in order."""
    return {who: " ".join(purpose for purpose, _ in heard(stop, who)) for who in (*HABITS, *OFFICIALS)}


@pytest.fixture
def begin(set_clock):
    set_clock(legal_time.instant(FIRST_DAY - timedelta(days=24), time(8)))
    return set_clock


def test_a_stop_on_regular_days(begin):
    tour = make_tour_of(1)
    run(tour, begin, beats=REGULAR)
    [stop] = tour.stops
    assert {who: heard(stop, who) for who in (*HABITS, *OFFICIALS)} == {
        "tot": [
            *(("invitation", 21), ("seat", 18), ("link_again", 8)),
            *(("seated_week", 6), ("seated_eve", 1), ("thanks", -1)),
        ],
        "neuf": [
            *(("invitation", 21), ("no_answer", 10), ("seat", 9)),
            *(("seated_week", 6), ("seated_eve", 1), ("thanks", -1)),
        ],
        "six": [("invitation", 21), ("no_answer", 10), ("seat", 6), ("seated_eve", 1), ("thanks", -1)],
        "deux": [("invitation", 21), ("no_answer", 10), ("seat", 2), ("seated_eve", 1), ("thanks", -1)],
        "jamais": [("invitation", 21), ("no_answer", 10)],
        "accepte": [("invitation", 21), ("accepted", 12), ("seated_week", 7), ("seated_eve", 1)],
        "silence": [("invitation", 21), ("no_answer", 10)],
        "nouveau": [("invitation", 9), ("no_answer", 6)],
    }
    assert breaches() == []


USUAL = {
    "tot": "invitation seat link_again seated_week seated_eve thanks",
    "neuf": "invitation no_answer seat seated_week seated_eve thanks",
    "six": "invitation no_answer seat seated_eve thanks",
    "deux": "invitation no_answer seat seated_eve thanks",
    "jamais": "invitation no_answer",
    "accepte": "invitation accepted seated_week seated_eve",
    "silence": "invitation no_answer",
    "nouveau": "invitation no_answer",
}


# Put back five days before; postponed eight days before and given a day later; cancelled three days before.
OTHERWISE = {
    2: {
        "tot": "invitation seat link_again seated_week moved seated_week seated_eve thanks",
        "neuf": "invitation no_answer seat seated_week moved seated_week seated_eve thanks",
        "six": "invitation no_answer seat moved seated_week seated_eve thanks",
        "deux": "invitation no_answer moved no_answer seat seated_eve thanks",
        "jamais": "invitation no_answer moved no_answer",
        "accepte": "invitation accepted seated_week moved seated_week seated_eve",
        "silence": "invitation no_answer moved no_answer",
        "nouveau": "invitation no_answer moved no_answer",
    },
    5: {
        # Their link, not sent yet, is overtaken by the news, which leads to the same page.
        "tot": "invitation seat postponed moved seated_week seated_eve thanks",
        "neuf": "invitation no_answer seat postponed moved seated_week seated_eve thanks",
        "six": "invitation no_answer postponed moved no_answer seat seated_eve thanks",
        "deux": "invitation no_answer postponed moved no_answer seat seated_eve thanks",
        "jamais": "invitation no_answer postponed moved no_answer",
        "accepte": "invitation accepted postponed moved seated_week seated_eve",
        "silence": "invitation no_answer postponed moved no_answer",
        "nouveau": "invitation postponed moved no_answer",
    },
    7: {
        "tot": "invitation seat link_again seated_week cancelled",
        "neuf": "invitation no_answer seat seated_week cancelled",
        "six": "invitation no_answer seat cancelled",
        "deux": "invitation no_answer cancelled",
        "jamais": "invitation no_answer cancelled",
        "accepte": "invitation accepted seated_week cancelled",
        "silence": "invitation no_answer cancelled",
        "nouveau": "invitation no_answer cancelled",
    },
}


def test_a_whole_tour_keeps_the_cadence(begin):
    tour = make_tour_of(12)
    run(tour, begin, beats=IRREGULAR)
    assert breaches() == []
    told = {number: stories(stop) for number, stop in enumerate(tour.stops)}
    assert [number for number, story in told.items() if story != USUAL] == [2, 5, 7]
    assert {number: told[number] for number in (2, 5, 7)} == OTHERWISE
    assert Invitation.objects.filter(channel="letter").count() == 12


@pytest.mark.parametrize(
    ("rule", "breach"),
    [("APART", "within two days of another"), ("AFTER_PREDECESSOR", "too soon after what it builds on")],
)
def test_without_the_rule_the_same_days_break_the_cadence(rule, breach, begin, monkeypatch):
    """If this fails, the tests above prove nothing."""
    monkeypatch.setattr(reminders, rule, timedelta(0))
    run(make_tour_of(1), begin, beats=REGULAR)
    assert breach in {found.partition(": ")[2] for found in breaches()}


def test_without_memory_the_same_days_break_the_cadence(begin, monkeypatch):
    """A beat that forgets what was written, and keys that say nothing, write twice."""
    numbers, enqueue, history = itertools.count(), queue.enqueue, reminders.heard

    def unkeyed(**fields):
        return enqueue(**{**fields, "key": f"{fields['key']}.{next(numbers)}"})

    def forgetful(stop, hashes):
        return {
            person: [mail for mail in mails if mail.purpose != "seated_eve"]
            for person, mails in history(stop, hashes).items()
        }

    monkeypatch.setattr(queue, "enqueue", unkeyed)
    monkeypatch.setattr(reminders, "heard", forgetful)
    run(make_tour_of(1), begin, beats=REGULAR)
    assert "twice" in {found.partition(": ")[2] for found in breaches()}
