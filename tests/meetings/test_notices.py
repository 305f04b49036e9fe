"""Tests of meetings.notices: who is told of a change, and what (invariants 3 and 6)."""

from datetime import timedelta

import icalendar
import pytest

from meetings import audiences, lifecycle, notices, officials, overtaken, releases
from meetings.models import Answer, Channel, Invitation, Visibility
from outbox import clock, decisions, queue
from outbox.models import Message, MessageStatus
from tests.factories import (
    make_guests,
    make_meeting,
    make_official,
    make_recipient,
    make_stop,
    make_venue,
)
from tests.telling import tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_audiences")]


def later(stop, days=7):
    return stop.date + timedelta(days=days)


def written(stop, *, status=MessageStatus.QUEUED):
    """Purpose and address of the mails about a stop, in order."""
    found = Message.objects.filter(subject=f"stop:{stop.pk}", status=status).order_by("pk")
    return [(message.purpose, message.recipient) for message in found]


def entry(message):
    calendar = icalendar.Calendar.from_ical(message.calendar)
    (event,) = calendar.walk("VEVENT")
    return calendar["METHOD"], str(event["UID"]), int(event["SEQUENCE"]), event["DTSTART"].dt


def invite(stop, person, *, status=MessageStatus.SENT, channel=Channel.MAIL, audience="crt", **fields):
    """An invitation, as somebody of the CRT unless told otherwise, and the message that carried it."""
    row = Invitation.objects.create(
        stop=stop, audience=audience, key=person.key, channel=channel, written_at=clock.now(), **fields
    )
    if channel == Channel.MAIL:
        message_key = f"invitation:{person.key}:{stop.pk}:1"
        queue.enqueue(
            key=message_key,
            purpose="invitation",
            to=person.email,
            template="postponed",
            context={"before": {}},
            language="fr",
            subject=f"stop:{stop.pk}",
        )
        Message.objects.filter(key=message_key).update(status=status)
    return row


def make_councillor(number, **fields):
    return make_recipient(number, **{"key": f"official:{number}", "links": {}, **fields})


def test_a_move_is_told_once_to_each_who_sits_waits_comes_or_was_invited():
    stop = make_stop()
    twice, asked, declined = make_recipient(1), make_councillor(4), make_councillor(5)
    make_guests(stop, "seated", twice)
    make_guests(stop, "waiting", make_recipient(2, language="ar"))
    make_guests(stop, "accepted", make_councillor(3), twice)
    make_guests(stop, "crt", asked, declined, make_councillor(6), make_councillor(3))
    invite(stop, asked)
    invite(stop, declined, answer=Answer.DECLINED, answered_at=clock.now())
    invite(stop, make_councillor(3), answer=Answer.ACCEPTED, answered_at=clock.now())
    wanted = {"date": later(stop)}
    assert lifecycle.preview(stop, wanted).recipients == {
        ("seated", "fr"): 1,
        ("waiting", "ar"): 1,
        ("accepted", "fr"): 1,
        ("crt", "fr"): 1,
    }
    lifecycle.change(stop, changes=wanted, by=None)
    tell()
    assert written(stop) == [("moved", f"personne-{number}@hotel.example") for number in (1, 2, 3, 4)]


def test_an_official_who_named_somebody_else_hears_of_it_and_somebody_else_has_the_entry():
    stop, official = make_stop(), make_councillor(1)
    make_guests(stop, "crt", official)
    make_guests(stop, "accepted", make_recipient(2, key="replacement:1", links={}))
    invite(
        stop,
        official,
        answer=Answer.REPLACED,
        replacement_name="Personne 2",
        answered_at=clock.now(),
    )
    lifecycle.change(stop, changes={"date": later(stop)}, by=None)
    tell()
    found = {message.recipient: bool(message.calendar) for message in Message.objects.filter(purpose="moved")}
    assert found == {"personne-1@hotel.example": False, "personne-2@hotel.example": True}


