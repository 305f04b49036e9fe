"""How fast mail leaves, against a bare smtplib loop that hands the same mails to the same server.

The loop knows nothing: no database, no claim, no doubt. PostgreSQL writes every commit to disk
here, as it does in earnest. `python -m bench.mail [MAILS]`.
"""

import asyncio
import multiprocessing
import os
import smtplib
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from onmt_tour import embedded

MAILS = 2000
STATE = Path(__file__).resolve().parent.parent / "var" / "bench-services"


class Server(asyncio.Protocol):
    """A mail server that takes everything at once and keeps nothing."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.rest, self.in_mail = transport, b"", False
        transport.write(b"220 bench\r\n")

    def data_received(self, data: bytes) -> None:
        self.rest += data
        while True:
            end = b"\r\n.\r\n" if self.in_mail else b"\r\n"
            line, found, rest = self.rest.partition(end)
            if not found:
                return
            self.rest = rest
            self.in_mail = not self.in_mail and line.upper() == b"DATA"
            answer = b"354 go on" if self.in_mail else b"221 bye" if line.upper() == b"QUIT" else b"250 OK"
            self.transport.write(answer + b"\r\n")


def serve(tell: Connection) -> None:
    async def forever() -> None:
        server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
        tell.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(forever())


@contextmanager
def mail_server() -> Iterator[int]:
    """The port of a server in a process of its own."""
    told, tell = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=[tell], daemon=True)
    process.start()
    try:
        yield told.recv()
    finally:
        process.terminate()
        process.join()


def write(mails: int) -> list[bytes]:
    """So many mails in the queue; answers them as they will go over the wire."""
    from outbox import clock, mime
    from outbox.models import Message
    from outbox.queue import Calendar, hash_of, new_message_id

    now = clock.now()
    entry = Calendar(text="BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n" + "X-A:b\r\n" * 100, method="REQUEST")
    Message.objects.all().delete()
    messages = Message.objects.bulk_create(
        Message(
            key=f"bench:{number}",
            purpose="seat",
            priority=0,
            recipient=f"etablissement-{number}@hotel.example",
            recipient_hash=hash_of(f"etablissement-{number}@hotel.example"),
            language="fr",
            headline="Votre place à Dakhla",
            text="Votre place est réservée. " * 40,
            html="<p>Votre place est réservée.</p>" * 200,
            calendar=entry.text,
            calendar_method=entry.method,
            message_id=new_message_id(),
            written_at=now,
            due_at=now,
        )
        for number in range(mails)
    )
    return [mime.build(message, now=now) for message in messages]


def bare(port: int, contents: list[bytes]) -> float:
    """Mails a second by smtplib alone, already built."""
    begun = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for number, content in enumerate(contents):
            to = f"etablissement-{number}@hotel.example"
            smtp.sendmail("tournee@portal.example", [to], content)
    return len(contents) / (time.perf_counter() - begun)


def ours(mails: int) -> float:
    """Mails a second from the outbox, one worker, each built, claimed, sent and written down."""
    from outbox import delivery
    from outbox.models import Message, MessageStatus

    begun = time.perf_counter()
    while delivery.run():
        pass
    seconds = time.perf_counter() - begun
    assert Message.objects.filter(status=MessageStatus.SENT).count() == mails
    return mails / seconds


def main(mails: int = MAILS) -> None:
    with mail_server() as port, embedded.services(STATE, durable=True) as addresses:
        os.environ |= {**addresses, "DEBUG": "1", "PORTAL_ENV_FILE": os.devnull}
        os.environ |= {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "onmt_tour.settings"
        import django
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        settings.DEBUG = False  # it would keep every query
        call_command("migrate", verbosity=0)
        contents = write(mails)
        loop, outbox = bare(port, contents), ours(mails)
        print(f"mail: {outbox:.0f} a second from the outbox, {loop:.0f} by a bare loop")
        print(f"mail: ratio {outbox / loop:.2f} ({len(contents[0]) / 1024:.0f} kB each, {mails} mails)")
        connection.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
