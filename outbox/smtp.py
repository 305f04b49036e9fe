"""Handing a mail to a server, and knowing how far that got.

A mail is theirs once they answer 250 to its end. Before the final dot has left us nothing can
have been taken, so a failure may be tried again; after it, silence proves nothing.
"""

import smtplib
import ssl
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import environ
from django.core.mail.utils import DNS_NAME

from outbox.courier import Answer, Mail, Talk, Verdict

Reply = tuple[int, bytes]

TIMEOUT = 30.0
ANSWER_LENGTH = 500
MAILS_PER_CONNECTION = 100
# django-environ reads smtps as STARTTLS; for everybody else it is TLS from the first byte.
SECURITY = {"smtp": "", "smtp+tls": "starttls", "smtps": "tls", "smtp+ssl": "tls"}
CLOSING = 421
MAILBOX_FULL = 552  # at RCPT: RFC 5321 (4.5.3.1.10) has it read as 452
# What speaks of us, not of the mail: authentication wanted, too weak, refused.
ABOUT_US = {530, 534, 535, 538}


@dataclass(frozen=True, slots=True)
class Server:
    host: str
    port: int
    user: str
    password: str
    security: str  # "", "starttls" or "tls"
    timeout: float
    ca_file: str | None

    @classmethod
    def from_url(cls, url: str) -> "Server":
        """smtp://user:password@host:port/?timeout=20&ca_file=/etc/ssl/house.pem

        smtp+tls:// is STARTTLS; smtps:// and smtp+ssl:// are TLS from the first byte.
        `ca_file`: the authority to trust instead of the system's, for a server inside the house.
        """
        read = environ.Env.email_url_config(url)
        options = read.get("OPTIONS", {})
        security = SECURITY[url.partition(":")[0]]
        return cls(
            host=read["EMAIL_HOST"] or "localhost",
            port=read["EMAIL_PORT"] or {"tls": 465, "starttls": 587, "": 25}[security],
            user=read["EMAIL_HOST_USER"] or "",
            password=read["EMAIL_HOST_PASSWORD"] or "",
            security=security,
            timeout=float(options.get("TIMEOUT", TIMEOUT)),
            ca_file=options.get("CA_FILE"),
        )


class StagedSMTP(smtplib.SMTP):
    """Plain or by STARTTLS; remembers whether the final dot has left while its answer has not come."""

    all_sent = False

    def converse(self, mail: Mail) -> Generator[None, None, Reply]:
        """The last answer to a mail: the one to its end, or the first that refuses it.

        Pauses before each answer. Raises SMTPException, OSError.
        """
        size = f" size={len(mail.content)}" if self.has_extn("size") else ""
        words = [f"mail FROM:<{mail.sender}>{size}", f"rcpt TO:<{mail.recipient}>", "data"]
        refusal = yield from (self._in_one_flight if self.has_extn("pipelining") else self._in_turn)(words)
        if refusal:
            if refusal[0] < 400:
                raise smtplib.SMTPDataError(*refusal)  # whatever it means here, nothing was taken
            return refusal
        dotted = mail.content.replace(b"\n.", b"\n..")
        if dotted.startswith(b"."):
            dotted = b"." + dotted
        # Raises unless every byte has left: without the last one no server has a whole mail.
        self.send(dotted + (b".\r\n" if dotted.endswith(b"\r\n") else b"\r\n.\r\n"))
        self.all_sent = True
        yield
        reply = self.getreply()
        if reply[0] // 100 not in (2, 4, 5):
            raise smtplib.SMTPDataError(*reply)  # no answer a server may give
        self.all_sent = False
        return reply

    def _in_turn(self, words: list[str]) -> Generator[None, None, Reply | None]:
        """Each word once the one before was answered; None when they wait for the mail, else their no."""
        for word in words:
            self.putcmd(word)
            yield
            if no := self._refused(word):
                return no
        return None

    def _in_one_flight(self, words: list[str]) -> Generator[None, None, Reply | None]:
        """The same with all words at once (RFC 2920): their first no."""
        self.send("".join(f"{word}\r\n" for word in words))
        yield
        refusal = latest = None
        for word in words:
            try:
                latest = self._refused(word)
            except (smtplib.SMTPException, OSError):
                if refusal is None:
                    raise
                return refusal  # they said no and hung up
            refusal = refusal or latest
        if refusal and not latest:
            # They wait for a mail to nobody: an empty one.
            self.send(b".\r\n")
            self.getreply()
        return refusal

    def _refused(self, word: str) -> Reply | None:
        code, text = self.getreply()
        if code == 354 if word == "data" else code // 100 == 2:
            return None
        return (452 if code == MAILBOX_FULL and word.startswith("rcpt") else code), text


