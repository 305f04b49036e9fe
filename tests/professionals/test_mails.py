"""What people are written about their registration."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import icalendar
import pytest

from meetings import lifecycle, releases
from meetings.models import Stop
from outbox import clock
from outbox.models import Message
from professionals import mails, seats
from professionals.models import Registration, WorkshopSeat
from regions import dates
from tests.factories import (
    make_meeting,
    make_message,
    make_professional,
    make_registration,
    make_stop,
    make_venue,
)
from tests.professionals.filling import ask
from tests.telling import tell

pytestmark = pytest.mark.django_db

ARABIC = re.compile(r"[\u0600-\u06ff]")


def entry_of(message: Message) -> Any:
    calendar = icalendar.Calendar.from_ical(message.calendar)
    assert calendar["METHOD"] == message.calendar_method
    [event] = calendar.events
    return event


def come(stop: Stop, **fields: Any) -> Registration:
    return seats.register(stop, professional=make_professional(**fields))


def latest(purpose: str) -> Message:
    return Message.objects.filter(purpose=purpose).latest("pk")


def test_a_seat_comes_with_an_invitation_for_the_calendar_of_one_person() -> None:
    stop = make_stop(venue=make_venue())
    registration = come(stop, name="M’hamed El Fassi", email="direction@riad.example")
    message = latest("seat")
    event = entry_of(message)
    assert message.calendar_method == "REQUEST"
    assert event["UID"] == stop.calendar_uid
    assert event["SEQUENCE"] == 0
    assert event.start == stop.starts_at
    assert event["ATTENDEE"] == "mailto:direction@riad.example"
    assert event["ATTENDEE"].params["RSVP"] == "FALSE"
    assert event["ORGANIZER"] == "mailto:tournee@portal.example"
    assert f"/fr/inscription/{registration.pk}." in event["URL"]


def test_the_entry_is_taken_back_put_back_and_taken_back_again_in_order() -> None:
    stop = make_stop()
    registration = come(stop)
    seats.withdraw(registration)
    seats.come_back(registration)
    seats.withdraw(registration)
    parts = [
        (message.purpose, message.calendar_method, entry_of(message)["SEQUENCE"])
        for message in Message.objects.order_by("pk")
    ]
    assert parts == [
        ("seat", "REQUEST", 0),
        ("withdrawn", "CANCEL", 1),
        ("seat", "REQUEST", 2),
        ("withdrawn", "CANCEL", 3),
    ]
    assert len({entry_of(message)["UID"] for message in Message.objects.all()}) == 1


def test_the_persons_steps_and_the_stops_sequence_add_up() -> None:
    stop = make_stop()
    registration = come(stop)
    lifecycle.change(stop, changes={"date": stop.date + timedelta(days=7)}, by=None)
    tell()
    seats.withdraw(registration)
    assert entry_of(latest("moved"))["SEQUENCE"] == 1
    assert entry_of(latest("withdrawn"))["SEQUENCE"] == 2
    seats.come_back(registration)
    lifecycle.change(stop, changes={"date": stop.date + timedelta(days=14)}, by=None)
    tell()
    assert entry_of(latest("seat"))["SEQUENCE"] == 3
    assert entry_of(latest("moved"))["SEQUENCE"] == 4


def test_who_waits_has_nothing_in_their_calendar_until_they_move_up() -> None:
    stop = make_stop(seats=1)
    seated = come(stop)
    come(stop)
    assert latest("waiting").calendar == ""
    seats.withdraw(seated)
    event = entry_of(latest("promoted"))
    assert (latest("promoted").calendar_method, event["SEQUENCE"]) == ("REQUEST", 0)


def parts(address: str) -> list[tuple[str, str, int]]:
    """What a mailbox received about its entry: method and sequence, in order."""
    return [
        (message.purpose, message.calendar_method, entry_of(message)["SEQUENCE"])
        for message in Message.objects.filter(recipient=address).exclude(calendar="").order_by("pk")
    ]


def test_a_colleague_who_leaves_does_not_take_the_entry_of_one_who_stays() -> None:
    stop = make_stop()
    leaving, staying = (come(stop, email="accueil@riad.example") for _ in range(2))
    seats.withdraw(leaving)
    assert "reste dans votre agenda" in latest("withdrawn").text
    assert [method for _, method, _ in parts("accueil@riad.example")] == ["REQUEST", "REQUEST"]
    seats.withdraw(staying)
    *earlier, last = parts("accueil@riad.example")
    assert last[:2] == ("withdrawn", "CANCEL")
    assert "est retiré de votre agenda" in latest("withdrawn").text
    assert last[2] > max(sequence for _, _, sequence in earlier)


def test_who_comes_in_place_of_a_colleague_has_an_entry_their_calendar_believes() -> None:
    stop = make_stop()
    seats.withdraw(come(stop, email="accueil@riad.example"))
    come(stop, email="accueil@riad.example")
    assert parts("accueil@riad.example") == [
        ("seat", "REQUEST", 0),
        ("withdrawn", "CANCEL", 1),
        ("seat", "REQUEST", 2),
    ]


def test_who_moves_up_after_a_colleague_has_an_entry_their_calendar_believes() -> None:
    stop = make_stop(seats=1)
    first = come(stop, email="accueil@riad.example")
    second = come(stop, email="accueil@riad.example")
    seats.withdraw(first)
    sent = parts("accueil@riad.example")
    assert [(purpose, method) for purpose, method, _ in sent] == [
        ("seat", "REQUEST"),
        ("withdrawn", "CANCEL"),
        ("promoted", "REQUEST"),
    ]
    sequences = [sequence for _, _, sequence in sent]
    assert sequences == sorted(set(sequences))
    lifecycle.change(stop, changes={"date": stop.date + timedelta(days=7)}, by=None)
    tell()
    assert entry_of(latest("moved"))["SEQUENCE"] > sequences[-1]
    second.refresh_from_db()
    assert second.status == "seated"


def test_strangers_entries_are_left_alone() -> None:
    stop, elsewhere = make_stop(), make_stop(region="MA-11")
    seats.withdraw(come(elsewhere, email="accueil@riad.example"))
    seats.withdraw(come(stop))
    come(stop, email="accueil@riad.example")
    assert entry_of(latest("seat"))["SEQUENCE"] == 0


def test_the_calendar_of_the_registered_holds_the_meetings_kept_for_them() -> None:
    stop = make_stop(published=False)
    make_meeting(stop, title_fr="Échange entre inscrits", visibility="registered")
    make_meeting(stop, title_fr="Huis clos", visibility="invited")
    releases.publish(stop, by=None)
    come(stop)
    text = str(entry_of(latest("seat"))["DESCRIPTION"])
    assert "Échange entre inscrits" in text
    assert "Huis clos" not in text


def test_the_confirmation_mail_repeats_nothing_that_was_typed() -> None:
    """Or our address would carry a stranger's words to anybody."""
    ask(make_stop(), name="Gagnez un prix", organisation="visitez spam.example", phone="+33612345678")
    message = latest("confirm_address")
    for word in ("Gagnez", "spam", "612345678"):
        assert word not in message.text + message.html + message.headline + str(message.headers)


