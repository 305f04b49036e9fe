"""A mailbox on an IMAP server, read without changing what is in it but one mark: read."""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT = 20.0
SECURITY = {"imap": "", "imap+tls": "starttls", "imaps": "tls"}


class Away(Exception):
    """The server does not answer, or refuses; the message says what it said."""


@dataclass(frozen=True, slots=True)
class Account:
    host: str
    port: int
    user: str
    password: str
    folder: str
    security: str  # "", "starttls" or "tls"
    timeout: float
    ca_file: str | None

    @classmethod
    def from_url(cls, url: str) -> "Account":
        """imaps://user:password@host:993/INBOX?timeout=20&ca_file=/etc/ssl/house.pem

        imaps:// is TLS from the first byte, imap+tls:// is STARTTLS, imap:// is plain; % and @ in user and
        password are encoded. Raises ValueError for what is none of these.
        """
        parts = urlsplit(url)
        if parts.scheme not in SECURITY or not (parts.hostname and parts.username and parts.password):
            raise ValueError("MAILBOX_URL reads imaps://user:password@host/folder")
        options = {name: values[0] for name, values in parse_qs(parts.query).items()}
        security = SECURITY[parts.scheme]
        return cls(
            host=parts.hostname,
            port=parts.port or (993 if security == "tls" else 143),
            user=unquote(parts.username),
            password=unquote(parts.password),
            folder=unquote(parts.path.strip("/")) or "INBOX",
            security=security,
            timeout=float(options.get("timeout", TIMEOUT)),
            ca_file=options.get("ca_file"),
        )

    @property
    def name(self) -> str:
        return f"{self.user}@{self.host}/{self.folder}"[:200]


class Folder:
    """An open folder: its mails by their numbers, in the order in which they came."""

    def __init__(self, server: imaplib.IMAP4, uid_validity: int) -> None:
        self.server, self.uid_validity = server, uid_validity

    def after(self, uid: int) -> list[int]:
        """The numbers above `uid`."""
        (found,) = self._asked("SEARCH", None, f"UID {uid + 1}:*")
        # n:* names the last mail even where it is below n.
        return sorted(number for number in map(int, (found or b"").split()) if number > uid)

    def read(self, uid: int, *, limit: int) -> bytes:
        """The mail's first `limit` bytes, without marking it as read; b"" where it is gone."""
        for item in self._asked("FETCH", str(uid), f"(BODY.PEEK[]<0.{limit}>)"):
            if isinstance(item, tuple):
                return bytes(item[1])
        return b""

    def mark(self, uid: int) -> None:
        """Read: nobody needs to look at it."""
        self._asked("STORE", str(uid), r"+FLAGS.SILENT (\Seen)")

    def unread(self) -> int:
        (found,) = self._asked("SEARCH", None, "UNSEEN")
        return len((found or b"").split())

    def _asked(self, command: str, *words: str | None) -> list:
        answer, data = self.server.uid(command, *words)  # type: ignore[arg-type]
        if answer != "OK":
            raise Away(f"{command}: {answer}")
        return data


@contextmanager
def opened(account: Account) -> Iterator[Folder]:
    """Raises Away, also for what happens within."""
    server: imaplib.IMAP4 | None = None
    try:
        server = _connect(account)
        answer, _data = server.select(_quoted(account.folder))
        if answer != "OK":
            raise Away(f"the folder {account.folder} cannot be opened")
        _code, validity = server.response("UIDVALIDITY")
        yield Folder(server, int(validity[0] or 0))
    except (imaplib.IMAP4.error, OSError) as error:
        raise Away(_told(error)) from error
    finally:
        if server is not None:
            with suppress(imaplib.IMAP4.error, OSError):  # they may be gone; so are we
                server.logout()


def _connect(account: Account) -> imaplib.IMAP4:
    trust = ssl.create_default_context(cafile=account.ca_file) if account.security else None
    server: imaplib.IMAP4
    if account.security == "tls":
        server = imaplib.IMAP4_SSL(account.host, account.port, ssl_context=trust, timeout=account.timeout)
    else:
        server = imaplib.IMAP4(account.host, account.port, timeout=account.timeout)
    try:
        if account.security == "starttls":
            server.starttls(trust)  # refused is an error: never in clear what was to be sealed
        server.login(account.user, account.password)
    except BaseException:
        with suppress(OSError):
            server.shutdown()
        raise
    return server


def _quoted(folder: str) -> str:
    escaped = re.sub(r'(["\\])', r"\\\1", folder)
    return f'"{escaped}"'


def _told(error: Exception) -> str:
    said = error.args[0] if error.args and isinstance(error.args[0], bytes) else str(error).encode()
    return f"{type(error).__name__}: {said.decode('utf-8', 'replace')}"[:300]
