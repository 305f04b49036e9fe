"""What servers and calendars write back, in the shapes of Postfix, feedback loops and Outlook."""

from datetime import UTC, datetime

from outbox import mime
from outbox.models import Message

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


def failure(
    message: Message,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    notice: str = "<dsn-1@relay.example>",
    headers_alone: bool = False,
) -> bytes:
    """As Postfix reports it, with our whole mail or its headers."""
    original = mime.build(message, now=NOW).decode()
    kind = "text/rfc822-headers" if headers_alone else "message/rfc822"
    return _report(
        notice,
        "delivery-status",
        "Reporting-MTA: dns; relay.example\r\nX-Postfix-Queue-ID: 4Z\r\n\r\n"
        f"Final-Recipient: rfc822; {message.recipient}\r\n"
        f"Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 {status} said\r\n",
        kind,
        original.partition("\r\n\r\n")[0] + "\r\n\r\n" if headers_alone else original,
    )


def complaint(message: Message, *, feedback: str = "abuse", notice: str = "<arf-1@loop.example>") -> bytes:
    fields = f"Feedback-Type: {feedback}\r\nUser-Agent: Loop/1.0\r\nVersion: 1\r\n"
    original = mime.build(message, now=NOW).decode()
    return _report(notice, "feedback-report", fields, "message/rfc822", original)


def reply(
    message: Message,
    *,
    partstat: str = "DECLINED",
    attendee: str = "",
    answers: bool = True,
    to: str = "reponses@portal.example",
    method: str = "REPLY",
    notice: str = "<answer-1@calendar.example>",
    sequence: int | None = None,
) -> bytes:
    """An answer of a calendar; `answers`: it names the mail it answers."""
    shown = message.calendar_sequence if sequence is None else sequence
    lines = [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Calendar//1", f"METHOD:{method}", "BEGIN:VEVENT"),
        f"UID:{message.calendar_uid}",
        *(f"SEQUENCE:{shown}", "DTSTAMP:20261128T090000Z", f"ORGANIZER:mailto:{to}"),
        f'ATTENDEE;CN="Une: personne";PARTSTAT={partstat}:',
        f" MAILTO:{attendee or message.recipient}",  # a folded line
        *("END:VEVENT", "END:VCALENDAR"),
    ]
    return _lines(
        f"From: {message.recipient}",
        f"To: {to}",
        f"Message-ID: {notice}",
        *([f"In-Reply-To: {message.message_id}"] if answers else []),
        "Subject: Refus",
        "MIME-Version: 1.0",
        'Content-Type: multipart/alternative; boundary="b"',
        "",
        *("--b", "Content-Type: text/plain", "", "Je ne peux pas venir.", "--b"),
        f"Content-Type: text/calendar; charset=utf-8; method={method}",
        "",
        *lines,
        "--b--",
    )


def _report(notice: str, report: str, fields: str, kind: str, original: str) -> bytes:
    return _lines(
        "From: MAILER-DAEMON@relay.example",
        "To: retours@portal.example",
        f"Message-ID: {notice}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type={report}; boundary="r"',
        "",
        *("--r", "Content-Type: text/plain", "", "Votre message est revenu.", "--r"),
        f"Content-Type: message/{report}",
        "",
        fields,
        "--r",
        f"Content-Type: {kind}",
        "",
        original,
        "--r--",
    )


def _lines(*lines: str) -> bytes:
    return "\r\n".join([*lines, ""]).encode()
