"""A message as it goes over the wire."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any

import pytest

from outbox import mime
from outbox.models import Message

NOW = datetime(2026, 12, 3, 9, 30, tzinfo=UTC)
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
    "SUMMARY:10h00 (heure du Maroc) – Rencontre\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def message(**fields: Any) -> Message:
    return Message(
        **{
            "recipient": "direction@hotel.example",
            "language": "fr",
            "headline": "Votre place à Dakhla",
            "text": "Bonjour M'hamed Aït,\n.\nvotre place est réservée.\n",
            "html": "<p>Bonjour M&#x27;hamed Aït</p>",
            "message_id": f"<{'ab' * 16}@portal.example>",
            **fields,
        }
    )


def read(**fields: Any) -> EmailMessage:
    mail = message_from_bytes(mime.build(message(**fields), now=NOW), policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    return mail


def test_the_parts_stand_in_one_alternative_the_calendar_last():
    mail = read(calendar=CALENDAR, calendar_method="REQUEST")

    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    assert [part.get_content_charset() for part in mail.iter_parts()] == ["utf-8"] * 3


def test_the_calendar_part_says_its_method_and_arrives_unchanged():
    mail = read(calendar=CALENDAR, calendar_method="REQUEST")
    part = list(mail.iter_parts())[2]

    assert part["Content-Type"].params["method"] == "REQUEST"
    assert part.get_payload(decode=True) == CALENDAR.encode()
    assert mime.method_of(CALENDAR) == "REQUEST"


def test_text_and_html_arrive_as_they_were_written():
    plain, html = read().iter_parts()

    assert plain.get_content().replace("\r\n", "\n") == "Bonjour M'hamed Aït,\n.\nvotre place est réservée.\n"
    assert html.get_content().strip() == "<p>Bonjour M&#x27;hamed Aït</p>"


def test_the_headers_say_who_writes_to_whom_and_that_a_machine_does():
    mail = read(reply_to="tournee@portal.example")

    assert {name: str(value) for name, value in mail.items() if name != "Content-Type"} == {
        "From": "Office National Marocain du Tourisme <tournee@portal.example>",
        "To": "direction@hotel.example",
        "Subject": "Votre place à Dakhla",
        "Date": "Thu, 03 Dec 2026 09:30:00 +0000",
        "Message-ID": f"<{'ab' * 16}@portal.example>",
        "Reply-To": "tournee@portal.example",
        "Content-Language": "fr",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "MIME-Version": "1.0",
    }


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("محطة الداخلة وادي الذهب، " * 200, "base64"),
        ("L’étape de Dakhla-Oued Ed-Dahab est confirmée ; merci = bien. " * 100, "quoted-printable"),
        ("Plain words.\r\rAnd more \x0c of them\t\n.\nFrom here \n" * 100, "quoted-printable"),
        ("x" * 5000, "quoted-printable"),
        ("", "quoted-printable"),
    ],
)
def test_whatever_is_said_travels_in_short_seven_bit_lines_and_arrives(words, encoding):
    fields = {"text": words, "html": f"<p>{words}</p>", "headline": words[:250].strip().split("\r")[0]}
    content = mime.build(message(**fields), now=NOW)
    plain, html = read(**fields).iter_parts()

    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"") and b"\r" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n\r\n", 1)[1].split(b"\r\n")) <= 76
    assert plain["Content-Transfer-Encoding"] == html["Content-Transfer-Encoding"] == encoding
    expected = words.replace("\r", "\n").encode().replace(b"\n", b"\r\n")
    assert plain.get_payload(decode=True).removesuffix(b"\r\n") == expected.removesuffix(b"\r\n")


@pytest.mark.parametrize(
    "headline",
    [
        "محطة الداخلة وادي الذهب، " * 9 + "نهاية",
        "L’étape de Dakhla-Oued Ed-Dahab : " * 6 + "confirmée à 10h00",
        "Plain words, long enough to be folded somewhere, twice, since they pass seventy-eight" * 2,
        "é" * 250,
        "x" * 250,
    ],
)
def test_a_long_subject_comes_back_word_for_word(headline):
    content = mime.build(message(headline=headline), now=NOW)
    raw = message_from_bytes(content)["Subject"]

    assert str(make_header(decode_header(raw))) == headline
    assert str(read(headline=headline)["Subject"]) == headline
    assert max((len(word) for word in raw.split() if word.startswith("=?")), default=0) <= 75


@pytest.mark.parametrize("between", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\t\x01"])
@pytest.mark.parametrize("word", ["Étape", "Stop", "محطة"])
def test_a_subject_pasted_with_what_nobody_sees_is_whole_and_on_one_line(word, between):
    content = mime.build(message(headline=f"{word}{between}Dakhla"), now=NOW)

    assert str(read(headline=f"{word}{between}Dakhla")["Subject"]) == f"{word} Dakhla"
    assert {byte for byte in content.split(b"\r\n\r\n")[0] if byte < 32} == {10, 13}


def test_a_long_arabic_sender_comes_back_word_for_word(settings):
    settings.DEFAULT_FROM_EMAIL = f"{'المكتب الوطني المغربي للسياحة ' * 3}<tournee@onmt.example>"
    raw = message_from_bytes(mime.build(message(language="ar"), now=NOW))["From"]
    name, address = str(make_header(decode_header(raw))).rsplit(" ", 1)

    assert name == ("المكتب الوطني المغربي للسياحة " * 3).strip()
    assert address == "<tournee@onmt.example>"


def test_a_long_unsubscription_address_stays_whole_on_its_line():
    link = f"<https://portal.example/fr/desabonnement/{'9' * 12}.{'x_-Y' * 30}/>"
    content = mime.build(message(headers={"List-Unsubscribe": link}), now=NOW)

    assert f"\r\nList-Unsubscribe: {link}\r\n".encode() in content


@pytest.mark.parametrize(
    "fields",
    [
        {"headline": "Votre place\r\nBcc: autre@hotel.example"},
        {"headline": "Été\r\nBcc: autre@hotel.example"},
        {"headline": "Place\r\n Bcc: autre@hotel.example"},
        {"message_id": "<a@b>\nBcc: autre@hotel.example"},
        {"headers": {"List-Unsubscribe": "<https://x/>\r\nBcc: autre@hotel.example"}},
        {"reply_to": "a@b.example\r\nBcc: autre@hotel.example"},
        {"recipient": "a@b.example\r\nBcc: autre@hotel.example"},
        {"recipient": "a@b.example, autre@hotel.example"},
    ],
)
def test_no_value_becomes_a_header_or_a_recipient_more(fields):
    with pytest.raises(ValueError):  # noqa: PT011 (several kinds, none of which writes a mail)
        mime.build(message(**fields), now=NOW)


def test_a_domain_in_its_own_letters_is_written_in_ascii():
    assert mime.envelope_address("direction@hôtel.example") == "direction@xn--htel-vqa.example"
    assert str(read(recipient="direction@hôtel.example")["To"]) == "direction@xn--htel-vqa.example"


def test_a_name_in_the_sender_address_is_kept(settings):
    settings.DEFAULT_FROM_EMAIL = "Tournée de l’ONMT <tournee@onmt.example>"

    assert str(read()["From"]) == "Tournée de l’ONMT <tournee@onmt.example>"
