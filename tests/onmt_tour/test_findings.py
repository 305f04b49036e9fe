"""What `doctor` says of each part, right and wrong."""

import io
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from django.contrib.staticfiles import storage as static_storage
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from meetings import handouts, mail_texts, releases
from meetings.models import Handout
from onmt_tour import beat, findings
from onmt_tour.celery import app
from outbox import clock, imap, mailbox, returns
from outbox.models import Returned, ReturnKind
from press import files
from tests.factories import make_handout, make_message, make_pdf, make_staff, make_stop, make_tour
from tests.outbox.imapd import ImapServer
from tests.press import rows

NOBODY = "127.0.0.1:9"  # the discard port: nobody listens


def said(part: str) -> tuple[bool, str]:
    finding = findings.ask(part, findings.PARTS[part])
    return finding.right, finding.text


def asked(site: str) -> tuple[bool, str]:
    finding = findings.ask("web", lambda: findings.web(site))
    return finding.right, finding.text


@pytest.fixture
def mail_server() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Sink(), hostname="127.0.0.1", port=port)
    controller.start()
    yield f"127.0.0.1:{port}"
    controller.stop()


@pytest.mark.django_db
def test_a_database_with_every_migration_is_right() -> None:
    right, text = said("database")
    assert (right, text.split(".")[0]) == (True, "PostgreSQL 18")


@pytest.mark.django_db
def test_a_database_behind_is_wrong() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'outbox'")
    right, text = said("database")
    assert (right, text.endswith("run `manage.py migrate`.")) == (False, True)


def test_older_zone_data_are_wrong(older_zone_data: None) -> None:
    assert said("zone data")[0] is False


def test_a_variable_that_is_missing_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEBUG = False
    monkeypatch.delenv("SECRET_KEY", raising=False)
    right, text = said("settings")
    assert (right, "SECRET_KEY is missing" in text) == (False, True)


def test_the_cache_and_the_broker_are_right_when_they_answer() -> None:
    assert (said("cache"), said("broker")) == ((True, "answers"), (True, "answers"))


def test_a_broker_that_is_away_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.conf, "broker_write_url", f"redis://{NOBODY}/0")
    right, text = said("broker")
    assert (right, text.startswith("CELERY_BROKER_URL does not answer")) == (False, True)


def test_a_cache_that_is_away_is_wrong(settings: Settings) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": f"redis://{NOBODY}/0"}}
    right, text = said("cache")
    assert (right, text.startswith("REDIS_URL does not answer")) == (False, True)
    assert said("beat")[0] is False


def test_no_worker_is_wrong_and_the_queues_are_named() -> None:
    right, text = said("worker")
    assert (right, text.startswith("nobody serves default and mail: start")) == (False, True)


def test_beat_is_right_after_a_tick_and_wrong_after_silence() -> None:
    assert said("beat")[0] is False
    cache.set(beat.KEY, (clock.now() - timedelta(seconds=30)).isoformat(), timeout=beat.SILENCE_SECONDS)
    assert said("beat") == (True, "sign of life 30 s ago")


def test_beat_leaves_its_sign_of_life_at_each_tick(tmp_path: Path) -> None:
    scheduler = beat.Scheduler(app, schedule_filename=str(tmp_path / "schedule"))
    scheduler.tick()
    assert cache.get(beat.KEY) is not None


def test_a_beat_without_cache_goes_on(settings: Settings, tmp_path: Path) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": f"redis://{NOBODY}/0"}}
    scheduler = beat.Scheduler(app, schedule_filename=str(tmp_path / "schedule"))
    assert scheduler.tick() > 0


def test_mail_to_files_is_right(mail_dir: Path) -> None:
    assert said("mail") == (True, f"to files in {mail_dir} (EMAIL_URL is unset)")


def test_a_mail_server_that_greets_is_right(settings: Settings, mail_server: str) -> None:
    settings.EMAIL_URL = f"smtp://{mail_server}"
    assert said("mail") == (True, f"{mail_server} greets us")


def test_a_mail_server_that_is_away_is_wrong(settings: Settings) -> None:
    settings.EMAIL_URL = f"smtp://{NOBODY}"
    right, text = said("mail")
    assert (right, text.startswith(f"{NOBODY} (EMAIL_URL): ")) == (False, True)


def test_a_mail_server_without_the_promised_encryption_is_wrong(settings: Settings, mail_server: str) -> None:
    settings.EMAIL_URL = f"smtp+tls://{mail_server}"
    assert said("mail")[0] is False


@pytest.mark.django_db
def test_mail_that_does_not_leave_or_is_in_doubt_is_wrong() -> None:
    make_message()
    assert said("messages") == (True, "1 due, 0 refused since yesterday")

    make_message(due_at=clock.now() - timedelta(minutes=7))
    make_message(status="in_doubt")
    assert said("messages") == (
        False,
        "2 are due, the oldest for 7 min: look at worker and beat. "
        "1 in doubt: decide at /admin/outbox/message/?status__exact=in_doubt.",
    )


@pytest.mark.django_db
def test_servers_that_refuse_ours_are_told_once_there_are_several_in_a_day() -> None:
    def came_back(times: int) -> None:
        for _ in range(times):
            message = make_message(status="sent")
            returns.record(message, kind=ReturnKind.PERMANENT, notice=message.key, code="5.7.26")

    came_back(2)
    assert said("messages")[0] is True
    Returned.objects.update(at=clock.now() - timedelta(hours=25))
    came_back(2)
    assert said("messages")[0] is True
    came_back(1)
    right, words = said("messages")
    assert (right, words.partition(":")[0]) == (False, "3 came back since yesterday with 5.7.x")


