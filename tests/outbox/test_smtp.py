"""Handing over to a server: what each of its answers, and each silence, means."""

import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from outbox import courier
from outbox.courier import Answer, Courier, Mail, Verdict, current, patience
from outbox.files import FileCourier
from outbox.smtp import Server, SmtpCourier
from tests.outbox.sink import Sink

CONTENT = b"Subject: essai\r\nMessage-ID: <1@portal.example>\r\n\r\nBonjour\r\n.\r\n..\r\nfin"


@pytest.fixture(params=[True, False], ids=["words in one flight", "word by word"])
def sink(request: pytest.FixtureRequest) -> Iterator[Sink]:
    server = Sink(pipelining=request.param).start()
    yield server
    server.stop()


@pytest.fixture
def hands(sink: Sink) -> SmtpCourier:
    return SmtpCourier(Server.from_url(sink.url))


def hand_over(hands: Courier, *, content: bytes = CONTENT, name: str = "1") -> Answer:
    assert hands.open() is None
    return courier.hand_over(hands, Mail("tournee@portal.example", "direction@hotel.example", content, name))


def test_a_mail_taken_is_accepted_and_arrives_byte_for_byte(hands, sink):
    assert hand_over(hands) == Answer(Verdict.ACCEPTED, "250 OK")
    assert sink.accepted[0].as_bytes() == CONTENT + b"\r\n"


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "END"])
@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("421 closing", Verdict.LATER),
        ("450 greylisted", Verdict.LATER),
        ("451 try again", Verdict.LATER),
        ("530 authentication required", Verdict.LATER),
        ("550 no such user", Verdict.NEVER),
        ("554 refused", Verdict.NEVER),
    ],
)
def test_what_a_refusal_means_wherever_it_comes(hands, sink, stage, answer, verdict):
    sink.answers[stage] = [answer]

    assert hand_over(hands) == Answer(verdict, answer)
    assert hand_over(hands).verdict is Verdict.ACCEPTED  # the next mail does not suffer from it
    assert len(sink.accepted) == 1


def test_a_full_mailbox_may_be_emptied(hands, sink):
    sink.answers["RCPT"] = ["552 mailbox full"]

    assert hand_over(hands).verdict is Verdict.LATER


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
def test_a_connection_lost_before_the_end_of_the_mail_may_be_tried_again(hands, sink, stage):
    sink.answers[stage] = [None]

    assert hand_over(hands).verdict is Verdict.LATER


def test_a_connection_lost_in_the_middle_of_the_mail_may_be_tried_again(hands, sink):
    """The end cannot have left when the sending itself failed."""
    sink.answers["BODY"] = [None]
    long = CONTENT + b"\r\n" + b"Bonjour\r\n" * 2_000_000

    assert hand_over(hands, content=long).verdict is Verdict.LATER
    assert sink.arrived == []


def test_a_connection_lost_after_the_end_of_the_mail_leaves_a_doubt(hands, sink):
    sink.answers["END"] = [None]

    assert hand_over(hands).verdict is Verdict.UNKNOWN
    assert (len(sink.arrived), len(sink.accepted)) == (1, 0)


def test_silence_after_the_end_of_the_mail_leaves_a_doubt(sink):
    sink.hold("END")
    hands = SmtpCourier(Server.from_url(sink.url.replace("timeout=5", "timeout=1")))

    assert hand_over(hands).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("answer", ["hello", "25", "354 go on", ""])
def test_an_answer_no_server_may_give_leaves_a_doubt_after_the_end_only(sink, answer):
    sink.answers = {"END": [answer], "RCPT": ["250 OK", answer]}
    hands = SmtpCourier(Server.from_url(sink.url.replace("timeout=5", "timeout=1")))

    assert hand_over(hands).verdict is Verdict.UNKNOWN
    assert hand_over(hands).verdict is Verdict.LATER
    assert sink.accepted == []


def test_one_connection_carries_several_mails(hands, sink):
    for _ in range(3):
        assert hand_over(hands).verdict is Verdict.ACCEPTED

    assert sink.connections == 1


@pytest.mark.parametrize("answer", [None, "421 idle for too long"])
def test_a_kept_connection_they_closed_is_opened_again_for_the_same_mail(hands, sink, answer):
    sink.answers["MAIL"] = ["250 OK", answer]

    assert hand_over(hands).verdict is Verdict.ACCEPTED
    assert hand_over(hands).verdict is Verdict.ACCEPTED
    assert (sink.connections, len(sink.accepted)) == (2, 2)


