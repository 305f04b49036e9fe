"""Tests of meetings.reminders: each rule of the cadence by itself. The whole tour: test_cadence."""

import threading
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from meetings import announcements, gate, invitations, lifecycle, reminders, tasks
from meetings.models import Answer, Invitation, ReminderKind, ReminderRule, Stop, StopStatus
from outbox import clock, queue, suppressions
from outbox.models import Message, MessageStatus, Priority
from regions import legal_time
from regions.models import Body
from tests.factories import make_message, make_official, make_region, make_stop, make_tour
from tests.telling import tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings", "empty_audiences")]

DAY = date(2027, 3, 18)  # a Thursday; the stop begins at 10:00


@pytest.fixture
def at(set_clock):
    """Set the clock to so many days before the stop, at an hour in Morocco."""

    def set_to(days, hour="09:00", day=DAY):
        moment = legal_time.instant(day - timedelta(days=days), time.fromisoformat(hour))
        set_clock(moment)
        return moment

    set_to(40)
    return set_to


@pytest.fixture
def stop(at):
    found = make_stop(date=DAY)
    reminders.lay_down(found.tour)
    return found


def sent():
    """What was written, to whom, in the order it was."""
    return [
        (message.purpose, message.recipient.partition("@")[0]) for message in Message.objects.order_by("pk")
    ]


def deliver():
    """Everything queued arrives now."""
    Message.objects.filter(status=MessageStatus.QUEUED).update(
        status=MessageStatus.SENT, final_at=clock.now()
    )


def beat():
    """One beat, and the mail server takes what it wrote; answers the purposes of what was new."""
    known = set(Message.objects.values_list("pk", flat=True))
    reminders.write_due()
    new = Message.objects.exclude(pk__in=known).order_by("pk")
    purposes = [message.purpose for message in new]
    deliver()
    return purposes


def told_of_seat(person, stop, *, days_ago):
    return make_message(
        key=f"seat:{person.key}:1",
        purpose="seat",
        subject=f"stop:{stop.pk}",
        recipient=person.email,
        status=MessageStatus.SENT,
        final_at=clock.now() - timedelta(days=days_ago),
    )


def test_a_tour_gets_the_usual_rules_and_keeps_what_staff_changed():
    tour = make_tour()
    reminders.lay_down(tour)
    ReminderRule.objects.filter(kind=ReminderKind.THANKS).update(days=2, active=False)
    reminders.lay_down(tour)
    assert list(tour.reminder_rules.values_list("kind", "days", "active")) == [
        ("invitation", -21, True),
        ("no_answer", -10, True),
        ("seated_week", -7, True),
        ("seated_eve", -1, True),
        *(("missed", 1, True), ("excused", 1, True), ("thanks", 2, False)),
    ]


def test_the_hour_of_a_rule_is_wall_clock_in_morocco(stop):
    rule = ReminderRule.objects.get(kind=ReminderKind.SEATED_EVE)
    assert reminders.moment(rule, stop).isoformat() == "2027-03-17T16:00:00+00:00"


@pytest.mark.usefixtures("older_zone_data")
def test_the_hour_follows_the_legal_time_of_the_day():
    stop = Stop(date=DAY, starts=time(10))
    rule = ReminderRule(kind=ReminderKind.SEATED_EVE, days=-1, local_time=time(16))
    assert reminders.moment(rule, stop).isoformat() == "2027-03-17T15:00:00+00:00"


def test_a_rule_makes_sense_from_its_moment_until_its_end_and_never_past_the_beginning(stop, at):
    week = ReminderRule.objects.get(kind=ReminderKind.SEATED_WEEK)
    eve = ReminderRule.objects.get(kind=ReminderKind.SEATED_EVE)
    minute = timedelta(minutes=1)
    assert [
        reminders.makes_sense(week, stop, moment) for moment in (at(7) - minute, at(7), at(4) - minute, at(4))
    ] == [False, True, True, False]
    assert [
        reminders.makes_sense(eve, stop, moment)
        for moment in (at(1, "15:59"), at(1, "16:00"), at(0, "09:59"), at(0, "10:00"))
    ] == [False, True, True, False]
    week.days, week.sensible_hours = -1, 72
    assert reminders.until(week, stop) == stop.starts_at