def test_static_files_that_were_not_collected_are_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = static_storage.ManifestStaticFilesStorage(location=tmp_path)
    monkeypatch.setattr(findings, "staticfiles_storage", empty)
    assert said("static files") == (False, "not collected: run `manage.py collectstatic --no-input`")
    empty.hashed_files = {"css/portal.css": "css/portal.1.css"}
    assert said("static files") == (True, "1 collected")


class NotReady(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(503)
        self.end_headers()
        self.wfile.write(b"migrations\n")

    def log_message(self, *args: object) -> None:
        """Nothing on the terminal of the tests."""


def test_the_site_is_asked_whether_it_is_ready() -> None:
    server = HTTPServer(("127.0.0.1", 0), NotReady)
    site = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    assert asked(site) == (False, f"{site}/readyz says: migrations")
    thread.join()
    server.server_close()
    assert asked(f"http://{NOBODY}")[0] is False


@pytest.mark.django_db
def test_doctor_says_of_each_part_whether_it_is_right_and_fails_when_one_is_not() -> None:
    out = io.StringIO()
    with pytest.raises(CommandError, match="Something is not right"):
        call_command("doctor", stdout=out)
    verdicts = {line[6:].split("  ")[0].strip(): line[:5].strip() for line in out.getvalue().splitlines()}
    assert verdicts == {
        "settings": "WRONG",
        "zone data": "ok",
        "database": "ok",
        "cache": "ok",
        "broker": "ok",
        "worker": "WRONG",
        "beat": "WRONG",
        "mail": "ok",
        "domain": "ok",
        "messages": "ok",
        "mail texts": "ok",
        "mailbox": "ok",
        "static files": "ok",
        "press files": "ok",
        "handouts": "ok",
        "registration": "ok",
    }


def test_the_doctor_says_why_registration_is_closed_or_who_opened_it(settings: Settings) -> None:
    settings.CNDP_REFERENCE = settings.CNDP_WAIVER = ""
    said = findings.ask("registration", findings.PARTS["registration"])
    assert (said.right, said.text.split(":")[0]) == (False, "Registration stays closed")
    settings.CNDP_WAIVER = "Directrice juridique : dépôt prévu ce jour"
    said = findings.ask("registration", findings.PARTS["registration"])
    assert (said.right, said.text) == (
        True,
        "opens without a CNDP reference: Directrice juridique : dépôt prévu ce jour",
    )
    settings.CNDP_WAIVER, settings.CNDP_REFERENCE = "", "D-123/2026"
    assert findings.ask("registration", findings.PARTS["registration"]).text == "CNDP: D-123/2026"


@pytest.mark.django_db
def test_mail_that_waits_for_a_decision_does_not_keep_the_portal_from_answering(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_message(status="in_doubt")
    right = dict.fromkeys(findings.PARTS, lambda: "right")
    monkeypatch.setattr(findings, "PARTS", right | {"messages": findings.messages})
    monkeypatch.setattr(findings, "web", lambda site: "right")
    out = io.StringIO()
    call_command("doctor", wait=60, announce=True, stdout=out)
    assert "The portal answers." in out.getvalue()
    assert out.getvalue().splitlines()[-1].startswith("WRONG messages      1 in doubt: decide at ")
    with pytest.raises(CommandError):
        call_command("doctor", stdout=io.StringIO())


@pytest.mark.django_db
def test_files_of_the_press_that_are_there_and_closed_to_others_are_right(
    settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    photo = rows.make_photo()
    assert said("press files") == (True, f"2 files in {tmp_path}/media/press")
    files.forget(photo.file)
    right, text = said("press files")
    assert (right, text.split(" (")[0]) == (False, f"1 files are missing in {tmp_path}/media/press")
    files.folder().chmod(0o755)
    right, text = said("press files")
    assert (right, text.split("machine: ")[1]) == (False, f"chmod 700 {tmp_path}/media/press")


@pytest.mark.django_db
def test_documents_that_people_are_given_are_missed(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    stop = make_stop()
    released = make_handout(stop).file
    releases.release_changes(stop, by=None)
    handouts.replace(Handout.objects.get(), make_pdf(), by=None)
    assert said("handouts") == (True, f"2 files in {tmp_path}/media/handouts")
    handouts.files.forget(released)
    assert said("handouts")[1].split(" (")[0] == f"1 files are missing in {tmp_path}/media/handouts"


@pytest.mark.django_db
def test_the_mailbox_is_right_where_it_answers_and_is_read(settings: Settings) -> None:
    assert said("mailbox")[0]
    settings.REPLIES_ADDRESS = "reponses@portal.example"
    assert "a pipe" in said("mailbox")[1]
    server = ImapServer()
    server.put(b"Subject: Bonjour\r\n\r\nUne question.\r\n")
    settings.MAILBOX_URL = server.url
    assert said("mailbox") == (False, "127.0.0.1 answers, and was not read lately: look at worker and beat")
    mailbox.read(imap.Account.from_url(server.url))
    assert said("mailbox") == (True, "127.0.0.1 answers; 1 unread mails, which people should look at")
    server.stop()
    assert said("mailbox")[0] is False


@pytest.mark.django_db
def test_words_nobody_stands_for_are_told_with_what_to_do() -> None:
    assert said("mail texts") == (True, "no tour yet")
    tour = make_tour(texts=False)
    mail_texts.lay_down(tour)
    assert said("mail texts") == (
        False,
        "nobody validated invitation_official (fr), invitation_official (ar), invitation_official (en) "
        "and 39 more: these mails do not leave. Read and validate them at /pilotage/textes/.",
    )
    for text in mail_texts.newest(tour.pk):
        mail_texts.validate(text, by=make_staff())
    assert said("mail texts") == (True, "every text is validated")
