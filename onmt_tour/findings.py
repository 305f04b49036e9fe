"""What `manage.py doctor` looks at: each part of the portal, right or what to do."""

import os
import urllib.error
import urllib.request
from collections.abc import Callable, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage
from django.core.cache import cache
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError
from redis import RedisError

from meetings import declaration, handouts, mail_texts
from meetings.models import Tour
from onmt_tour import beat, startup
from onmt_tour import sending_domain as domains
from onmt_tour.celery import app
from outbox import backlog, calendar_replies, clock, epochs, imap, returns, signature
from outbox.models import Mailbox
from outbox.smtp import Server, SmtpCourier
from press import files
from press.models import Photo, PressRelease

QUEUES = {"mail", "default"}
TIMEOUT_SECONDS = 5
LATE = timedelta(minutes=5)  # several sweeps


@dataclass(frozen=True)
class Finding:
    part: str
    right: bool
    text: str


def questions(*, site: str = "") -> dict[str, Callable[[], str]]:
    """What to ask of each part; of the web only where `site` says where it is."""
    return PARTS | ({"web": lambda: web(site)} if site else {})


class Wrong(Exception):
    """Something is not right; the message says what to do."""


def ask(part: str, question: Callable[[], str]) -> Finding:
    """The answer of one part; a part that cannot be looked at is wrong, not skipped."""
    try:
        return Finding(part, True, question())
    except Wrong as wrong:
        return Finding(part, False, str(wrong))


def refuse(problems: list[str]) -> None:
    if problems:
        raise Wrong(" ".join(problems))


def variables() -> str:
    if settings.DEBUG:
        return "DEBUG is on: for development and demonstration only"
    refuse(list(startup.variables(os.environ)))
    return "nothing missing, nothing weak"


def zone_data() -> str:
    refuse(list(startup.zone_data()))
    return "Morocco is on UTC in December 2026"


def database() -> str:
    refuse(list(startup.migrations()))
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
    except DatabaseError as error:
        raise Wrong(f"does not answer: {error}") from error
    return f"PostgreSQL {version}, every migration applied"


def cached() -> str:
    try:
        cache.set("doctor", 1, timeout=10)
        cache.delete("doctor")
    except RedisError as error:
        raise Wrong(f"REDIS_URL does not answer: {error}") from error
    return "answers"


def broker() -> str:
    try:
        with app.connection_for_write() as link:
            link.ensure_connection(max_retries=1, timeout=TIMEOUT_SECONDS)
    except (OperationalError, RedisError, OSError) as error:
        raise Wrong(f"CELERY_BROKER_URL does not answer: {error}") from error
    return "answers"


def worker() -> str:
    try:
        # The first to answer usually serves both; only else is everybody waited for.
        served = queues_served(limit=1)
        if QUEUES - served:
            served = queues_served(limit=None)
    except (OperationalError, RedisError, OSError) as error:
        raise Wrong(f"nobody can be asked: {error}") from error
    if missing := sorted(QUEUES - served):
        raise Wrong(
            f"nobody serves {' and '.join(missing)}: start "
            "`celery --app onmt_tour worker --queues mail,default`"
        )
    return f"the queues {' and '.join(sorted(QUEUES))} are served"


def queues_served(*, limit: int | None) -> set[str]:
    replies = app.control.inspect(timeout=1, limit=limit).active_queues() or {}
    return {queue["name"] for queues in replies.values() for queue in queues}


def beats() -> str:
    try:
        alive = cache.get(beat.KEY)
    except RedisError as error:
        raise Wrong(f"its sign of life cannot be read: {error}") from error
    if alive is None:
        raise Wrong(
            f"no sign of life for {beat.SILENCE_SECONDS} s: start "
            "`celery --app onmt_tour beat --scheduler onmt_tour.beat.Scheduler`"
        )
    age = clock.now() - datetime.fromisoformat(alive)
    return f"sign of life {max(0, round(age.total_seconds()))} s ago"


