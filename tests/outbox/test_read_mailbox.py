"""`manage.py read_mailbox`: from a pipe, from files, from the mailbox; and what the beat does of it."""

import io
import mailbox as files
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from outbox import tasks
from outbox.models import Returned
from tests.factories import make_message
from tests.outbox import came_back
from tests.outbox.imapd import ImapServer

pytestmark = pytest.mark.django_db


def said(*source: str) -> str:
    out = io.StringIO()
    call_command("read_mailbox", *source, stdout=out)
    return out.getvalue().replace("\N{NARROW NO-BREAK SPACE}", " ").strip()


def pipe(monkeypatch, raw: bytes) -> str:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    return said("-")


COUNTED = (
    "Non remis : {}. Signalés indésirables : {}. Réponses d’agenda : {}. Déjà lus : {}. "
    "Laissés à lire par une personne : {}."
)


def test_a_pipe_takes_one_mail_and_gives_back_what_is_not_for_it(monkeypatch):
    notice = came_back.failure(make_message())
    assert pipe(monkeypatch, notice) == COUNTED.format(1, 0, 0, 0, 0)
    assert pipe(monkeypatch, b"From relay Sat Nov 28\n" + notice) == COUNTED.format(0, 0, 0, 1, 0)
    with pytest.raises(CommandError) as refused:
        pipe(monkeypatch, b"Subject: Bonjour\n\nUne question.\n")
    assert refused.value.returncode == 65


def test_files_are_read_and_not_changed(tmp_path):
    messages = [make_message() for _ in range(3)]
    notices = [came_back.failure(one, notice=f"<{one.pk}@relay.example>") for one in messages]
    box = files.mbox(tmp_path / "mbox")
    for notice in (*notices, b"Subject: Bonjour\r\n\r\nUne question.\r\n"):
        box.add(notice)
    box.close()
    folder = tmp_path / "mails"
    folder.mkdir()
    for number, notice in enumerate(notices):
        (folder / f"{number}.eml").write_bytes(notice)
    before = (tmp_path / "mbox").read_bytes()

    assert said(str(tmp_path / "mbox")) == COUNTED.format(3, 0, 0, 0, 1)
    assert said(str(folder)) == COUNTED.format(0, 0, 0, 3, 0)
    assert said(str(folder / "0.eml")) == COUNTED.format(0, 0, 0, 1, 0)
    assert (tmp_path / "mbox").read_bytes() == before
    with pytest.raises(CommandError):
        said(str(tmp_path / "nowhere"))


def test_the_beat_and_the_command_read_the_mailbox_where_there_is_one(settings, caplog):
    tasks.read_mailbox()  # none: nothing to do
    with pytest.raises(CommandError, match="MAILBOX_URL"):
        said()
    server = ImapServer()
    settings.MAILBOX_URL = server.url
    server.put(came_back.failure(make_message()))

    tasks.read_mailbox()
    assert Returned.objects.count() == 1
    assert said() == COUNTED.format(0, 0, 0, 0, 0)

    server.stop()
    with pytest.raises(CommandError) as refused:
        said()
    assert refused.value.returncode == 75
    tasks.read_mailbox()
    assert "cannot be read" in caplog.text