def test_the_confirmation_mail_is_worth_nothing_once_its_link_has_expired() -> None:
    asked = ask(make_stop())
    assert latest("confirm_address").valid_until == asked.expires_at


EVERY_MAIL: list[Callable[[Registration], None]] = [
    mails.seat,
    lambda one: mails.waiting(one, position=3),
    mails.promoted,
    lambda one: mails.ended("withdrawn", one, had_a_seat=True),
    lambda one: mails.ended("withdrawn", one, had_a_seat=True, entry_stays=True),
    lambda one: mails.ended("withdrawn", one, had_a_seat=False),
    lambda one: mails.link_again(one, occasion="test"),
    lambda one: mails.workshop_withdrawn(one, one.stop.meetings.first()),
    lambda one: mails.workshop_seat(
        WorkshopSeat(pk=1, registration=one, meeting=one.stop.meetings.first(), chosen_at=clock.now())
    ),
]


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
@pytest.mark.parametrize("write", EVERY_MAIL)
def test_every_mail_tells_whom_when_where_and_leads_home(
    write: Callable[[Registration], None], language: str
) -> None:
    stop = make_stop(venue=make_venue(name_fr="Palais des congrès", name_ar="قصر المؤتمرات"))
    person = make_professional(name="M’hamed & fils <x>", language=language)
    registration = make_registration(stop, professional=person)
    write(registration)
    message = Message.objects.get()
    city = {"fr": stop.city_fr, "ar": stop.city_ar, "en": stop.city_en}[language]
    assert (message.recipient, message.language, message.subject) == (
        person.email,
        language,
        f"stop:{stop.pk}",
    )
    assert city in message.headline
    assert f"/{language}/inscription/{registration.pk}." in message.text
    assert "M’hamed & fils <x>" in message.text
    assert "M’hamed &amp; fils &lt;x&gt;" in message.html
    assert "&amp;" not in message.text
    assert bool(ARABIC.search(message.headline)) == (language == "ar")
    assert f'<html lang="{language}"' in message.html
    assert message.reply_to == "secretariat@portal.example"
    assert message.headers == {}
    assert message.valid_until is not None and message.valid_until <= stop.ends_at


