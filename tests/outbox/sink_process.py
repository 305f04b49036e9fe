"""A mail server in a process of its own, for tests that break everything else: it counts what it took,
and misbehaves on demand. Run as a program it takes orders as lines of JSON and answers each with one.

`Sink` below is what a test holds.
"""

import asyncio
import json
import socket
import subprocess
import sys
from collections import Counter
from email import message_from_bytes, policy
from typing import Any, NamedTuple

OK = "250 OK"
LIMIT = 2**16  # bytes that are read of a mail at once


class Taken(NamedTuple):
    """A mail the server answered 250 for: its id, to whom, and the key of its message (its subject)."""

    message_id: str
    to: str
    key: str


class Sink:
    """The server as its test sees it. Stages: GREETING, MAIL, RCPT, DATA (at this word), END (after the
    final dot)."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.port = self._answer()

    def ask(self, order: str, **how: Any) -> Any:
        self.process.stdin.write(json.dumps({"order": order, **how}) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        return json.loads(self.process.stdout.readline())

    def hold(self, stage: str, *, after: int = 0) -> None:
        """Whoever comes to this stage, the first `after` left aside, waits until `release`."""
        self.ask("hold", stage=stage, after=after)

    def held(self) -> int:
        """How many wait."""
        return self.ask("held")

    def release(self, *, forget: bool = False) -> None:
        """Let them go on; `forget`: hang up instead, as on somebody who died."""
        self.ask("release", forget=forget)

    def answers(self, stage: str, recipient: str, *said: str | None) -> None:
        """What this recipient's mail is told at this stage, in this order, before it is taken; None: they
        hang up. BODY instead of a stage: they hang up in the middle of the mail."""
        self.ask("answers", stage=stage, recipient=recipient, said=said)

    def slow(self, seconds: float) -> None:
        """Wait so long before the answer to each mail."""
        self.ask("slow", seconds=seconds)

    def down(self) -> None:
        """Nobody listens, and who talked is cut off."""
        self.ask("down")

    def up(self) -> None:
        self.ask("up")

    def starttls(self, answer: str) -> None:
        """Offer TLS and answer so to whoever wants it; "" offers none."""
        self.ask("starttls", answer=answer)

    def taken(self) -> list[Taken]:
        return [Taken(*row) for row in self.ask("taken")]

    def count(self) -> Counter[str]:
        return Counter(mail.message_id for mail in self.taken())

    def afresh(self) -> None:
        """As just started; nobody waits any more."""
        self.ask("afresh")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}/?timeout=20"


class House:
    """The server's side."""

    port = 0
    server: asyncio.Server | None = None

    def __init__(self) -> None:
        self.talking: set[asyncio.StreamWriter] = set()
        self.afresh()

    def afresh(self) -> None:
        self.taken_mails: list[Taken] = []
        self.said: dict[tuple[str, str], list[str | None]] = {}
        self.stage, self.after, self.waiting = "", 0, 0
        self.go, self.forgotten = asyncio.Event(), False
        self.seconds, self.tls = 0.0, ""

    async def obey(self, order: str, **how: Any) -> Any:
        match order:
            case "hold":
                self.stage, self.after, self.waiting = how["stage"], how["after"], 0
                self.go, self.forgotten = asyncio.Event(), False
            case "held":
                return self.waiting
            case "release" | "afresh":
                self.stage, self.forgotten = "", how.get("forget", False)
                self.go.set()
                if order == "afresh":
                    await asyncio.sleep(0)
                    self.afresh()
            case "answers":
                self.said[how["stage"], how["recipient"]] = list(how["said"])
            case "slow":
                self.seconds = how["seconds"]
            case "down":
                self.server.close()
                for writer in list(self.talking):
                    writer.transport.abort()
            case "up":
                await self.listen()
            case "starttls":
                self.tls = how["answer"]
            case "taken":
                return self.taken_mails
        return True

    async def listen(self) -> None:
        listening = socket.create_server(("127.0.0.1", self.port))
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, LIMIT)
        self.server = await asyncio.start_server(self.talk, sock=listening, limit=LIMIT)
        self.port = listening.getsockname()[1]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.talking.add(writer)
        try:
            await self.converse(reader, writer)
        except (OSError, asyncio.IncompleteReadError, HangUp):
            writer.transport.abort()
        finally:
            self.talking.discard(writer)

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sender = recipient = ""
        await self.answer("GREETING", "")
        writer.write(b"220 sink.invalid\r\n")
        while line := (await reader.readline()).decode():
            word = line[:4].upper()
            if word == "EHLO":
                offered = ["sink.invalid", *(["STARTTLS"] if self.tls else []), "PIPELINING", "8BITMIME"]
                said = "\r\n".join([*(f"250-{one}" for one in offered[:-1]), f"250 {offered[-1]}"])
            elif word == "RCPT":
                wanted = line.partition("<")[2].partition(">")[0]
                said = await self.answer("RCPT", wanted) if sender else "503 who writes?"
                recipient = wanted if said == OK else ""
            elif word == "DATA":
                said = await self.mail(recipient, reader, writer)
            elif word == "STAR":
                said = self.tls
            elif word == "MAIL":
                said = await self.answer("MAIL", "")
                sender = line if said == OK else ""
            else:
                said = OK
            writer.write(f"{said}\r\n".encode())
            if word == "QUIT" or said.startswith("421"):
                await writer.drain()
                raise HangUp

    async def mail(self, recipient: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        if not recipient:
            return "503 whom for?"
        if (said := await self.answer("DATA", recipient)) != OK:
            return said
        writer.write(b"354 go on\r\n")
        content = bytearray()
        while not content.endswith(b"\r\n.\r\n"):
            if not (more := await reader.read(LIMIT)) or self.said.pop(("BODY", recipient), None):
                raise HangUp
            content += more
        await asyncio.sleep(self.seconds)
        if (said := await self.answer("END", recipient)) == OK:
            mail = message_from_bytes(bytes(content), policy=policy.SMTP)
            self.taken_mails.append(Taken(mail["Message-ID"], recipient, mail["Subject"]))
        return said

    async def answer(self, stage: str, recipient: str) -> str:
        if stage == self.stage:
            self.after -= 1
            if self.after < 0:
                self.waiting += 1
                await self.go.wait()
                if self.forgotten:
                    raise HangUp
        left = self.said.get((stage, recipient))
        said = left.pop(0) if left else OK
        if said is None:
            raise HangUp
        return said


class HangUp(Exception):
    """Without a word."""


async def main() -> None:
    house = House()
    await house.listen()
    orders = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    print(house.port, flush=True)
    while line := await orders.readline():
        print(json.dumps(await house.obey(**json.loads(line))), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