class StagedTlsSMTP(StagedSMTP, smtplib.SMTP_SSL):
    """TLS from the first byte."""


class SmtpCourier:
    def __init__(self, server: Server) -> None:
        self.server = server
        self.smtp: StagedSMTP | None = None
        self.handed_over = 0

    def open(self) -> Answer | None:
        if self.handed_over >= MAILS_PER_CONNECTION:
            self.close()
        if self.smtp is not None:
            return None
        try:
            self.smtp = self._connect()
        except (smtplib.SMTPException, OSError) as error:
            return Answer(Verdict.LATER, _told(error))
        self.handed_over = 0
        return None

    def talk(self, mail: Mail) -> Talk:
        kept = self.handed_over > 0
        answer = yield from self._try(mail)
        if kept and self.smtp is None and answer.verdict is Verdict.LATER and self.open() is None:
            # They had closed a connection kept open: this said nothing about this mail.
            answer = yield from self._try(mail)
        return answer

    def close(self) -> None:
        if self.smtp is None:
            return
        with suppress(smtplib.SMTPException, OSError):  # they may be gone; so are we
            self.smtp.quit()
        self.smtp.close()
        self.smtp = None

    def _connect(self) -> StagedSMTP:
        server = self.server
        trust = ssl.create_default_context(cafile=server.ca_file) if server.security else None
        where: dict[str, Any] = {
            "host": server.host,
            "port": server.port,
            "local_hostname": str(DNS_NAME),
            "timeout": server.timeout,
        }
        tls = server.security == "tls"
        smtp = StagedTlsSMTP(**where, context=trust) if tls else StagedSMTP(**where)
        try:
            smtp.ehlo_or_helo_if_needed()
            if server.security == "starttls":
                # Refused or not offered is an error: never in clear what was to be sealed.
                smtp.starttls(context=trust)
                smtp.ehlo()
            if server.user:
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _try(self, mail: Mail) -> Talk:
        smtp = self.smtp
        if smtp is None:
            return Answer(Verdict.LATER, "not connected")
        self.handed_over += 1
        try:
            code, text = yield from smtp.converse(mail)
        except (smtplib.SMTPException, OSError) as error:
            verdict = Verdict.UNKNOWN if smtp.all_sent else Verdict.LATER
            smtp.close()
            self.smtp = None
            return Answer(verdict, _told(error))
        if code == CLOSING:
            self.close()
        elif code >= 400:
            self._forget()
        return Answer(_verdict(code), _readable(code, text))

    def _forget(self) -> None:
        """The next mail begins afresh on this connection, or on another."""
        try:
            if self.smtp is not None:
                self.smtp.rset()
        except (smtplib.SMTPException, OSError):
            self.close()


def _verdict(code: int) -> Verdict:
    if code // 100 == 2:
        return Verdict.ACCEPTED
    return Verdict.NEVER if code // 100 == 5 and code not in ABOUT_US else Verdict.LATER


def _told(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _readable(error.smtp_code, error.smtp_error)
    return f"{type(error).__name__}: {error}"[:ANSWER_LENGTH]


def _readable(code: int, text: bytes | str) -> str:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(said.split())}"[:ANSWER_LENGTH]
