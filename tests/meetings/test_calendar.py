"""Calendar entries, read back by a parser that is not ours."""

import copy
import re
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings import calendar
from meetings.agenda import PublicStop
from meetings.availability import Availability
from meetings.documents import Document
from meetings.models import StopStatus
from outbox import clock

DAKHLA: Document = {
    "v": 1,
    "tour": {
        "slug": "2026",
        "name": {"fr": "Tournée des régions", "ar": "جولة الجهات", "en": "Regions tour"},
    },
    "slug": "dakhla-oued-ed-dahab",
    "rank": 1,
    "of": 12,
    "region": {
        "code": "MA-12",
        "slug": "dakhla-oued-ed-dahab",
        "name": {
            "fr": "Dakhla-Oued Ed-Dahab",
            "ar": "الداخلة-وادي الذهب",
            "en": "Dakhla-Oued Ed-Dahab",
        },
    },
    "city": {"fr": "Dakhla", "ar": "الداخلة", "en": "Dakhla"},
    "date": "2026-12-03",
    "starts": "10:00",
    "ends": "13:30",
    "venue": {
        "name": {"fr": "Palais des congrès", "ar": "قصر المؤتمرات", "en": ""},
        "address": {"fr": "Avenue de la Baie", "ar": "شارع الخليج", "en": ""},
        "access": {"fr": "", "ar": "", "en": ""},
        "latitude": 23.7,
        "longitude": -15.93,
        "confirmed": True,
    },
    "intro": {"fr": "Une rencontre ; pour l’écoute, d’abord.", "ar": "لقاء للإنصات.", "en": "A meeting."},
    "contact": {
        "function": {"fr": "Coordination", "ar": "التنسيق", "en": "Coordination"},
        "phone": "+212 5 28 00 00 00",
        "email": "dakhla@onmt.example",
        "hours": {"fr": "9h00–16h30", "ar": "", "en": ""},
    },
    "registration": {"opens_on": None, "closes_on": None},
    "meetings": [
        {
            "id": 7,
            "kind": "plenary",
            "title": {"fr": "Séance plénière", "ar": "جلسة عامة", "en": "Plenary session"},
            "starts": "10:00",
            "ends": "12:00",
            "room": "Salle 1",
            "visibility": "public",
            "items": [],
        }
    ],
    "calendar": {"uid": "6f0e@tournee-regions", "sequence": 4},
    "reason": {"fr": "", "ar": "", "en": ""},
}
FOR_ONE: dict[str, Any] = {
    "language": "fr",
    "attendee_email": "direction@riad.example",
    "attendee_name": "Direction du Riad",
    "organizer_email": "tournee@portal.example",
    "sequence": 5,
    "url": "https://portal.example/fr/inscription/",
}


SUBSCRIPTION = calendar.Subscription(
    name="Tournée, des régions",
    source="https://portal.example/fr/agenda/agenda.ics",
    page="https://portal.example/fr/agenda/",
)


def made_of(document: Document, status: StopStatus = StopStatus.PUBLISHED) -> PublicStop:
    return PublicStop(
        pk=1,
        slug=document["slug"],
        rank=document["rank"],
        status=status,
        availability=Availability.OPEN,
        document=document,
        release_pk=1,
        release_number=1,
        released_at=datetime(2026, 12, 2, 18, 5, tzinfo=UTC),
        revision=1,
    )


def with_(document: Document, **changes: Any) -> Document:
    return cast(Document, {**copy.deepcopy(document), **changes})


def publish(*stops: PublicStop, language: str = "fr") -> bytes:
    return calendar.publish(
        stops, language, organizer_email="tournee@portal.example", subscription=SUBSCRIPTION
    )


def only_event(file: bytes | str) -> Any:
    (event,) = icalendar.Calendar.from_ical(file).walk("VEVENT")
    return event


def test_a_stop_at_ten_in_morocco_is_written_as_ten_utc():
    lines = publish(made_of(DAKHLA)).decode().split("\r\n")
    assert "DTSTART:20261203T100000Z" in lines
    assert "DTEND:20261203T133000Z" in lines
    assert "DTSTAMP:20261202T180500Z" in lines