def test_nobody_listening_is_told_before_any_mail_is_begun():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        hands = SmtpCourier(Server.from_url(f"smtp://127.0.0.1:{taken.getsockname()[1]}"))
        refused = hands.open()

    assert refused is not None and refused.verdict is Verdict.LATER
    assert refused.text == "ConnectionRefusedError: [Errno 111] Connection refused"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", Server("mail.example", 25, "", "", "", 30.0, None)),
        (
            "smtp+tls://tour%40onmt:a%2Fb@mail.example:587/?timeout=10&ca_file=/etc/ssl/house.pem",
            Server("mail.example", 587, "tour@onmt", "a/b", "starttls", 10.0, "/etc/ssl/house.pem"),
        ),
        ("smtp+tls://mail.example", Server("mail.example", 587, "", "", "starttls", 30.0, None)),
        ("smtps://mail.example", Server("mail.example", 465, "", "", "tls", 30.0, None)),
        ("smtp+ssl://mail.example:1465", Server("mail.example", 1465, "", "", "tls", 30.0, None)),
    ],
)
def test_the_address_says_how_to_reach_the_server(url, server):
    assert Server.from_url(url) == server


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A certificate of the house, for 127.0.0.1."""
    folder = tmp_path_factory.mktemp("tls")
    subject = ("-subj", "/CN=sink.invalid", "-addext", "subjectAltName=IP:127.0.0.1")
    files = ("-keyout", str(folder / "key.pem"), "-out", str(folder / "house.pem"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *subject, *files],
        check=True,
        capture_output=True,
    )
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def sealed_sink(certificate: Path) -> Iterator[Sink]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "house.pem", certificate / "key.pem")
    server = Sink(tls_context=context, require_starttls=True).start()
    yield server
    server.stop()


def test_a_mail_travels_sealed_to_a_server_whose_authority_we_trust(sealed_sink, certificate):
    url = f"smtp+tls://127.0.0.1:{sealed_sink.port}/?timeout=5&ca_file={certificate / 'house.pem'}"

    assert hand_over(SmtpCourier(Server.from_url(url))).verdict is Verdict.ACCEPTED


def test_a_server_whose_certificate_we_do_not_trust_gets_nothing(sealed_sink):
    hands = SmtpCourier(Server.from_url(f"smtp+tls://127.0.0.1:{sealed_sink.port}/?timeout=5"))
    refused = hands.open()

    assert refused is not None and refused.verdict is Verdict.LATER
    assert "CERTIFICATE_VERIFY_FAILED" in refused.text


def test_a_server_that_offers_no_seal_gets_nothing_in_clear(sink):
    hands = SmtpCourier(Server.from_url(sink.url.replace("smtp://", "smtp+tls://")))
    refused = hands.open()

    assert refused == Answer(
        Verdict.LATER, "SMTPNotSupportedError: STARTTLS extension not supported by server."
    )


def test_without_a_mail_server_each_mail_is_a_file(settings, tmp_path):
    settings.EMAIL_URL, settings.MAIL_DIR = "", tmp_path / "mail"
    (hands,) = current()
    assert isinstance(hands, FileCourier)

    answers = [hand_over(hands, name=name) for name in ("seat-1", "seat-1", "seat-2")]

    assert [answer.verdict for answer in answers] == [Verdict.ACCEPTED] * 3
    assert sorted(path.name for path in (tmp_path / "mail").iterdir()) == ["seat-1.eml", "seat-2.eml"]
    assert (tmp_path / "mail" / "seat-1.eml").read_bytes() == CONTENT
    assert patience() == 0.0


def test_a_folder_that_takes_no_file_is_tried_again_later(tmp_path):
    (tmp_path / "mail").write_text("a file where the folder should be")
    hands = FileCourier(tmp_path / "mail")
    refused = hands.open()

    assert refused is not None and refused.verdict is Verdict.LATER
    assert courier.hand_over(hands, Mail("a@b.example", "c@d.example", CONTENT, "1")).verdict is Verdict.LATER


def test_the_mail_server_of_the_settings_is_used(settings, sink):
    settings.EMAIL_URL, settings.MAIL_CONNECTIONS = sink.url, 3
    hands = current()

    assert [hand_over(one).verdict for one in hands] == [Verdict.ACCEPTED] * 3
    assert sink.connections == 3
    assert patience() == 5.0