def test_the_invitation_leaves_three_weeks_before(stop, at, professionals):
    make_official(email="president@crt.example")
    professionals.add("direction@riad.example")
    at(21, "08:59")
    assert beat() == []
    at(21)
    assert beat() == ["invitation", "invitation"]
    at(20)
    assert beat() == []


def test_whoever_joins_an_audience_later_is_invited_then(stop, at, professionals):
    at(21)
    assert beat() == []
    at(15)
    make_official(email="nouveau@crt.example")
    assert beat() == ["invitation"]


def test_professionals_are_invited_as_soon_as_registration_opens(at, professionals):
    stop = make_stop(date=DAY, registration_opens_on=DAY - timedelta(days=14))
    reminders.lay_down(stop.tour)
    make_official(email="president@crt.example")
    professionals.add("direction@riad.example")
    at(21)
    assert beat() == ["invitation"]
    at(14)
    assert beat() == ["invitation"]
    assert sent() == [("invitation", "president"), ("invitation", "direction")]


def test_a_tour_loaded_eleven_days_before_keeps_its_distances(at, professionals):
    """Invited at once; asked again three days later, not on the tenth day; the rest as usual."""
    at(11, "12:00")
    stop = make_stop(date=DAY)
    reminders.lay_down(stop.tour)
    make_official(email="president@crt.example")
    told = {}
    for days in range(11, -2, -1):
        at(days, "12:00")
        told[days] = beat()
    assert {days: purposes for days, purposes in told.items() if purposes} == {
        11: ["invitation"],
        8: ["no_answer"],
    }


def test_no_answer_needs_an_invitation_that_arrived_three_days_ago(stop, at):
    make_official()
    at(12)
    beat()
    Message.objects.update(final_at=clock.now() + timedelta(hours=1))
    at(10)
    assert beat() == []
    at(9, "09:59")
    assert beat() == []
    at(9, "10:00")
    assert beat() == ["no_answer"]


@pytest.mark.parametrize("status", [MessageStatus.QUEUED, MessageStatus.FAILED, MessageStatus.IN_DOUBT])
def test_no_answer_is_not_expected_to_what_did_not_arrive(status, stop, at):
    make_official()
    at(21)
    reminders.write_due()
    Message.objects.update(status=status, final_at=None if status == "queued" else clock.now())
    at(10)
    assert beat() == []


@pytest.mark.parametrize("answer", [Answer.ACCEPTED, Answer.DECLINED, Answer.REPLACED])
def test_who_answered_is_not_asked_again(answer, stop, at):
    make_official(email="president@crt.example")
    make_official(email="silencieux@crt.example")
    at(21)
    beat()
    Invitation.objects.filter(pk=Invitation.objects.earliest("pk").pk).update(
        answer=answer, answered_at=clock.now(), replacement_function="Directeur"
    )
    at(10)
    beat()
    assert sent()[2:] == [("no_answer", "silencieux")]


def test_who_was_invited_by_letter_or_wants_no_campaigns_is_not_reminded(stop, at, professionals):
    make_official(email="")
    professionals.add("direction@riad.example")
    at(21)
    beat()
    suppressions.suppress(queue.hash_of("direction@riad.example"))
    at(10)
    assert beat() == []


def test_the_reminder_without_answer_can_be_refused_and_ends_with_the_stop(stop, at):
    make_official()
    at(21)
    beat()
    at(10)
    beat()
    message = Message.objects.get(purpose="no_answer")
    assert message.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.priority == Priority.CAMPAIGN
    assert message.valid_until == legal_time.instant(DAY - timedelta(days=4), time(9))


def test_the_seated_are_reminded_a_week_and_a_day_before(stop, at, audience_of):
    person = audience_of("seated").add("direction@riad.example", key="registration:7")
    at(20)
    told_of_seat(person, stop, days_ago=0)
    told = {}
    for days in range(19, -2, -1):
        at(days, "17:00")
        told[days] = beat()
    assert {days: purposes for days, purposes in told.items() if purposes} == {
        7: ["seated_week"],
        1: ["seated_eve"],
    }


def test_the_eve_brings_the_entry_at_the_persons_own_step(stop, at, audience_of):
    people = audience_of("seated")
    people.add("direction@riad.example", key="registration:7")
    page = "https://tournee.example/fr/inscription/7.x/"
    people[0] = replace(people[0], links={"registration": page}, calendar_step=4)
    at(1, "16:00")
    beat()
    eve = Message.objects.get(purpose="seated_eve")
    assert eve.calendar_method == "REQUEST"
    assert f"SEQUENCE:{stop.sequence + 4}\r\n" in eve.calendar
    assert f"UID:{stop.calendar_uid}\r\n" in eve.calendar
    assert page in eve.text
    assert eve.valid_until == stop.starts_at