def test_the_entry_says_the_hour_in_words_and_carries_uid_and_sequence():
    event = only_event(publish(made_of(DAKHLA)))
    assert str(event["SUMMARY"]) == "10h00 (heure du Maroc) – Rencontre ONMT, Dakhla"
    assert (str(event["UID"]), event["SEQUENCE"]) == ("6f0e@tournee-regions", 4)
    assert str(event["LOCATION"]) == "Palais des congrès, Avenue de la Baie, Dakhla"
    assert event["GEO"].to_ical() == "23.7;-15.93"
    assert str(event["URL"]) == "http://localhost:8000/fr/etapes/dakhla-oued-ed-dahab/"
    assert str(event["DESCRIPTION"]) == (
        "jeudi 3\xa0décembre 2026, de 10h00 à 13h30 (heure du Maroc)\n\n"
        "Une rencontre ; pour l’écoute, d’abord.\n\n"
        "10h00 – Séance plénière\n\n"
        "Contact\nCoordination\n+212 5 28 00 00 00\ndakhla@onmt.example\n9h00–16h30\n\n"
        "http://localhost:8000/fr/etapes/dakhla-oued-ed-dahab/"
    )


def test_a_calendar_that_is_subscribed_to_says_its_name_colour_and_when_to_ask_again():
    file = icalendar.Calendar.from_ical(publish(made_of(DAKHLA)))
    for name in ("NAME", "X-WR-CALNAME"):
        assert str(file[name]).replace("\\,", ",") == "Tournée, des régions"
    assert (str(file["COLOR"]), str(file["X-APPLE-CALENDAR-COLOR"])) == ("darkgreen", "#0F4C3A")
    assert (str(file["SOURCE"]), str(file["URL"])) == (SUBSCRIPTION.source, SUBSCRIPTION.page)
    assert file["REFRESH-INTERVAL"].dt == timedelta(hours=1)
    assert file["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"
    assert str(file["X-PUBLISHED-TTL"]) == "PT1H"


def test_an_entry_of_ones_own_is_no_calendar_to_subscribe_to():
    file = calendar.publish([made_of(DAKHLA)], "fr", organizer_email="tournee@portal.example")
    assert {"SOURCE", "REFRESH-INTERVAL", "NAME"} & set(icalendar.Calendar.from_ical(file)) == set()


def test_a_venue_not_yet_known_is_said_so():
    event = only_event(publish(made_of(with_(DAKHLA, venue=None))))
    assert str(event["LOCATION"]) == "Dakhla (lieu à confirmer)"
    assert "GEO" not in event


def test_a_published_file_names_the_organizer_apart_from_the_address_and_no_attendee():
    file = icalendar.Calendar.from_ical(publish(made_of(DAKHLA), made_of(DAKHLA)))
    assert file["METHOD"] == "PUBLISH"
    for event in file.walk("VEVENT"):
        assert str(event["ORGANIZER"]) == "mailto:tournee@portal.example"
        assert event["ORGANIZER"].params["CN"] == "Office National Marocain du Tourisme"
        assert "ATTENDEE" not in event


@pytest.mark.parametrize(
    ("status", "written", "title"),
    [
        (StopStatus.PUBLISHED, "CONFIRMED", "10h00"),
        (StopStatus.HELD, "CONFIRMED", "10h00"),
        (StopStatus.CANCELLED, "CANCELLED", "Annulée : 10h00"),
        (StopStatus.POSTPONED, "CANCELLED", "Reportée : 10h00"),
    ],
)
def test_what_became_of_a_stop_stands_in_status_and_title(status: StopStatus, written: str, title: str):
    event = only_event(publish(made_of(DAKHLA, status)))
    assert event["STATUS"] == written
    assert str(event["SUMMARY"]) == f"{title} (heure du Maroc) – Rencontre ONMT, Dakhla"


def test_a_request_has_one_entry_and_one_attendee_who_need_not_reply(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 2, 6, tzinfo=UTC))
    made = calendar.request(DAKHLA, **FOR_ONE)
    assert made.method == "REQUEST"
    event = only_event(made.text)
    assert str(event["ATTENDEE"]) == "mailto:direction@riad.example"
    assert dict(event["ATTENDEE"].params) == {
        "CN": "Direction du Riad",
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "ACCEPTED",
        "RSVP": "FALSE",
    }
    assert (event["SEQUENCE"], event["STATUS"]) == (5, "CONFIRMED")
    assert event["DTSTAMP"].dt == datetime(2026, 12, 2, 6, tzinfo=UTC)
    assert str(event["URL"]) == FOR_ONE["url"]