def test_officials_are_addressed_by_their_title_and_led_to_their_answer():
    officials.register_audiences()
    stop = make_stop()
    wali = make_official(body="wilaya", title="Monsieur le Wali", email="wali@wilaya.example")
    person = next(iter(audiences.get("wilaya").members(stop)))
    row = invite(stop, person, audience="wilaya")
    lifecycle.change(stop, changes={"date": later(stop)}, by=None)
    tell()
    text = Message.objects.get(purpose="moved", recipient=wali.email).text
    assert ("Monsieur le Wali,\n" in text, officials.answer_url(row, "fr") in text) == (True, True)


@pytest.mark.parametrize("status", [MessageStatus.QUEUED, MessageStatus.SUPERSEDED, MessageStatus.FAILED])
def test_whoever_never_got_the_invitation_is_not_told_of_a_change(status):
    stop, person = make_stop(), make_councillor(1)
    make_guests(stop, "crt", person)
    invite(stop, person, status=status)
    assert notices.people(stop) == []
    lifecycle.cancel(stop, by=None)
    tell()
    assert [purpose for purpose, _address in written(stop)] == []


def test_an_invitation_in_doubt_that_staff_sent_again_has_reached_its_person():
    stop, person = make_stop(), make_councillor(1)
    make_guests(stop, "crt", person)
    invite(stop, person, status=MessageStatus.IN_DOUBT)
    again = decisions.resend(Message.objects.get().pk, by=None)
    Message.objects.filter(pk=again.pk).update(status=MessageStatus.SENT, final_at=clock.now())
    lifecycle.change(stop, changes={"date": later(stop)}, by=None)
    tell()
    assert written(stop) == [("moved", "personne-1@hotel.example")]
    assert overtaken.rewrite(stop.pk) == 0  # nor are they invited a second time


def test_people_invited_by_letter_are_left_to_the_staff_who_are_told_so():
    stop, person = make_stop(), make_councillor(1, email="")
    make_guests(stop, "crt", person)
    invite(stop, person, channel=Channel.LETTER)
    seen = lifecycle.preview(stop, {"date": later(stop)})
    assert (seen.recipients, seen.warnings[-1]) == (
        {},
        "1 personne invitée par courrier est à prévenir autrement.",
    )
    assert lifecycle.preview_calling_off(stop).warnings == seen.warnings[-1:]


def test_everyone_gets_their_own_entry_with_the_same_uid_and_their_own_sequence():
    stop = make_stop()
    make_guests(stop, "seated", make_recipient(1), make_recipient(2, calendar_step=4))
    make_guests(stop, "waiting", make_recipient(3))
    lifecycle.change(stop, changes={"date": later(stop)}, by=None)
    tell()
    lifecycle.change(stop, changes={"venue": make_venue()}, by=None)
    tell()
    lifecycle.cancel(stop, by=None)
    tell()
    stop.refresh_from_db()
    entries = {
        number: [
            entry(m) for m in Message.objects.filter(key__contains=f":registration:{number}:").order_by("pk")
        ]
        for number in (1, 2)
    }
    uid, at = stop.calendar_uid, stop.starts_at
    assert entries == {
        1: [("REQUEST", uid, 1, at), ("REQUEST", uid, 2, at), ("CANCEL", uid, 3, at)],
        2: [("REQUEST", uid, 5, at), ("REQUEST", uid, 6, at), ("CANCEL", uid, 7, at)],
    }
    queued = Message.objects.filter(key__contains=":registration:3:").values_list("calendar", flat=True)
    assert list(queued) == ["", "", ""]  # who waits has no entry to change


def test_each_change_overtakes_what_has_not_left():
    stop = make_stop()
    make_guests(stop, "seated", make_recipient(1))
    lifecycle.change(stop, changes={"date": later(stop)}, by=None)
    tell()
    lifecycle.postpone(stop, by=None)
    tell()
    assert written(stop, status=MessageStatus.SUPERSEDED) == [("moved", "personne-1@hotel.example")]
    assert written(stop) == [("postponed", "personne-1@hotel.example")]


