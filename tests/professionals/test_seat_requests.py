"""Asking through the public form and confirming from the mailbox."""

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings import lifecycle
from meetings.models import Stop
from outbox import clock, timeline
from outbox.models import Message
from professionals import consent, rate_limit, room, seat_requests, seats, tasks
from professionals.models import (
    Organisation,
    Professional,
    Registration,
    RegistrationStatus,
    SeatRequest,
)
from professionals.seat_requests import RequestExpired
from regions.legal_time import instant
from tests.factories import make_category, make_organisation, make_professional, make_registration, make_stop
from tests.professionals.conftest import Clock
from tests.professionals.filling import ask, details, last_message

pytestmark = pytest.mark.django_db


def test_a_request_holds_no_seat_and_makes_nobody() -> None:
    stop = make_stop(seats=1)
    ask(stop)
    assert (Registration.objects.count(), Professional.objects.count(), Organisation.objects.count()) == (
        0,
        0,
        0,
    )
    assert room.taken([stop.pk]) == {}
    assert seats.register(stop, professional=make_professional()).status == RegistrationStatus.SEATED


def test_confirming_writes_the_person_down_as_typed_and_seats_them() -> None:
    stop = make_stop()
    asked = ask(
        stop,
        name="M’hamed El Fassi",
        email="Accueil@Riad.example",
        organisation="Riad de l’Oued",
        language="ar",
    )
    registration = seat_requests.confirm(asked)
    person = registration.professional
    assert (person.name, person.name_key) == ("M’hamed El Fassi", "mhamed el fassi")
    assert (person.email, str(person.phone), person.language) == (
        "accueil@riad.example",
        "+212612345678",
        "ar",
    )
    assert (person.organisation.name, person.organisation.region_id) == ("Riad de l’Oued", stop.region_id)
    assert person.organisation.category == make_category()
    assert registration.status == RegistrationStatus.SEATED
    assert registration.asked_at == asked.asked_at < registration.confirmed_at


def test_the_consent_is_kept_as_it_was_read() -> None:
    person = seat_requests.confirm(ask(make_stop(), language="ar")).professional
    assert person.consent_text == consent.WORDINGS["2026-12-1"]["ar"]
    assert (person.consent_version, person.consented_at) == ("2026-12-1", SeatRequest.objects.get().asked_at)


def test_a_wording_nobody_was_shown_is_not_written_down() -> None:
    with pytest.raises(consent.UnknownWording):
        ask(make_stop(), consent_version="2020-1")


def test_confirming_twice_is_confirming_once() -> None:
    asked = ask(make_stop())
    assert seat_requests.confirm(asked) == seat_requests.confirm(asked)
    assert Message.objects.filter(purpose="seat").count() == 1


def mails_beside(registration: Registration) -> list[str]:
    also = seat_requests.mails_before(registration)
    people = [f"registration:{registration.pk}"]
    lines = timeline.of(subject=f"stop:{registration.stop_id}", people=people, also=also)
    return [line.message.purpose for line in lines]


def test_the_mails_that_asked_to_confirm_stand_beside_the_registration(later: Clock) -> None:
    stop = make_stop()
    asked = ask(stop)
    later(seat_requests.AGAIN_AFTER)
    seat_requests.write_again(clock.now())
    registration = seat_requests.confirm(asked)
    assert mails_beside(registration) == ["confirm_address", "confirm_again", "seat"]
    later(timedelta(days=8))
    seat_requests.forget_expired(clock.now())
    assert mails_beside(registration) == ["confirm_address", "confirm_again", "seat"]


def test_what_a_colleague_of_one_mailbox_was_asked_stands_beside_theirs_alone() -> None:
    stop = make_stop()
    colleagues = [seat_requests.confirm(ask(stop, name=name)) for name in ("Salma Amrani", "Omar Alaoui")]
    assert colleagues[0].professional.email == colleagues[1].professional.email
    assert [mails_beside(one) for one in colleagues] == [["confirm_address", "seat"]] * 2


