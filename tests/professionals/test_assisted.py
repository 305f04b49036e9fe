"""Registering people on the telephone, confirming for them, and what they were told."""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from meetings import lifecycle, notices
from meetings.models import Stop
from outbox import clock
from outbox.models import Message
from professionals import assisted, consent, personal_links, seat_requests, seats, telephone
from professionals.models import Professional, Registration
from tests.factories import make_category, make_professional, make_registration, make_staff, make_stop
from tests.professionals.conftest import Clock
from tests.professionals.filling import ask

pytestmark = pytest.mark.django_db


def call(stop: Stop, **changes: str) -> Registration:
    said = {"name": "Patronne du riad", "phone": "+212661000001", "organisation": "Riad", "language": "ar"}
    told = assisted.said(category=make_category(), **said | changes)
    return assisted.register(stop, told, by=make_staff())


def due(stop: Stop) -> list[int]:
    return [one.registration.pk for one in telephone.calls(stop) if one.due]


def test_who_calls_is_seated_at_once_and_their_yes_is_kept_as_it_was_read() -> None:
    stop = make_stop()
    registration = call(stop)
    person = registration.professional
    assert (registration.status, registration.channel, person.email) == ("seated", "telephone", "")
    assert person.consent_text == consent.WORDINGS[consent.READ_ALOUD]["ar"]
    assert person.consent_version == consent.READ_ALOUD
    assert [(e.verb, e.target) for e in AuditEntry.objects.filter(verb__contains="telephone")] == [
        ("registered_by_telephone", f"registration:{registration.pk}")
    ]
    assert (due(stop), Message.objects.count()) == ([], 0)


def test_a_full_stop_gives_who_calls_a_place_in_the_queue_and_a_mail_where_there_is_an_address() -> None:
    stop = make_stop(seats=1)
    make_registration(stop)
    registration = call(stop, email="riad@hotel.example")
    assert registration.status == "waiting"
    assert [(m.purpose, m.recipient) for m in Message.objects.all()] == [("waiting", "riad@hotel.example")]


def test_calling_twice_is_calling_once() -> None:
    stop = make_stop()
    assert call(stop) == call(stop, name="PATRONNE du riad")
    assert Registration.objects.count() == 1


def test_a_closed_stop_takes_nobody_by_telephone_either() -> None:
    with pytest.raises(seats.RegistrationClosed):
        call(make_stop(registration_paused=True))
    assert Professional.objects.count() == 0


def test_a_promotion_and_a_change_of_the_stop_are_to_be_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "ring", lambda order: None)
    stop = make_stop(seats=1)
    first = make_registration(stop)
    waiting = call(stop)
    assert due(stop) == []
    seats.withdraw(first)
    assert (due(stop), telephone.due(stop)) == ([waiting.pk], 1)
    telephone.told(waiting)
    assert (due(stop), telephone.due(stop)) == ([], 0)
    lifecycle.cancel(stop, by=None)
    stop.refresh_from_db()
    assert (due(stop), telephone.due(stop)) == ([waiting.pk], 1)


def test_the_ready_text_opens_their_own_page_in_its_language_and_theirs_comes_first() -> None:
    registration = call(make_stop())
    arabic, french = telephone.ready_texts(registration)
    assert (arabic.language, arabic.direction, french.language) == ("ar", "rtl", "fr")
    for ready in (arabic, french):
        address = personal_links.registration_url(registration, language=ready.language)
        assert address in ready.text.split()
        assert ready.whatsapp.startswith("https://wa.me/212661000001?text=")


def test_confirming_for_somebody_seats_them_and_says_who_did_it() -> None:
    stop, staff = make_stop(), make_staff()
    asked = ask(stop)
    registration = assisted.confirm(asked, email=asked.email, by=staff)
    asked.refresh_from_db()
    assert (registration.status, asked.registration) == ("seated", registration)
    assert registration.professional.consented_at == asked.asked_at
    entry = AuditEntry.objects.get(target=f"seat_request:{asked.pk}")
    assert (entry.actor, entry.verb, entry.fields) == (
        staff,
        "confirmed_for",
        [f"registration:{registration.pk}"],
    )
    assert assisted.confirm(asked, email=asked.email, by=staff) == registration
    assert AuditEntry.objects.filter(verb="confirmed_for").count() == 1


def test_the_link_that_went_to_a_wrong_mailbox_opens_nothing_once_the_address_is_corrected() -> None:
    asked = ask(make_stop())
    token = personal_links.confirmation_url(asked).split("/")[-2]
    assert personal_links.request_for(token) == asked
    registration = assisted.confirm(asked, email="vraie@hotel.example", by=make_staff())
    assert registration.professional.email == "vraie@hotel.example"
    with pytest.raises(personal_links.BadToken):
        personal_links.request_for(token)


def test_a_voice_does_not_replace_what_a_mailbox_proved() -> None:
    known = make_professional(
        name="Responsable des ventes", email="ventes@hotel.example", phone="+212661000009"
    )
    asked = ask(make_stop(), phone="+212661666666")
    registration = assisted.confirm(asked, email=asked.email, by=make_staff())
    assert registration.professional == known
    assert str(Professional.objects.get().phone) == "+212661000009"


def test_the_list_to_confirm_has_each_person_once_and_nobody_who_registered() -> None:
    stop = make_stop()
    ask(stop)
    again = ask(stop)
    other = ask(stop, name="Gérante")
    done = ask(stop, name="Comptable")
    seat_requests.confirm(done)
    assert seat_requests.unconfirmed(stop) == [other, again]


def test_who_did_not_confirm_is_written_to_once_more_after_twelve_hours_and_never_again(later: Clock) -> None:
    stop = make_stop()
    ask(stop)
    ask(stop)
    seat_requests.confirm(ask(stop, name="Comptable"))
    before = Message.objects.count()
    later(timedelta(hours=11, minutes=59))
    assert seat_requests.write_again(clock.now()) == 0
    later(timedelta(minutes=2))
    assert seat_requests.write_again(clock.now()) == 1
    assert seat_requests.write_again(clock.now()) == 0
    later(timedelta(hours=10))
    assert seat_requests.write_again(clock.now()) == 0
    added = list(Message.objects.order_by("pk"))[before:]
    assert [(m.purpose, m.recipient) for m in added] == [("confirm_again", "ventes@hotel.example")]


def test_no_second_mail_leaves_once_the_link_is_dead_or_the_stop_takes_nobody(later: Clock) -> None:
    ask(make_stop())
    closed = make_stop(region="MA-11")
    ask(closed, name="Gérante")
    Stop.objects.filter(pk=closed.pk).update(registration_paused=True)
    later(timedelta(hours=13))
    assert seat_requests.write_again(clock.now()) == 1
    Message.objects.filter(purpose="confirm_again").delete()
    later(timedelta(hours=40))
    assert seat_requests.write_again(clock.now()) == 0