@pytest.mark.parametrize(
    ("purpose", "overtaken"),
    [
        ("seat", True),
        ("seated_eve", True),
        ("invitation", True),
        ("link_again", True),
        # What somebody asked for themselves, and does not tell the day.
        ("confirm_address", False),
        ("withdrawn", False),
    ],
)
def test_what_tells_the_old_day_does_not_leave_after_the_move(purpose, overtaken):
    stop = make_stop()
    queue.enqueue(
        key="one",
        purpose=purpose,
        to="personne@hotel.example",
        template="postponed",
        context={"before": {}},
        language="fr",
        subject=f"stop:{stop.pk}",
    )
    lifecycle.change(stop, changes={"date": later(stop)}, by=None)
    tell()
    status = Message.objects.get(key="one").status
    assert (status == MessageStatus.SUPERSEDED) == overtaken


def test_seats_and_registration_window_are_nobodys_news():
    stop = make_stop()
    make_guests(stop, "seated", make_recipient(1))
    lifecycle.change(stop, changes={"seats": 60, "registration_closes_on": stop.date}, by=None)
    tell()
    lifecycle.pause_registration(stop, by=None)
    assert written(stop) == []


def test_correcting_the_address_of_the_venue_tells_those_who_come_once_it_is_published():
    stop = make_stop(venue=make_venue())
    make_guests(stop, "seated", make_recipient(1))
    stop.venue.address_fr = "Avenue Hassan II"
    stop.venue.save(update_fields=["address_fr"])
    assert releases.tells(stop)
    assert written(stop) == []
    releases.release_changes(stop, by=None)
    tell()
    assert written(stop) == [("venue_changed", "personne-1@hotel.example")]
    stop.refresh_from_db()
    assert not releases.tells(stop)


def test_a_notice_carries_no_unreleased_edit_and_no_meeting_of_others():
    stop = make_stop(published=False, venue=make_venue())
    make_meeting(stop, title_fr="Entre inscrits", visibility=Visibility.REGISTERED)
    make_meeting(stop, title_fr="Huis clos", visibility=Visibility.INVITED)
    releases.publish(stop, by=None)
    make_guests(stop, "seated", make_recipient(1))
    make_guests(stop, "waiting", make_recipient(2))
    make_guests(stop, "accepted", make_recipient(3, key="official:0"))
    stop.intro_fr = "Mot-secret"
    stop.save(update_fields=["intro_fr"])
    stop.venue.name_fr = "Lieu secret"
    stop.venue.save(update_fields=["name_fr"])
    lifecycle.change(stop, changes={"date": later(stop)}, by=None)
    tell()
    said = {
        message.recipient: [
            word
            for word in ("Mot-secret", "Lieu secret", "Entre inscrits", "Huis clos", "Palais des congrès")
            if word in message.text + message.html + message.calendar.replace("\r\n ", "")
        ]
        for message in Message.objects.all()
    }
    assert said == {
        "personne-1@hotel.example": ["Entre inscrits", "Palais des congrès"],
        "personne-2@hotel.example": ["Palais des congrès"],
        "personne-3@hotel.example": ["Entre inscrits", "Huis clos", "Palais des congrès"],
    }


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
@pytest.mark.parametrize("audience", ["seated", "waiting", "accepted"])
def test_notices_read_well_in_every_language_for_everybody(language, audience):
    """Escaping, missing words and left-over tags would show here."""
    stop = make_stop(venue=make_venue(name_fr="Hôtel de l’Océan & Spa"))
    make_guests(stop, audience, make_recipient(1, language=language, name="M'hamed O'Brien"))
    reason = {"fr": "Vents <forts>.", "ar": "رياح <قوية>.", "en": "Strong <winds>."}
    for act in [
        lambda: lifecycle.change(stop, changes={"date": later(stop)}, by=None),
        lambda: lifecycle.change(stop, changes={"venue": make_venue()}, by=None),
        lambda: lifecycle.postpone(stop, by=None, reason=reason),
        lambda: lifecycle.cancel(stop, by=None, reason=reason),
    ]:
        act()
        tell()
        message = Message.objects.latest("pk")
        assert "M'hamed O'Brien" in message.text
        assert ("{" in message.text + message.html.split("</style>")[1], "None" in message.text) == (
            False,
            False,
        )
        assert message.headline
        if message.purpose in ("postponed", "cancelled"):
            assert reason[language] in message.text
            assert reason[language] not in message.html