def test_a_link_is_good_for_48_hours_and_no_longer(later: Clock) -> None:
    asked = ask(make_stop())
    later(timedelta(hours=47, minutes=59))
    seat_requests.check_fresh(asked)
    later(timedelta(minutes=2))
    with pytest.raises(RequestExpired):
        seat_requests.confirm(asked)
    assert Registration.objects.count() == 0


def test_a_link_is_not_good_beyond_the_last_day_to_register_nor_beyond_the_stop() -> None:
    today = clock.now().date()
    closing = make_stop(registration_closes_on=today + timedelta(days=1))
    assert ask(closing).expires_at == instant(today + timedelta(days=2), time())
    open_to_the_end = make_stop(region="MA-11", date=today + timedelta(days=1))
    expires_at = ask(open_to_the_end, email="autre@hotel.example").expires_at
    assert expires_at == min(open_to_the_end.starts_at, expires_at) <= clock.now() + timedelta(hours=48)


def test_nothing_is_confirmed_at_a_stop_that_takes_nobody_any_more() -> None:
    stop = make_stop()
    asked = ask(stop)
    lifecycle.pause_registration(stop, by=None)
    with pytest.raises(seats.RegistrationClosed):
        seat_requests.confirm(asked)
    assert (Registration.objects.count(), Professional.objects.count()) == (0, 0)


def test_an_unconfirmed_form_changes_nothing_of_a_known_person() -> None:
    person = make_professional(name="Responsable des ventes", email="ventes@hotel.example")
    before = Professional.objects.filter(pk=person.pk).values().get()
    ask(make_stop(), phone="+33612345678", organisation="Ailleurs", language="en")
    assert Professional.objects.filter(pk=person.pk).values().get() == before
    assert Organisation.objects.get() == person.organisation


def test_a_confirmed_form_is_the_persons_own_word() -> None:
    person = make_professional(name="Responsable des ventes", email="ventes@hotel.example")
    confirmed = seat_requests.confirm(ask(make_stop(), phone="+33612345678", organisation="Ailleurs"))
    person.refresh_from_db()
    assert confirmed.professional == person
    assert (str(person.phone), person.organisation.name) == ("+33612345678", "Ailleurs")


def test_a_mailbox_may_serve_several_colleagues() -> None:
    stop = make_stop()
    people = ["Responsable des ventes", "Gouvernante générale"]
    for name in people:
        seat_requests.confirm(ask(stop, name=name))
    assert sorted(Professional.objects.values_list("name", flat=True)) == sorted(people)
    assert Registration.objects.count() == 2
    assert Organisation.objects.count() == 1


def test_the_same_person_spelt_otherwise_is_the_same_person() -> None:
    stop, other = make_stop(), make_stop(region="MA-11")
    for where, name in ((stop, "فَاطِمَة"), (other, "فاطمه")):
        seat_requests.confirm(ask(where, name=name))
    assert Professional.objects.count() == 1


def test_who_is_registered_is_sent_their_own_link_again_in_their_own_language() -> None:
    stop = make_stop()
    registration = seat_requests.confirm(ask(stop, language="ar"))
    ask(stop, language="fr")
    message = last_message()
    assert (message.purpose, message.language) == ("link_again", "ar")
    assert f"/ar/inscription/{registration.pk}." in message.text
    assert Message.objects.filter(purpose="seat").count() == 1


def test_who_gave_their_seat_up_may_ask_and_confirm_again() -> None:
    stop = make_stop()
    first = seat_requests.confirm(ask(stop))
    seats.withdraw(first)
    back = seat_requests.confirm(ask(stop))
    assert (back.pk, back.status, back.calendar_step) == (first.pk, RegistrationStatus.SEATED, 2)