def test_what_is_not_released_is_not_written() -> None:
    stop = make_stop()
    Stop.objects.filter(pk=stop.pk).update(intro_fr="Pas encore publié", contact_email="futur@portal.example")
    stop.refresh_from_db()
    come(stop)
    message = latest("seat")
    assert "Pas encore publié" not in message.text + message.html + message.calendar
    assert message.reply_to == "secretariat@portal.example"


def test_a_seat_mail_not_sent_yet_is_overtaken_by_a_move() -> None:
    stop = make_stop()
    come(stop)
    lifecycle.change(stop, changes={"date": stop.date + timedelta(days=7)}, by=None)
    tell()
    assert latest("seat").status == "superseded"
    assert latest("moved").calendar_method == "REQUEST"


def standing(registration: Registration) -> list[tuple[str, str]]:
    """What was written to a person, and what will become of it."""
    found = Message.objects.filter(key__contains=f":registration:{registration.pk}:").order_by("pk")
    return list(found.values_list("purpose", "status"))


def test_what_tells_where_they_stood_does_not_leave_after_what_tells_where_they_stand() -> None:
    """A server that makes us wait must not turn the order of things round."""
    stop = make_stop(seats=1)
    seated, waiting = come(stop), come(stop)
    assert standing(waiting) == [("waiting", "queued")]
    seats.withdraw(seated)
    assert standing(seated) == [("seat", "superseded"), ("withdrawn", "queued")]
    assert standing(waiting) == [("waiting", "superseded"), ("promoted", "queued")]
    seats.withdraw(waiting)
    seats.come_back(seated)
    assert standing(seated)[1:] == [("withdrawn", "superseded"), ("seat", "queued")]


def test_who_gave_the_seat_up_is_reminded_of_nothing() -> None:
    stop = make_stop()
    leaves, stays = come(stop), come(stop)
    for registration in (leaves, stays):
        make_message(
            key=f"seated_eve:registration:{registration.pk}:{stop.pk}:20261203.1",
            purpose="seated_eve",
            subject=f"stop:{stop.pk}",
        )
    lifecycle.change(stop, changes={"venue": make_venue()}, by=None)
    Message.objects.filter(purpose="seated_eve").update(status="queued")
    tell()
    seats.withdraw(leaves)
    assert [purpose for purpose, status in standing(leaves) if status == "queued"] == ["withdrawn"]
    assert [purpose for purpose, status in standing(stays) if status == "queued"] == [
        "seated_eve",
        "venue_changed",
    ]


def test_what_may_leave_after_a_move_does_not_name_a_day() -> None:
    """Nothing overtakes these: nothing else would tell their readers what they do."""
    stop = make_stop()
    asked, registration = ask(stop), come(stop)
    mails.workshop_withdrawn(registration, make_meeting(stop))
    day = dates.long_date(stop.date, "fr")
    assert day in latest("seat").text
    for message in (latest("confirm_address"), latest("workshop_withdrawn")):
        assert day not in message.text + message.html + message.headline
    assert asked.stop_id == stop.pk
