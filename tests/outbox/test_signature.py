"""DKIM: signed where it was asked for, so that whoever checks finds it whole."""

import subprocess

import pytest

from outbox import delivery, mime, signature
from outbox.models import MessageStatus
from tests.factories import make_message

RECORD = "portal._domainkey.onmt.example."


@pytest.fixture(scope="module")
def keys(tmp_path_factory) -> tuple[str, bytes]:
    """The file of a key, and what stands in the name service."""
    path = tmp_path_factory.mktemp("dkim") / "key.pem"
    make = ["openssl", "genrsa", "-out", str(path), "2048"]
    subprocess.run(make, check=True, capture_output=True)
    read = ["openssl", "rsa", "-in", str(path), "-pubout"]
    public = subprocess.run(read, check=True, capture_output=True, text=True).stdout
    return str(path), f"v=DKIM1; k=rsa; p={''.join(public.splitlines()[1:-1])}".encode()


@pytest.fixture
def signing(settings, keys) -> bytes:
    settings.DEFAULT_FROM_EMAIL = "Tournée de l’ONMT <tournee@onmt.example>"
    settings.DKIM_SELECTOR, settings.DKIM_KEY_FILE = "portal", keys[0]
    return keys[1]


def holds(content: bytes, record: bytes) -> bool:
    import dkim

    def dns(name: bytes, timeout: int = 5) -> bytes:
        return record if name.decode() == RECORD else b""

    return bool(dkim.verify(content, dnsfunc=dns))


@pytest.mark.django_db
def test_a_mail_leaves_signed_and_the_signature_holds(hands, sink, signing):
    message = make_message(headline="الداخلة, l’étape", headers={"List-Unsubscribe": "<https://x.example/>"})
    delivery.run(hands)

    assert [mail["DKIM-Signature"].split(";")[2].strip() for mail in sink.accepted] == ["c=relaxed/relaxed"]
    content = signature.signed(mime.build(message, now=message.written_at))
    assert holds(content, signing)
    changed = content.replace(b"Votre", b"Notre").replace(b"Bonjour", b"Bonsoir")
    assert changed != content and not holds(changed, signing)


def test_no_second_subject_or_sender_can_be_added_to_what_was_signed(signing):
    content = signature.signed(b"From: a@onmt.example\r\nSubject: x\r\n\r\nBonjour\r\n")
    assert holds(content, signing)
    for more in (b"Subject: y\r\n", b"From: b@onmt.example\r\n"):
        assert not holds(more + content, signing)


def test_without_a_selector_nothing_is_signed(settings):
    settings.DKIM_SELECTOR = ""

    assert signature.signed(b"From: a@b.example\r\n\r\n") == b"From: a@b.example\r\n\r\n"


@pytest.mark.django_db
@pytest.mark.parametrize("content", [None, "not a key"])
def test_a_key_that_does_not_sign_charges_no_mail_and_says_so(hands, sink, settings, tmp_path, content):
    settings.DKIM_SELECTOR, settings.DKIM_KEY_FILE = "portal", str(tmp_path / "key.pem")
    if content:
        (tmp_path / "key.pem").write_text(content)
    message = make_message()
    with pytest.raises(signature.KeyUnusable, match="DKIM_KEY_FILE"):
        delivery.run(hands)

    message.refresh_from_db()
    assert (message.status, message.attempts, sink.accepted) == (MessageStatus.CLAIMED, 0, [])


def test_the_domain_is_the_senders_unless_another_is_named(settings):
    settings.DEFAULT_FROM_EMAIL = "tournee@onmt.example"
    assert signature.domain() == "onmt.example"
    settings.DKIM_DOMAIN = "mail.onmt.example"
    assert signature.domain() == "mail.onmt.example"