def test_who_got_their_seat_less_than_three_days_before_gets_no_weekly_reminder_yet(stop, at, audience_of):
    people = audience_of("seated")
    at(7)
    told_of_seat(people.add("early@riad.example", key="registration:1"), stop, days_ago=3)
    told_of_seat(people.add("late@riad.example", key="registration:2"), stop, days_ago=2)
    people.add("untold@riad.example", key="registration:3")
    beat()
    assert [who for purpose, who in sent() if purpose == "seated_week"] == ["early"]
    at(6)
    beat()
    assert [who for purpose, who in sent() if purpose == "seated_week"] == ["early", "late"]


def test_a_change_told_within_two_days_holds_a_reminder_back(stop, at, audience_of):
    people = audience_of("seated")
    at(7)
    person = people.add("direction@riad.example", key="registration:1")
    told_of_seat(person, stop, days_ago=10)
    make_message(
        key="link_again:registration:1:x",
        purpose="link_again",
        subject=f"stop:{stop.pk}",
        recipient=person.email,
        status=MessageStatus.SENT,
        final_at=clock.now() - timedelta(hours=40),
    )
    assert beat() == []
    at(7, "17:00")
    assert beat() == ["seated_week"]


def test_a_mail_that_has_not_left_holds_a_reminder_back(stop, at, audience_of):
    at(7)
    person = audience_of("seated").add("direction@riad.example", key="registration:1")
    told_of_seat(person, stop, days_ago=10)
    make_message(
        key="link_again:registration:1:x", subject=f"stop:{stop.pk}", recipient=person.email,
    )  # fmt: skip
    reminders.write_due()
    assert not Message.objects.filter(purpose="seated_week").exists()


def test_a_colleague_at_the_same_mailbox_holds_nobody_back(stop, at, audience_of):
    people = audience_of("seated")
    at(7)
    for number in (1, 2):
        person = people.add("accueil@riad.example", key=f"registration:{number}", name=f"Direction {number}")
        told_of_seat(person, stop, days_ago=5)
    assert beat() == ["seated_week", "seated_week"]


def test_the_eve_comes_even_a_day_after_another_mail(stop, at, audience_of):
    at(1, "16:00")
    told_of_seat(audience_of("seated").add(key="registration:1"), stop, days_ago=1)
    assert beat() == ["seated_eve"]


def test_who_got_their_seat_after_the_eves_hour_is_not_reminded_of_it(stop, at, audience_of):
    at(1, "18:00")
    told_of_seat(audience_of("seated").add(key="registration:1"), stop, days_ago=0)
    at(1, "18:05")
    assert beat() == []


def test_officials_who_come_are_reminded_too_and_so_is_who_comes_for_them(stop, at):
    from meetings import answers

    for name in ("president", "delegue", "absent"):
        make_official(email=f"{name}@crt.example")
    at(21)
    beat()
    at(20)
    president, delegue, absent = Invitation.objects.order_by("pk")
    answers.accept(president)
    answers.replace(delegue, function="Directeur", email="directeur@crt.example")
    answers.decline(absent)
    deliver()
    for days in range(19, -3, -1):
        at(days, "17:00")
        beat()
    assert sorted(sent()) == [
        ("accepted", "directeur"),
        ("accepted", "president"),
        *[("invitation", name) for name in ("absent", "delegue", "president")],
        ("seated_eve", "directeur"),
        ("seated_eve", "president"),
        ("seated_week", "directeur"),
        ("seated_week", "president"),
    ]


def test_thanks_go_to_those_who_came_the_day_after(stop, at, audience_of):
    audience_of("attended").add("venu@riad.example", key="registration:1")
    audience_of("seated").add("absent@riad.example", key="registration:2")
    at(0, "09:00")
    beat()
    with gate.opened():
        Stop.objects.filter(pk=stop.pk).update(status=StopStatus.HELD)
    at(-1, "09:59")
    beat()
    at(-1, "10:00")
    beat()
    assert sent() == [("seated_eve", "absent"), ("thanks", "venu")]
    at(-6, "10:00")
    audience_of("attended").add("tard@riad.example", key="registration:3")
    assert beat() == []


