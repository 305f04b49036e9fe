"""A mail server in a process of its own: takes everything at once, keeps nothing, counts."""

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

# What a Postfix in the same house offers.
OFFERED = b"250-bench\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n250 8BITMIME\r\n"
ANSWERS = {b"EHLO": OFFERED, b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}
END = b"\r\n.\r\n"


class Conversation(asyncio.Protocol):
    taken: Any  # how many mails, shared with whoever started us

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.rest, self.in_mail = transport, b"", False
        transport.write(b"220 bench\r\n")

    def data_received(self, data: bytes) -> None:
        self.rest += data
        said = b""
        while True:
            line, found, rest = self.rest.partition(END if self.in_mail else b"\r\n")
            if not found:
                break
            self.rest = rest
            if self.in_mail:
                self.in_mail = False
                self.taken.value += 1
                said += b"250 OK\r\n"
            else:
                word = line[:4].upper()
                self.in_mail = word == b"DATA"
                said += ANSWERS.get(word, b"250 OK\r\n")
        if said:
            self.transport.write(said)


@dataclass(frozen=True)
class Sink:
    port: int
    pid: int
    taken: Any

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


@contextmanager
def up() -> Iterator[Sink]:
    told, tell = multiprocessing.Pipe()
    spawn = multiprocessing.get_context("spawn")
    taken = spawn.Value("q", 0)
    process = spawn.Process(target=serve, args=[tell, taken], daemon=True)
    process.start()
    try:
        yield Sink(told.recv(), process.pid or 0, taken)
    finally:
        process.terminate()
        process.join()


def serve(tell: Connection, taken: Any) -> None:
    Conversation.taken = taken

    async def forever() -> None:
        server = await asyncio.get_running_loop().create_server(Conversation, "127.0.0.1", 0)
        tell.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(forever())
