"""A message as it goes over the wire: headers, plain text, HTML and calendar in one `alternative`."""

import re
from datetime import datetime
from email.header import Header
from email.headerregistry import (
    Address,
    BaseHeader,
    HeaderRegistry,
    UniqueSingleAddressHeader,
    UnstructuredHeader,
)
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr

from django.conf import settings
from django.utils import translation
from django.utils.encoding import punycode
from django.utils.translation import gettext as _

from outbox.models import Message

LINE_LIMIT = 998  # RFC 5322, without the line's end
UNSUBSCRIBE_HEADERS = {"List-Unsubscribe", "List-Unsubscribe-Post"}
PLAIN_URL = re.compile(r"https?://[\x21-\x3b\x3d\x3f-\x7e]+")


class Unfolded(UnstructuredHeader, BaseHeader):
    """A header that stays on its line: folding would turn a long address into an encoded word."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class Worded(UnstructuredHeader, BaseHeader):
    """Words in any script."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {_words(str(self), header=self.name)}{policy.linesep}"


class OneSender(UniqueSingleAddressHeader, BaseHeader):  # type: ignore[misc]
    """A name in any script and an address."""

    def fold(self, *, policy: Policy) -> str:
        (address,) = self.addresses
        if address.display_name.isascii():
            return str(super().fold(policy=policy))
        words = _words(address.display_name, header=self.name)
        return f"{self.name}: {words} <{address.addr_spec}>{policy.linesep}"


def _words(text: str, *, header: str) -> str:
    # Not the newer way of folding: it loses spaces between long words that are not ASCII.
    if text.isascii():
        return text
    return Header(text, "utf-8", maxlinelen=75, header_name=header).encode(linesep="\r\n")


def _policy() -> Policy:
    registry = HeaderRegistry()
    registry.map_to_type("list-unsubscribe", Unfolded)
    registry.map_to_type("subject", Worded)
    registry.map_to_type("from", OneSender)
    # 7bit: a server without 8BITMIME must not change a byte of what we wrote.
    return SMTP.clone(header_factory=registry, cte_type="7bit")


POLICY = _policy()


def build(message: Message, *, now: datetime) -> bytes:
    """The whole mail, CRLF at the end of each line.

    A header value with a line break in it is an error, never a header more.
    """
    mail = EmailMessage(policy=POLICY)
    name, address = sender()
    with translation.override(message.language):
        mail["From"] = Address(name or _("Office National Marocain du Tourisme"), addr_spec=address)
    mail["To"] = Address(addr_spec=envelope_address(message.recipient))
    mail["Subject"] = message.headline
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message.message_id
    if message.reply_to:
        mail["Reply-To"] = Address(addr_spec=envelope_address(message.reply_to))
    # RFC 3834, and the word Exchange listens to: no « absent du bureau » in return.
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    for header in UNSUBSCRIBE_HEADERS & message.headers.keys():
        mail[header] = message.headers[header]
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    if message.calendar:
        mail.add_alternative(
            message.calendar, subtype="calendar", cte="base64", params={"method": message.calendar_method}
        )
    mail["Content-Language"] = message.language  # last: parts take such headers along
    return mail.as_bytes()


def sender() -> tuple[str, str]:
    """Name (may be empty) and address the portal writes from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)


def envelope_address(address: str) -> str:
    """The address as servers without SMTPUTF8 take it: a domain in letters of its own in IDNA."""
    user, _at, domain = address.rpartition("@")
    return f"{user}@{punycode(domain)}"


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