@pytest.mark.parametrize("status", [StopStatus.DRAFT, StopStatus.POSTPONED, StopStatus.CANCELLED])
def test_a_stop_that_does_not_take_place_gets_no_reminder(status, stop, at, audience_of, professionals):
    professionals.add()
    make_official()
    told_of_seat(audience_of("seated").add(key="registration:1"), stop, days_ago=30)
    audience_of("attended").add(key="registration:1")
    with gate.opened():
        Stop.objects.filter(pk=stop.pk).update(status=status)
    for days in range(22, -3, -1):
        at(days, "17:00")
        assert beat() == []


def test_a_rule_switched_off_writes_nothing(stop, at):
    make_official()
    ReminderRule.objects.update(active=False)
    at(21)
    assert reminders.due(clock.now()) == []
    assert beat() == []


def test_a_day_without_beat_is_caught_up_with_once(stop, at, audience_of):
    told_of_seat(audience_of("seated").add(key="registration:1"), stop, days_ago=0)
    make_official()
    at(21)
    beat()
    at(8)  # nothing ran on the tenth and ninth day
    assert beat() == ["no_answer"]
    at(6)  # nor on the seventh
    assert beat() == ["seated_week"]
    at(0, "08:00")  # nor on the eve
    assert beat() == ["seated_eve"]
    assert beat() == []


def test_what_makes_no_sense_any_more_is_left_unwritten(stop, at, audience_of):
    told_of_seat(audience_of("seated").add(key="registration:1"), stop, days_ago=0)
    at(3)
    assert beat() == []
    at(0, "10:00")
    assert beat() == []


def test_a_stop_put_back_is_reminded_of_again(stop, at, audience_of):
    told_of_seat(audience_of("seated").add(key="registration:1"), stop, days_ago=0)
    make_official(email="president@crt.example")
    at(21)
    beat()
    at(10)
    assert beat() == ["no_answer"]
    at(7)
    assert beat() == ["seated_week"]
    at(6)
    later = DAY + timedelta(days=14)
    lifecycle.change(stop, changes={"date": later}, by=None)
    tell()
    deliver()
    told = {}
    for days in range(19, -2, -1):
        at(days, "17:00", day=later)
        told[days] = beat()
    assert {days: purposes for days, purposes in told.items() if purposes} == {
        10: ["no_answer"],
        7: ["seated_week"],
        1: ["seated_eve"],
    }
    assert sum(purpose == "invitation" for purpose, _ in sent()) == 1


def test_who_did_not_answer_hears_of_a_change_before_being_asked_again(stop, at, professionals):
    professionals.add()
    at(21)
    beat()
    at(10)
    lifecycle.change(stop, changes={"starts": time(11), "ends": time(15)}, by=None)
    assert beat() == []
    tell()
    deliver()
    at(8)
    assert beat() == ["no_answer"]
    assert [purpose for purpose, _ in sent()] == ["invitation", "moved", "no_answer"]


def a_week_before_with_a_change_not_told(stop, at, audience_of):
    ReminderRule.objects.filter(kind=ReminderKind.SEATED_WEEK).update(sensible_hours=6 * 24)
    told_of_seat(audience_of("seated").add(key="registration:1"), stop, days_ago=0)
    at(7)
    lifecycle.change(stop, changes={"starts": time(11), "ends": time(15)}, by=None)
    return beat()


def test_nobody_is_reminded_of_a_stop_before_they_heard_of_its_change(stop, at, audience_of):
    assert a_week_before_with_a_change_not_told(stop, at, audience_of) == []
    tell()
    deliver()
    at(3)
    assert beat() == ["seated_week"]


def test_the_reminder_above_would_overtake_the_news(stop, at, audience_of, monkeypatch):
    monkeypatch.setattr(announcements, "owed", lambda stop: set())
    assert a_week_before_with_a_change_not_told(stop, at, audience_of) == ["seated_week"]


def test_a_change_of_hour_does_not_remind_a_second_time(stop, at, audience_of):
    ReminderRule.objects.filter(kind=ReminderKind.SEATED_WEEK).update(sensible_hours=6 * 24)
    told_of_seat(audience_of("seated").add(key="registration:1"), stop, days_ago=0)
    at(7)
    assert beat() == ["seated_week"]
    lifecycle.change(stop, changes={"starts": time(11), "ends": time(15)}, by=None)
    tell()
    deliver()
    at(3)
    assert beat() == []