def test_a_reply_is_asked_for_where_somebody_reads_it_at_an_address_that_stays_the_attendees_own(settings):
    settings.REPLIES_ADDRESS = "reponses+*@portal.example"
    asked, off = (
        only_event(calendar.request(DAKHLA, **FOR_ONE).text),
        only_event(calendar.cancel(DAKHLA, **{**FOR_ONE, "sequence": 6}).text),
    )
    another = only_event(calendar.request(DAKHLA, **{**FOR_ONE, "attendee_email": "autre@riad.example"}).text)
    assert re.fullmatch(r"mailto:reponses\+[a-z2-7]{16}@portal\.example", str(asked["ORGANIZER"]))
    assert str(asked["ORGANIZER"]) == str(off["ORGANIZER"]) != str(another["ORGANIZER"])
    assert asked["ATTENDEE"].params["RSVP"] == "TRUE"
    assert str(only_event(publish(made_of(DAKHLA)))["ORGANIZER"]) == "mailto:tournee@portal.example"


def test_a_cancellation_takes_back_the_same_entry_with_a_higher_sequence():
    made = calendar.cancel(DAKHLA, **{**FOR_ONE, "sequence": 6})
    event = only_event(made.text)
    assert (made.method, "METHOD:CANCEL\r\n" in made.text) == ("CANCEL", True)
    assert (str(event["UID"]), event["SEQUENCE"]) == ("6f0e@tournee-regions", 6)
    assert (event["STATUS"], str(event["ATTENDEE"])) == ("CANCELLED", "mailto:direction@riad.example")


def test_arabic_stands_in_its_own_letters():
    event = only_event(publish(made_of(DAKHLA), language="ar"))
    assert "الداخلة" in str(event["SUMMARY"]) and "10:00" in str(event["SUMMARY"])
    assert str(event["LOCATION"]) == "قصر المؤتمرات، شارع الخليج، الداخلة"
    assert "\u2066+212 5 28 00 00 00\u2069" in str(event["DESCRIPTION"])


# What a database column can hold; the tab stays, other control characters go.
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(ANY_TEXT)
def test_any_text_comes_back_and_every_line_is_short_and_whole(text: str):
    document = with_(DAKHLA, intro={"fr": f"A{text}Z", "ar": "", "en": ""})
    file = publish(made_of(document))
    assert file.endswith(b"\r\nEND:VCALENDAR\r\n")
    for line in file.split(b"\r\n"):
        assert len(line) <= 75
        assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line)
        line.decode()
    wanted = calendar.CONTROL.sub("", calendar.LINE_END.sub("\n", f"A{text}Z"))
    assert str(only_event(file)["DESCRIPTION"]).split("\n\n", 1)[1].startswith(wanted)


@given(ANY_TEXT)
def test_no_name_breaks_out_of_its_parameter(text: str):
    made = calendar.request(DAKHLA, **{**FOR_ONE, "attendee_name": text})
    assert made.text.count("\r\nBEGIN:") == 1
    event = only_event(made.text)
    assert str(event["ATTENDEE"]) == "mailto:direction@riad.example"
    assert event["ATTENDEE"].params["RSVP"] == "FALSE"


def test_a_name_in_quotes_stays_within_its_own():
    made = calendar.request(
        DAKHLA, **{**FOR_ONE, "attendee_name": 'Riad "Dar"";RSVP=TRUE:mailto:x@y.example'}
    )
    assert "ATTENDEE;CN=\"Riad 'Dar'';RSVP=TRUE:mailto:x@y.example\";CUTYPE" in made.text.replace("\r\n ", "")


@given(st.emails())
def test_any_address_stays_one_mailto(email: str):
    made = calendar.request(DAKHLA, **{**FOR_ONE, "attendee_email": email})
    assert only_event(made.text)["ATTENDEE"].params["RSVP"] == "FALSE"
    assert "\r\nATTENDEE;" in made.text
