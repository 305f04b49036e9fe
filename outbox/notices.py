"""What a mail to the mailbox says of a mail of ours: not delivered (RFC 3464), complained of (RFC 5965), or
answered by a calendar (RFC 5546).

Written by strangers, and by machines of every age: what does not follow these standards is not guessed at.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, message_from_string
from email.message import Message as Part
from email.utils import getaddresses
from urllib.parse import unquote

from icalendar import Calendar

from outbox.models import Partstat, ReturnKind

# As queue.new_message_id gives them.
MESSAGE_ID = re.compile(r"<[0-9a-f]{32}@[^<>\s@]{1,80}>")
STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
ORIGINALS = {"message/rfc822", "message/global"}
HEADERS_ALONE = {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}
DELIVERY = {"message/delivery-status", "message/global-delivery-status"}
COMPLAINTS = {"abuse", "fraud", "opt-out"}  # « not-spam » and « auth-failure » are none
CALENDAR_SIZE = 100_000
MOST_OFTEN = 2**31
MOST_PARTS = 50
MOST_NAMED = 20
TAGGED_IN = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")


class NotUnderstood(Exception):
    """It says nothing of a mail of ours, or not as the standards have it: for a person to read."""


@dataclass(frozen=True, slots=True)
class CalendarReply:
    uid: str
    attendee: str  # in small letters; believed only where the mail or the address it went to is ours
    sequence: int | None
    went_to: tuple[str, ...]  # addresses


@dataclass(frozen=True, slots=True)
class Notice:
    kind: ReturnKind
    digest: str  # of the notice itself: the same one is the same again
    about: tuple[str, ...]  # Message-IDs that may be of our mail
    code: str = ""
    partstat: str = ""
    reply: CalendarReply | None = field(default=None)


def read(raw: bytes) -> Notice:
    """What this mail says. Raises NotUnderstood, also for what no parser takes."""
    try:
        mail = message_from_bytes(raw)
        kind = mail.get_content_type()
        report = str(mail.get_param("report-type", "")).lower()
        if kind == "multipart/report" and report == "delivery-status":
            return _delivery(mail, raw)
        if kind == "multipart/report" and report == "feedback-report":
            return _complaint(mail, raw)
        return _calendar_reply(mail, raw)
    except NotUnderstood:
        raise
    # Whatever a stranger wrote: the parsers raise nearly everything, RecursionError as well.
    except Exception as error:
        raise NotUnderstood(type(error).__name__) from error


def _delivery(mail: Part, raw: bytes) -> Notice:
    """The gravest that it says of a recipient: our mails have one."""
    found = [block for part in _children(mail, DELIVERY) for block in _blocks(part) if block.get("Action")]
    failures = sorted(filter(None, map(_failure, found)))
    if not failures:
        raise NotUnderstood("no failure in it")
    kind, code = failures[0]
    return Notice(kind, _digest(mail, raw), _original(mail) or _answered(mail), code=code)


def _failure(block: Part) -> tuple[ReturnKind, str] | None:
    status = STATUS.search(str(block.get("Status", "")))
    action = str(block.get("Action", "")).strip().lower()
    if not status or status[1].startswith("2"):
        return None
    if action == "failed" and status[1].startswith("5"):
        return ReturnKind.PERMANENT, status[1]  # sorts before TRANSIENT
    return (ReturnKind.TRANSIENT, status[1]) if action in ("failed", "delayed") else None


def _complaint(mail: Part, raw: bytes) -> Notice:
    said = [block for part in _children(mail, {"message/feedback-report"}) for block in _blocks(part)]
    if not any(str(block.get("Feedback-Type", "")).strip().lower() in COMPLAINTS for block in said):
        raise NotUnderstood("no complaint")
    return Notice(ReturnKind.COMPLAINT, _digest(mail, raw), _original(mail))


def _calendar_reply(mail: Part, raw: bytes) -> Notice:
    for part in _parts(mail):
        if part.get_content_type() in ("text/calendar", "application/ics"):
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and len(content) <= CALENDAR_SIZE:
                return _answer(mail, raw, Calendar.from_ical(content.decode("utf-8", "replace")))
    raise NotUnderstood("neither a report nor a calendar")


def _answer(mail: Part, raw: bytes, calendar: Calendar) -> Notice:
    events = calendar.walk("VEVENT")
    if str(calendar.get("METHOD", "")).upper() != "REPLY" or len(events) != 1:
        raise NotUnderstood("no reply")
    (event,) = events
    attendee = event["ATTENDEE"]  # a list, where there are several, has no params
    partstat = str(attendee.params.get("PARTSTAT", "")).lower()
    if partstat not in Partstat.values:
        raise NotUnderstood("no answer we know")
    headers = [str(value) for name in TAGGED_IN for value in mail.get_all(name, [])]
    uid, sequence = str(event["UID"]), int(event.get("SEQUENCE", 0))
    if "\x00" in uid or not 0 <= sequence < MOST_OFTEN:
        raise NotUnderstood("no entry of ours")
    went_to = [address for _name, address in getaddresses(headers)] + [_address(event.get("ORGANIZER", ""))]
    return Notice(
        ReturnKind.REPLY,
        _digest(mail, raw),
        _answered(mail),
        partstat=partstat,
        reply=CalendarReply(
            uid=uid,
            attendee=_address(attendee),
            sequence=sequence if "SEQUENCE" in event else None,
            went_to=tuple(filter(None, went_to)),
        ),
    )


def _address(uri: object) -> str:
    found = re.fullmatch(r"(?i)mailto:(.+)", str(uri).strip())
    return unquote(found[1]).lower() if found else ""


def _children(mail: Part, kinds: set[str]) -> list[Part]:
    """The parts of a report itself, never those of a mail within it."""
    payload = mail.get_payload()
    if not isinstance(payload, list):
        return []
    return [
        part for part in payload[:MOST_PARTS] if isinstance(part, Part) and part.get_content_type() in kinds
    ]


def _parts(mail: Part) -> Iterator[Part]:
    """Every part of a mail, those of mails within it left out."""
    if mail.get_content_maintype() == "multipart":
        payload = mail.get_payload()
        for part in payload[:MOST_PARTS] if isinstance(payload, list) else []:
            if isinstance(part, Part):
                yield from _parts(part)
    elif mail.get_content_maintype() != "message":
        yield mail


def _blocks(part: Part) -> Iterator[Part]:
    """Groups of fields, as delivery reports have them: also those the parser took for a body."""
    payload = part.get_payload()
    for block in payload[:MOST_PARTS] if isinstance(payload, list) else []:
        if isinstance(block, Part):
            yield block
            rest = block.get_payload()
            if isinstance(rest, str) and rest.strip():
                yield message_from_string(rest.lstrip())


def _original(mail: Part) -> tuple[str, ...]:
    """The Message-ID of the mail a report brings back, whole or its headers alone."""
    for part in _children(mail, ORIGINALS | HEADERS_ALONE):
        payload = part.get_payload()
        if isinstance(payload, list) and payload and isinstance(payload[0], Part):
            headers = payload[0]
        else:
            content = part.get_payload(decode=True)
            headers = message_from_bytes(content if isinstance(content, bytes) else b"")
        if found := MESSAGE_ID.findall(str(headers.get("Message-ID", ""))):
            return tuple(found[:1])
    return ()


def _answered(mail: Part) -> tuple[str, ...]:
    """Those of our Message-IDs that a mail says it answers."""
    said = " ".join(str(mail.get(name, "")) for name in ("In-Reply-To", "References"))
    return tuple(dict.fromkeys(MESSAGE_ID.findall(said)[-MOST_NAMED:]))


def _digest(mail: Part, raw: bytes) -> str:
    own = str(mail.get("Message-ID", "")).strip()
    return hashlib.sha256(own.encode("utf-8", "replace") if own else raw).hexdigest()