def test_a_reminder_overtaken_before_it_left_is_written_anew_for_the_new_day(stop, at, audience_of):
    told_of_seat(audience_of("seated").add(key="registration:1"), stop, days_ago=0)
    at(7)
    reminders.write_due()
    lifecycle.change(stop, changes={"date": DAY + timedelta(days=1)}, by=None)
    overtaken = Message.objects.get(purpose="seated_week")
    assert overtaken.status == MessageStatus.SUPERSEDED
    tell()
    deliver()
    at(4, "09:00")
    assert beat() == ["seated_week"]
    assert ":20270319.2#" in Message.objects.filter(purpose="seated_week").latest("pk").key


def test_an_invitation_overtaken_before_it_left_is_written_anew(stop, at):
    make_official(email="president@crt.example")
    at(21)
    reminders.write_due()
    lifecycle.change(stop, changes={"date": DAY + timedelta(days=7)}, by=None)
    assert Message.objects.get().status == MessageStatus.SUPERSEDED
    assert beat() == ["invitation"]
    assert "jeudi 25 mars 2027" in Message.objects.latest("pk").text.replace("\xa0", " ")
    stop.refresh_from_db()
    lifecycle.change(stop, changes={"date": DAY + timedelta(days=8)}, by=None)
    tell()
    deliver()
    assert beat() == []


def test_an_invitation_that_left_is_not_written_anew(stop, at):
    make_official()
    at(21)
    beat()
    lifecycle.change(stop, changes={"date": DAY + timedelta(days=7)}, by=None)
    tell()
    deliver()
    at(20)
    assert beat() == []


def test_two_stops_six_days_apart_keep_two_cadences(at, audience_of):
    """One national official is a guest of both; each stop tells its own story."""
    from meetings.models import Guest

    first = make_stop(date=DAY)
    second = make_stop(region=make_region("MA-11"), date=DAY + timedelta(days=6))
    reminders.lay_down(first.tour)
    official = make_official(body=Body.CNT, region=None)
    for stop in (first, second):
        Guest.objects.create(stop=stop, official=official, rank=1)
    told = {}
    for days in range(22, -8, -1):
        at(days, "17:00")
        reminders.write_due()
        told[days] = [
            (message.purpose, message.subject)
            for message in Message.objects.filter(status=MessageStatus.QUEUED).order_by("pk")
        ]
        deliver()
    here, there = f"stop:{first.pk}", f"stop:{second.pk}"
    assert {days: mails for days, mails in told.items() if mails} == {
        21: [("invitation", here)],
        15: [("invitation", there)],
        10: [("no_answer", here)],
        4: [("no_answer", there)],
    }


def test_a_failing_stop_does_not_keep_the_others_waiting(at, monkeypatch):
    first = make_stop(date=DAY)
    make_stop(region=make_region("MA-11"), date=DAY)
    reminders.lay_down(first.tour)
    for code in ("MA-12", "MA-11"):
        make_official(email=f"crt@{code.lower()}.example", region=make_region(code))
    real = invitations.write_to

    def failing(stop, chosen, *, limit):
        if stop.pk == first.pk:
            raise ValueError("broken")
        return real(stop, chosen, limit=limit)

    monkeypatch.setattr(invitations, "write_to", failing)
    at(21)
    with pytest.raises(ExceptionGroup):
        reminders.write_due()
    assert Message.objects.get().recipient == "crt@ma-11.example"


