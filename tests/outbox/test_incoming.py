"""What is made of a mail that came back: believed where it names our Message-ID, once, and never guessed."""

import pytest

from outbox import calendar_replies, incoming, returns
from outbox.incoming import Taken, take
from outbox.models import Message, Returned
from outbox.queue import new_message_id
from tests.factories import make_message
from tests.outbox import came_back

pytestmark = pytest.mark.django_db

UID = "3f0c2e9e-7c1b-4b0e-9d3a-6a1e6f0b2c11@tournee-regions"


def make_entry(**fields) -> Message:
    return make_message(calendar_uid=UID, calendar_sequence=2, **fields)


def rows() -> list[tuple[int, str, str, str]]:
    return list(Returned.objects.values_list("message_id", "kind", "code", "partstat"))


@pytest.mark.parametrize(
    ("shape", "kind", "code"),
    [
        ({}, "permanent", "5.1.1"),
        ({"headers_alone": True}, "permanent", "5.1.1"),
        ({"status": "4.4.7 (expired)"}, "transient", "4.4.7"),
        ({"action": "delayed", "status": "4.2.2"}, "transient", "4.2.2"),
    ],
)
def test_a_failed_delivery_is_written_beside_the_mail_it_brings_back(shape, kind, code):
    message = make_message()
    assert take(came_back.failure(message, **shape)) is Taken.FAILURE
    assert rows() == [(message.pk, kind, code, "")]


def test_the_same_notice_twice_counts_once():
    message = make_message()
    notice = came_back.failure(message)
    again = b"Received: by another.example\r\n" + notice

    assert [take(notice), take(notice), take(again)] == [Taken.FAILURE, Taken.KNOWN, Taken.KNOWN]
    assert len(rows()) == 1


def test_a_complaint_is_one_only_where_its_type_says_so():
    message = make_message()
    assert take(came_back.complaint(message, feedback="not-spam")) is Taken.LEFT
    assert take(came_back.complaint(message)) is Taken.COMPLAINT
    assert rows() == [(message.pk, "complaint", "", "")]


def test_a_notice_about_no_mail_of_ours_silences_nobody():
    """Whoever knows an address only cannot have it left alone."""
    ours = make_message()
    guessed = make_message(recipient=ours.recipient)
    notice = came_back.failure(guessed)
    Message.objects.filter(pk=guessed.pk).update(message_id=new_message_id())

    assert take(notice) is Taken.LEFT
    assert rows() == []


def test_the_answer_of_a_calendar_is_known_by_the_mail_it_names_and_by_whom_it_speaks_for():
    message = make_entry()
    assert take(came_back.reply(message, attendee="autre@hotel.example")) is Taken.LEFT
    assert take(came_back.reply(message, answers=False)) is Taken.LEFT
    assert take(came_back.reply(message, method="COUNTER")) is Taken.LEFT
    assert take(came_back.reply(message, partstat="NEEDS-ACTION")) is Taken.LEFT
    assert take(came_back.reply(message)) is Taken.REPLY
    assert rows() == [(message.pk, "reply", "", "declined")]


def test_a_calendar_that_names_no_mail_is_known_by_the_address_it_was_given(settings):
    settings.REPLIES_ADDRESS = "reponses+*@portal.example"
    person = "direction@hotel.example"
    old = make_entry(recipient=person)
    new = make_message(calendar_uid=UID, calendar_sequence=5, recipient=person)
    theirs = calendar_replies.organizer(UID, person)
    others = calendar_replies.organizer(UID, "autre@hotel.example")
    capitals = theirs.upper()

    assert take(came_back.reply(old, answers=False, to=others)) is Taken.LEFT
    assert take(came_back.reply(old, answers=False, to="reponses+@portal.example")) is Taken.LEFT
    assert take(came_back.reply(old, answers=False, to=theirs)) is Taken.REPLY
    assert take(came_back.reply(new, answers=False, to=capitals, notice="<2@x>")) is Taken.REPLY
    assert returns.answered([old.pk, new.pk]) == {old.pk: "declined", new.pk: "declined"}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe" * 100,
        b"Subject: Bonjour\r\n\r\nJe viendrai avec plaisir.\r\n",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n--x--\r\n",
        b"Content-Type: multipart/report; report-type=delivery-status\r\n\r\nnothing\r\n",
        b"Content-Type: text/calendar; charset=nowhere\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n",
        b"Content-Type: text/calendar\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n",
        b"Content-Type: message/rfc822\r\n\r\n" * 3_000,
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" * 500,
    ],
)
def test_what_is_malformed_or_not_for_us_is_left(raw):
    assert take(raw) is Taken.LEFT


def test_what_is_too_large_is_left(monkeypatch):
    notice = came_back.failure(make_message())
    monkeypatch.setattr(incoming, "LIMIT", len(notice) - 1)
    assert take(notice) is Taken.LEFT


def test_who_wrote_the_mail_hears_what_a_calendar_answered_once(monkeypatch):
    monkeypatch.setattr(calendar_replies, "_registry", {})
    heard = []
    calendar_replies.register("registration", lambda message, said: heard.append((message.key, said)))
    message = make_entry(key="seat:registration:7:1~1")
    notice = came_back.reply(message)

    take(notice)
    take(notice)
    take(came_back.reply(make_entry(key="accepted:official:7:1:0")))  # nobody asked to hear of these

    assert heard == [("seat:registration:7:1~1", "declined")]