def test_the_same_form_sent_twice_is_one_request_and_one_mail() -> None:
    stop = make_stop()
    ask(stop, form_id="one form")
    ask(stop, form_id="one form")
    assert (SeatRequest.objects.count(), Message.objects.count()) == (1, 1)
    ask(stop, form_id="one form", email="corrigee@hotel.example")
    assert (SeatRequest.objects.count(), Message.objects.count()) == (2, 2)


def test_the_same_form_sent_again_by_who_still_waits_writes_again(later: Clock) -> None:
    stop = make_stop()
    first = ask(stop, form_id="one form")
    later(timedelta(minutes=5))
    for _tap in range(2):
        again = ask(stop, form_id="one form")
    assert (again.pk, again.expires_at > first.expires_at) == (first.pk, True)
    purposes = list(Message.objects.order_by("pk").values_list("purpose", flat=True))
    assert purposes == ["confirm_address", "confirm_address"]


def test_the_same_form_sent_again_by_who_confirmed_meanwhile_brings_their_link(later: Clock) -> None:
    stop = make_stop()
    registration = seat_requests.confirm(ask(stop, form_id="one form"))
    later(timedelta(minutes=5))
    ask(stop, form_id="one form")
    assert last_message().purpose == "link_again"
    seats.withdraw(registration)
    later(timedelta(minutes=5))
    ask(stop, form_id="one form")
    assert last_message().purpose == "link_again"
    assert f"/fr/inscription/{registration.pk}." in last_message().text


def test_a_person_is_not_written_to_more_than_three_times_an_hour(later: Clock) -> None:
    stop = make_stop()
    for _ in range(5):
        ask(stop)
    assert Message.objects.count() == 3
    ask(stop, name="Gouvernante générale")
    assert Message.objects.count() == 4
    later(timedelta(hours=1))
    ask(stop)
    assert Message.objects.count() == 5


def test_an_address_is_not_written_to_more_than_twelve_times_an_hour() -> None:
    stop = make_stop()
    for number in range(14):
        seat_requests.ask(stop, details(name=f"Personne {number}"), form_id=str(number))
    assert Message.objects.count() == rate_limit.MAIL_PER_ADDRESS.allowed == 12


def test_known_or_not_a_request_takes_as_many_steps_and_writes_one_mail() -> None:
    """Nobody learns from the time it takes who is registered."""
    stop = make_stop()
    known = make_professional(name="Responsable des ventes", email="connue@hotel.example")
    elsewhere = make_professional(name="Responsable des ventes", email="ailleurs@hotel.example")
    make_registration(stop, professional=known)
    make_registration(make_stop(region="MA-11"), professional=elsewhere)
    steps = {}
    for address in ("connue@hotel.example", "ailleurs@hotel.example", "inconnue@hotel.example"):
        mails, filled = Message.objects.count(), details(email=address)
        stop = Stop.objects.get(pk=stop.pk)
        with CaptureQueriesContext(connection) as queries:
            seat_requests.ask(stop, filled, form_id=address)
        steps[address] = (len(queries), Message.objects.count() - mails)
    assert len(set(steps.values())) == 1
    assert steps["connue@hotel.example"][1] == 1


def test_what_strangers_typed_is_forgotten_some_days_after(later: Clock) -> None:
    stop = make_stop()
    ask(stop)
    confirmed = seat_requests.confirm(ask(stop, email="confirmee@hotel.example"))
    later(timedelta(days=6))
    tasks.forget_expired_requests()
    assert SeatRequest.objects.count() == 2
    later(timedelta(days=1, hours=1))
    tasks.forget_expired_requests()
    assert SeatRequest.objects.count() == 0
    assert Registration.objects.get() == confirmed


def test_the_establishment_that_was_there_keeps_its_spelling() -> None:
    there = make_organisation(name="Hôtel de la Lagune")
    person = seat_requests.confirm(ask(make_stop(), organisation="HOTEL DE LA LAGUNE")).professional
    assert person.organisation == there
    there.refresh_from_db()
    assert there.name == "Hôtel de la Lagune"