def test_one_run_is_bounded_and_the_next_goes_on(stop, at, professionals, monkeypatch):
    for _ in range(5):
        professionals.add()
    at(21)
    assert [reminders.write_due(limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_the_beat_takes_up_orders_whose_task_was_lost(stop, professionals, rings):
    professionals.add()
    campaign = invitations.invite(stop, audiences=["professionals"], by=None)
    rings.clear()
    tasks.take_up_orders()
    assert rings == [campaign.pk]


def test_a_seat_given_up_between_the_count_and_the_batch_is_not_reminded(stop, at, audience_of):
    people = audience_of("seated")
    told_of_seat(people.add(key="registration:1"), stop, days_ago=0)
    at(7)
    [item] = [item for item in reminders.due(clock.now()) if item.rule.kind == ReminderKind.SEATED_WEEK]
    found = reminders.pending(item, clock.now())
    people.clear()
    assert (len(found), reminders.write_batch(item, found, clock.now())) == (1, 0)


def test_a_stop_called_off_between_the_count_and_the_batch_reminds_nobody(stop, at, audience_of):
    told_of_seat(audience_of("seated").add(key="registration:1"), stop, days_ago=0)
    at(7)
    [item] = [item for item in reminders.due(clock.now()) if item.rule.kind == ReminderKind.SEATED_WEEK]
    found = reminders.pending(item, clock.now())
    lifecycle.postpone(stop, by=None)
    Message.objects.filter(purpose="postponed").delete()
    assert (len(found), reminders.write_batch(item, found, clock.now())) == (1, 0)


def test_an_answer_given_between_the_count_and_the_batch_is_respected(stop, at):
    make_official()
    at(21)
    beat()
    at(10)
    [item] = [item for item in reminders.due(clock.now()) if item.rule.kind == ReminderKind.NO_ANSWER]
    found = reminders.pending(item, clock.now())
    Invitation.objects.update(answer=Answer.DECLINED, answered_at=clock.now())
    assert (len(found), reminders.write_batch(item, found, clock.now())) == (1, 0)


@pytest.mark.parametrize("people", [1, 3])
def test_looking_for_what_is_due_costs_the_same_for_many_as_for_one(
    people, stop, at, audience_of, django_assert_num_queries
):
    seated = audience_of("seated")
    for number in range(people):
        told_of_seat(seated.add(key=f"registration:{number}"), stop, days_ago=0)
    at(7)
    now = clock.now()
    with django_assert_num_queries(2):
        items = reminders.due(now)
    [item] = [item for item in items if item.rule.kind == ReminderKind.SEATED_WEEK]
    with django_assert_num_queries(4):
        assert len(reminders.pending(item, now)) == people


def two_beats(monkeypatch):
    """Two beats run at once; each has found who is due before either writes."""
    both_found = threading.Barrier(2, timeout=10)
    real, failures = reminders.write_batch, []

    def together(*args):
        both_found.wait()
        return real(*args)

    monkeypatch.setattr(reminders, "write_batch", together)

    def run():
        try:
            reminders.write_due()
        except (IntegrityError, ExceptionGroup) as error:
            failures.append(error)
        finally:
            connection.close()

    beats = [threading.Thread(target=run) for _ in range(2)]
    for one in beats:
        one.start()
    for one in beats:
        one.join()
    return failures


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_write_to_each_person_once(stop, at, audience_of, monkeypatch):
    people = audience_of("seated")
    for number in range(5):
        told_of_seat(people.add(key=f"registration:{number}"), stop, days_ago=0)
    at(7)
    assert two_beats(monkeypatch) == []
    assert sorted(who for purpose, who in sent() if purpose == "seated_week") == sorted(
        person.email.partition("@")[0] for person in people
    )


@pytest.mark.django_db(transaction=True)
def test_the_two_beats_above_really_meet(stop, at, audience_of, monkeypatch):
    """Keyed by beat instead of by person and day, and unlocked, both write: the keys and the lock matter."""
    people = audience_of("seated")
    told_of_seat(people.add(key="registration:1"), stop, days_ago=0)
    at(7)
    both_read = threading.Barrier(2, timeout=10)
    real_pending, real_enqueue = reminders.pending, queue.enqueue

    def pending(item, now, **more):
        found = real_pending(item, now, **more)
        if more:  # under what should be the lock
            both_read.wait()
        return found

    def unkeyed(**fields):
        return real_enqueue(**{**fields, "key": f"{fields['key']}:{threading.get_ident()}"})

    monkeypatch.setattr(gate, "lock", lambda pk: Stop.objects.get(pk=pk))
    monkeypatch.setattr(reminders, "pending", pending)
    monkeypatch.setattr(queue, "enqueue", unkeyed)
    assert two_beats(monkeypatch) == []
    assert [purpose for purpose, _ in sent()] == ["seat", "seated_week", "seated_week"]


def test_rules_say_what_the_database_refuses():
    tour = make_tour()
    before = ReminderRule(tour=tour, kind="thanks", days=-1, local_time=time(9), audiences=["attended"])
    endless = ReminderRule(tour=tour, kind="thanks", days=1, local_time=time(9), audiences=["attended"])
    after = ReminderRule(tour=tour, kind="seated_eve", days=1, local_time=time(9), audiences=["seated"])
    for rule in (before, endless, after):
        with pytest.raises(IntegrityError), transaction.atomic():
            rule.save()
