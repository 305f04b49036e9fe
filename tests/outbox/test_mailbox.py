"""The mailbox is read from where it was left, changed in one mark alone, and nothing in it stops that."""

from collections import Counter
from collections.abc import Iterator

import pytest

from outbox import imap, incoming, mailbox
from outbox.incoming import Taken
from outbox.models import Mailbox, Returned
from tests.factories import make_message
from tests.outbox import came_back
from tests.outbox.imapd import ImapServer

pytestmark = pytest.mark.django_db

LETTER = b"Subject: Bonjour\r\n\r\nUne question.\r\n"


@pytest.fixture
def server() -> Iterator[ImapServer]:
    server = ImapServer()
    yield server
    server.stop()


def read(server: ImapServer) -> Counter[Taken]:
    return mailbox.read(imap.Account.from_url(server.url))


def test_notices_are_taken_and_marked_as_read_and_all_else_stays_as_it_is(server):
    first, second = make_message(), make_message()
    server.put(came_back.failure(first), LETTER, came_back.complaint(second), b"\xff\x00")

    assert read(server) == {Taken.FAILURE: 1, Taken.COMPLAINT: 1, Taken.LEFT: 2}
    assert server.flags == {1: {r"\Seen"}, 3: {r"\Seen"}}
    assert len(server.mails) == 4
    assert not [line for line in server.heard if "BODY[" in line]  # which would mark it as read

    server.put(came_back.failure(second, notice="<dsn-2@relay.example>"))
    assert read(server) == {Taken.FAILURE: 1}
    assert read(server) == {}
    assert Returned.objects.count() == 3


def test_a_folder_made_anew_is_read_from_its_beginning(server):
    server.put(came_back.failure(make_message()))
    read(server)
    server.uid_validity += 1
    assert read(server) == {Taken.KNOWN: 1}


def test_what_is_read_at_once_is_bounded_in_number_and_size(server, monkeypatch):
    monkeypatch.setattr(mailbox, "MOST_MAILS", 2)
    monkeypatch.setattr(incoming, "LIMIT", 5_000)
    server.put(LETTER + b"x" * 50_000, LETTER, came_back.failure(make_message()))

    assert read(server) == {Taken.LEFT: 2}
    assert "UID FETCH 1 (BODY.PEEK[]<0.5001>)" in server.heard
    assert read(server) == {Taken.FAILURE: 1}


def test_a_reading_that_breaks_off_goes_on_where_it_was(server):
    server.put(*(came_back.failure(make_message(), notice=f"<{n}@relay.example>") for n in range(3)))
    server.refuses = {"STORE"}
    with pytest.raises(imap.Away, match="STORE"):
        read(server)
    assert Returned.objects.count() == 1
    assert Mailbox.objects.get().last_uid == 0

    server.refuses = set()
    assert read(server) == {Taken.KNOWN: 1, Taken.FAILURE: 2}
    assert Mailbox.objects.get().last_uid == 3


@pytest.mark.parametrize("refused", ["LOGIN", "SELECT", "SEARCH", "FETCH"])
def test_a_server_that_refuses_is_said_to_be_away_without_the_password(server, refused):
    server.put(LETTER)
    server.refuses = {refused}
    with pytest.raises(imap.Away) as away:
        read(server)
    assert "ouvre-toi" not in str(away.value)


def test_an_account_is_read_from_its_address():
    found = imap.Account.from_url(
        "imaps://re%40tours:p%25w@mail.portal.example/Retours?timeout=5&ca_file=/a.pem"
    )
    assert found == imap.Account(
        "mail.portal.example", 993, "re@tours", "p%w", "Retours", "tls", 5.0, "/a.pem"
    )
    assert imap.Account.from_url("imap+tls://a:b@c.example").port == 143
    for wrong in ("imaps://host/INBOX", "pop3://a:b@c", "", "imaps://a:b@c:x/"):
        with pytest.raises(ValueError, match=r"MAILBOX_URL|Port"):
            imap.Account.from_url(wrong)
