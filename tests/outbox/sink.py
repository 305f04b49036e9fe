"""A mail server to test against: it counts what it accepted, and misbehaves on demand."""

import asyncio
import threading
from collections import Counter
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 OK"


class Hold:
    """A moment at which the sink keeps its client waiting until let go."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.let_go = threading.Event()
        self.forgotten = False

    async def wait(self) -> bool:
        """False when there is nobody left to answer."""
        self.reached.set()
        while not self.let_go.is_set():
            await asyncio.sleep(0.01)
        return not self.forgotten


class Sink:
    """`answers[stage]` are given in order, then 250. An answer may be None: hang up there.

    Stages: "MAIL", "RCPT", "DATA" (at this word, before the mail itself), "BODY" (hang up in the
    middle of it, whatever is given), "END" (after it).
    A recipient of `refuses` is always answered so. `holds[stage]` makes the client wait before
    the answer. `accepted` holds what was answered 250 at the end; `arrived` what came to its end.
    """

    def __init__(self, *, pipelining: bool = True, **options: Any) -> None:
        self.pipelining = pipelining
        self.answers: dict[str, list[str | None]] = {}
        self.refuses: dict[str, str] = {}
        self.holds: dict[str, Hold] = {}
        self.accepted: list[EmailMessage] = []
        self.arrived: list[EmailMessage] = []
        self.connections = 0
        self.port = 0
        self.options = options  # of aiosmtpd's SMTP
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> "Sink":
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            self._loop.create_server(self._speaker, "127.0.0.1", self.port), self._loop
        ).result()
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def stop(self) -> None:
        self.release()
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _speaker(self) -> SMTP:
        return Speaker(self, hostname="sink.invalid", loop=self._loop, **self.options)

    async def answer(self, stage: str, server: SMTP) -> str:
        answer: str | None = None
        if not (hold := self.holds.get(stage)) or await hold.wait():
            answer = self.answers[stage].pop(0) if self.answers.get(stage) else OK
        if answer is None:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            await asyncio.sleep(3600)  # cancelled when the connection is seen to be lost
        return answer or ""

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        if self.pipelining:
            responses.insert(1, "250-PIPELINING")
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if (answer := await self.answer("MAIL", server)) == OK:
            envelope.mail_from = address
        return answer

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.refuses.get(address) or await self.answer("RCPT", server)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        mail = message_from_bytes(content if isinstance(content, bytes) else b"", policy=policy.SMTP)
        self.arrived.append(mail)
        if (answer := await self.answer("END", server)) == OK:
            self.accepted.append(mail)
        return answer

    def hold(self, stage: str) -> Hold:
        self.holds[stage] = Hold()
        return self.holds[stage]

    def release(self) -> None:
        for hold in self.holds.values():
            hold.let_go.set()
        self.holds.clear()

    def forget(self) -> None:
        """Whoever was held is dead: nothing of theirs is accepted, however late their connection is
        seen to be lost."""
        for hold in self.holds.values():
            hold.forgotten = True
        self.release()

    def count(self, header: str = "Message-ID") -> Counter[str]:
        """The accepted mails as a multiset of one header."""
        return Counter(mail[header] for mail in self.accepted)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}/?timeout=5"


class Speaker(SMTP):
    """aiosmtpd has no hook at the word DATA, before the mail itself."""

    async def smtp_DATA(self, arg: str) -> None:
        answer = OK
        if self.envelope is not None and self.envelope.rcpt_tos:
            answer = await self.event_handler.answer("DATA", self)
        if answer != OK:
            await self.push(answer)
        elif self.event_handler.answers.pop("BODY", None):
            await self.push("354 go on")
            cast(asyncio.Transport, self.transport).abort()
        else:
            await super().smtp_DATA(arg)
