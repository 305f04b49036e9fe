"""A message as it goes over the wire: headers, plain text, HTML and calendar in one `alternative`.

Written out by hand: the shape is always the same, the standard library's newer way loses spaces
between long Arabic words of a subject, and costs three times as much as all the rest of a delivery.
"""

import base64
import binascii
import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache

from django.conf import settings
from django.utils import translation
from django.utils.encoding import punycode
from django.utils.translation import gettext as _

from outbox import calendar_replies
from outbox.models import Message

LINE_LIMIT = 998  # RFC 5322, without the line's end
WORD_LINE = 75  # RFC 2047, for lines with encoded words
# What a word processor pastes for a new line: the standard library would drop all that comes after it.
UNSEEN = re.compile("[\x01-\x1f\x7f-\x9f\u2028\u2029]+")
UNSUBSCRIBE_HEADERS = ("List-Unsubscribe", "List-Unsubscribe-Post")
ADDRESS = re.compile(r"[^\s\x00-\x1f\x7f<>()\[\],;:\\\"@]+@[^\s\x00-\x1f\x7f<>()\[\],;:\\\"@]+")
PLAIN_URL = re.compile(r"https?://[\x21-\x3b\x3d\x3f-\x7e]+")


def build(message: Message, *, now: datetime) -> bytes:
    """The whole mail, 7 bit, CRLF at the end of each line.

    Raises ValueError where a header's value holds a line break or an address is more than one:
    never a header or a recipient more.
    """
    boundary = f"=_{secrets.token_hex(16)}"  # "=_" stands in no encoded part
    lines = [_header(name, value) for name, value in _headers(message, now=now)]
    lines += [f'Content-Type: multipart/alternative; boundary="{boundary}"', "MIME-Version: 1.0", ""]
    for kind, encoding, body in _parts(message):
        lines += [
            f"--{boundary}",
            f"Content-Type: {kind}",
            f"Content-Transfer-Encoding: {encoding}",
            "",
            body,
        ]
    lines += [f"--{boundary}--", ""]
    return "\r\n".join(lines).encode("ascii")


def sender() -> tuple[str, str]:
    """Name (may be empty) and address the portal writes from."""
    return _sender(settings.DEFAULT_FROM_EMAIL)


def return_path() -> str:
    """The address on the envelope, which servers tell what they could not deliver."""
    return settings.RETURN_PATH or calendar_replies.mailbox() or sender()[1]


@lru_cache(maxsize=4)
def _sender(written: str) -> tuple[str, str]:
    return parseaddr(written)


def envelope_address(address: str) -> str:
    """One address, as servers without SMTPUTF8 take it: a domain in letters of its own in IDNA."""
    if not ADDRESS.fullmatch(address):
        raise ValueError("Not one plain address")
    user, _at, domain = address.rpartition("@")
    return f"{user}@{_domain(domain)}"


_domain = lru_cache(maxsize=1024)(punycode)  # thousands of addresses share a few domains


def method_of(calendar: str) -> str:
    """The METHOD a calendar text states, "" where it states none or several."""
    found = re.findall(r"^METHOD:([A-Z]+)\r?$", calendar, re.MULTILINE)
    return found[0] if len(found) == 1 else ""


def unsubscribe_headers(url: str) -> dict[str, str]:
    """RFC 8058, for campaigns; {} without an address. Raises ValueError unless it fits on a line."""
    if not url:
        return {}
    if not PLAIN_URL.fullmatch(url) or len(url) > LINE_LIMIT - len("List-Unsubscribe: <>"):
        raise ValueError("An unsubscription address is a plain http(s) URL that fits on one line")
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _headers(message: Message, *, now: datetime) -> Iterator[tuple[str, str]]:
    yield "From", _from(settings.DEFAULT_FROM_EMAIL, message.language)
    yield "To", envelope_address(message.recipient)
    yield "Subject", _words(message.headline, header="Subject")
    yield "Date", format_datetime(now)
    yield "Message-ID", message.message_id
    if message.reply_to:
        yield "Reply-To", envelope_address(message.reply_to)
    yield "Content-Language", message.language
    # RFC 3834, and the word Exchange listens to: no « absent du bureau » in return.
    yield "Auto-Submitted", "auto-generated"
    yield "X-Auto-Response-Suppress", "OOF, AutoReply"
    for name in UNSUBSCRIBE_HEADERS:
        if name in message.headers:
            yield name, message.headers[name]


def _header(name: str, value: str) -> str:
    # A folded value goes on after a blank; any other line break would begin a header.
    if re.search(r"[\r\n](?!\n? )", value) or "\x00" in value:
        raise ValueError(f"A line break in {name}")
    return f"{name}: {value}"


@lru_cache(maxsize=16)
def _from(written: str, language: str) -> str:
    name, address = _sender(written)
    if not name:
        with translation.override(language):
            name = _("Office National Marocain du Tourisme")
    if name.isascii():
        return formataddr((name, envelope_address(address)))
    return f"{_words(name, header='From')} <{envelope_address(address)}>"


@lru_cache(maxsize=256)  # what goes to many has one subject in each language
def _words(text: str, *, header: str) -> str:
    """`text` in any script, on as many lines as it needs. Raises ValueError for a line break."""
    if re.search(r"[\r\n\x00]", text):
        raise ValueError(f"A line break in {header}")
    text = UNSEEN.sub(" ", text)
    if text.isascii():
        return text
    return Header(text, "utf-8", maxlinelen=WORD_LINE, header_name=header).encode(linesep="\r\n")


def _parts(message: Message) -> Iterator[tuple[str, str, str]]:
    """Type, encoding and encoded body of each part."""
    yield "text/plain; charset=utf-8", *_encoded(message.text)
    yield "text/html; charset=utf-8", *_encoded(message.html)
    if message.calendar:
        # RFC 6047: the parameter says what METHOD says; `queue.Calendar` saw to it.
        kind = f"text/calendar; charset=utf-8; method={message.calendar_method}"
        yield kind, "base64", _base64(_lines(message.calendar))


def _encoded(text: str) -> tuple[str, str]:
    """The shorter of quoted-printable (Latin letters) and base64 (Arabic)."""
    lines = _lines(text)
    accents = 2 * (len(text.encode()) - len(text))  # their bytes, each of which takes three letters
    if accents * 6 > len(lines):
        return "base64", _base64(lines)
    return "quoted-printable", binascii.b2a_qp(lines, istext=True).decode("ascii")


def _lines(text: str) -> bytes:
    """UTF-8 with CRLF at the end of each line, the last one too."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    whole = lines if lines.endswith("\n") else lines + "\n"
    return whole.replace("\n", "\r\n").encode()


def _base64(lines: bytes) -> str:
    return base64.encodebytes(lines).decode("ascii").rstrip("\n").replace("\n", "\r\n")