def mail() -> str:
    """The mail server greets us; nothing is sent."""
    if not settings.EMAIL_URL:
        folder = Path(settings.MAIL_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise Wrong(f"{folder} cannot be written to")
        return f"to files in {folder} (EMAIL_URL is unset)"
    server = replace(Server.from_url(settings.EMAIL_URL), timeout=TIMEOUT_SECONDS)
    where = f"{server.host}:{server.port}"
    hands = SmtpCourier(server)  # as the worker does: same encryption, same trust, same password
    if refused := hands.open():
        raise Wrong(f"{where} (EMAIL_URL): {refused.text}")
    hands.close()
    return f"{where} greets us"


def messages() -> str:
    """Mail leaves, and none waits for a person."""
    try:
        seen, refusing = backlog.look(), returns.refusing_us()
    except DatabaseError as error:
        raise Wrong(f"cannot be counted: {error}") from error
    problems = []
    if seen.waiting > LATE:
        minutes = round(seen.waiting.total_seconds() / 60)
        problems.append(f"{seen.due} are due, the oldest for {minutes} min: look at worker and beat.")
    if seen.in_doubt:
        problems.append(f"{seen.in_doubt} in doubt: decide at /admin/outbox/message/?status__exact=in_doubt.")
    if refusing >= returns.MANY:
        problems.append(
            f"{refusing} came back since yesterday with 5.7.x: servers refuse ours, not the "
            "addresses. Look at the line of the domain above (SPF, DKIM, DMARC), and have the relay checked."
        )
    if epochs.unreleased():
        problems.append(
            f"restored from a copy: {epochs.waiting().count()} wait for a decision at /pilotage/departs/."
        )
    refuse(problems)
    return f"{seen.due} due, {seen.failed} refused since yesterday"


def texts() -> str:
    """Somebody stands for the words of every mail that leaves by itself."""
    try:
        tour = Tour.objects.filter(is_current=True).first()
        missing = mail_texts.missing(tour.pk) if tour else []
    except DatabaseError as error:
        raise Wrong(f"cannot be read: {error}") from error
    if missing:
        kinds = ", ".join(f"{kind} ({language})" for kind, language in missing[:3])
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        raise Wrong(
            f"nobody validated {kinds}{more}: these mails do not leave. Read and validate them at "
            "/pilotage/textes/."
        )
    return "every text is validated" if tour else "no tour yet"


def mailbox() -> str:
    """What comes back of mails is read; nothing is changed there."""
    if not settings.MAILBOX_URL:
        if calendar_replies.wanted():
            return "MAILBOX_URL is unset: a pipe brings what comes back (`manage.py read_mailbox -`)"
        return (
            "none is read (MAILBOX_URL is unset): failures, complaints and answers of calendars stay unknown"
        )
    try:
        account = replace(imap.Account.from_url(settings.MAILBOX_URL), timeout=TIMEOUT_SECONDS)
        with imap.opened(account) as folder:
            unread = folder.unread()
    except (ValueError, imap.Away) as error:
        raise Wrong(f"MAILBOX_URL cannot be read: {error}") from error
    last = Mailbox.objects.filter(name=account.name).values_list("read_at", flat=True).first()
    if last is None or clock.now() - last > LATE * 2:
        raise Wrong(f"{account.host} answers, and was not read lately: look at worker and beat")
    return f"{account.host} answers; {unread} unread mails, which people should look at"


def static_files() -> str:
    if not isinstance(staticfiles_storage, ManifestStaticFilesStorage):
        return "served from the source tree"
    if not staticfiles_storage.hashed_files:
        raise Wrong("not collected: run `manage.py collectstatic --no-input`")
    return f"{len(staticfiles_storage.hashed_files)} collected"


def press_files() -> str:
    """Photos and documents for the press can be kept, and nobody else on this machine looks into them."""
    known = {name for row in PressRelease.objects.exclude(document="") for name in [row.document]}
    known |= {name for row in Photo.objects.all() for name in (row.file, row.thumbnail)}
    return _kept(files.folder(), known)


def handout_files() -> str:
    """The same of the documents of stops: those of the drafts, and those that people are given now."""
    return _kept(handouts.files.folder(), handouts.referred_to())


def _kept(folder: Path, known: Set[str]) -> str:
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Wrong(f"{folder} (MEDIA_DIR) cannot be written to")
    if folder.stat().st_mode & 0o077:
        raise Wrong(f"{folder} (MEDIA_DIR) is open to others on this machine: chmod 700 {folder}")
    if missing := sum(not (folder / name).is_file() for name in known):
        raise Wrong(f"{missing} files are missing in {folder} (MEDIA_DIR): restore them from the backup")
    return f"{len(known)} files in {folder}"


def registration() -> str:
    """Whether the file of registered people is declared (law 09-08), or who answers for it."""
    if settings.CNDP_WAIVER and not declaration.problem():
        return f"opens without a CNDP reference: {settings.CNDP_WAIVER}"
    if settings.CNDP_REFERENCE and not declaration.problem():
        return f"CNDP: {settings.CNDP_REFERENCE}"
    if settings.DEBUG:
        return "open without a CNDP reference, because DEBUG is on"
    raise Wrong(declaration.problem())


def web(site: str) -> str:
    """The site at `site` says it is ready."""
    host = next((name for name in settings.ALLOWED_HOSTS if name not in {"*", ""}), "localhost")
    request = urllib.request.Request(f"{site}/readyz", headers={"Host": host.lstrip(".")})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            return f"{site} is {answer.read(100).decode().strip()}"
    except urllib.error.HTTPError as error:
        raise Wrong(f"{site}/readyz says: {error.read(500).decode().strip()}") from error
    except OSError as error:
        raise Wrong(f"{site} does not answer: {error}") from error


def sending_domain() -> str:
    """What the name service says of the domain we write from, where we write at all."""
    domain = domains.domain()
    if signature.wanted():
        try:
            signature.signed(b"From: a@b.example\r\n\r\n")
        except signature.KeyUnusable as error:
            raise Wrong(f"mails cannot be signed: {error}") from error
    if not settings.EMAIL_URL or domains.is_made_up(domain):
        return f"{domain} is not asked about SPF, DKIM and DMARC: mail goes to files, or it is made up"
    try:
        refuse(domains.problems(domain))
    except domains.Unknown as error:
        raise Wrong(f"{domain}: the name service does not answer ({error}); SPF and DMARC unknown") from error
    return domains.said(domain)


PARTS: dict[str, Callable[[], str]] = {
    "settings": variables,
    "zone data": zone_data,
    "database": database,
    "cache": cached,
    "broker": broker,
    "worker": worker,
    "beat": beats,
    "mail": mail,
    "domain": sending_domain,
    "messages": messages,
    "mail texts": texts,
    "mailbox": mailbox,
    "static files": static_files,
    "press files": press_files,
    "handouts": handout_files,
    "registration": registration,
}
# What somebody must decide or look after, while the portal serves.
FOR_PEOPLE = {"messages", "mail texts", "registration", "domain"}
