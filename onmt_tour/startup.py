"""What must be right before the web or a worker starts, and a refusal that names what is not.

Looked at where they start (wsgi.py, celery.py), so that `migrate` and the other commands run.
With DEBUG only the zone data are looked at: they would make every hour wrong.
"""

import ipaddress
import os
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import DatabaseError, connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.http.request import validate_host
from environ import Env

from onmt_tour import embedded
from outbox.imap import Account
from regions import legal_time

# gunicorn takes this code of a worker as "do not try again".
REFUSED = 3
KEY_LENGTH = 50
KEY_VARIETY = 10
KEY_PIECE = 8
LOCAL_PART = 64
SMALLEST_PREFIX = 7  # fc00::/7 is the largest network of anybody's own


def refuse_unless_ready(what: str) -> None:
    """Return when `what` ("the web", "the worker") may start; else say why not and exit."""
    found = list(problems())
    connections.close_all()  # gunicorn forks after this
    if not found:
        return
    # The true one: Celery has led sys.stderr into its log, which is not set up yet.
    print(f"{what} does not start:", *(f"  - {problem}" for problem in found), sep="\n", file=sys.__stderr__)
    sys.exit(REFUSED)


def problems() -> Iterator[str]:
    """Everything that forbids to serve, in words for whoever starts the portal."""
    yield from zone_data()
    if settings.DEBUG:
        return
    wrong = list(variables(os.environ))
    yield from wrong
    if not any(problem.startswith("DATABASE_URL") for problem in wrong):
        yield from migrations()


def zone_data() -> Iterator[str]:
    try:
        legal_time.check_zone_data()
    except legal_time.StaleZoneData as stale:
        yield f"{stale} Install tzdata 2026.3 or newer (requirements/runtime.txt has it)."


def migrations() -> Iterator[str]:
    """The database is reached and knows every migration of this code.

    Told by their names: a server that loads them all carries what it never runs.
    """
    try:
        known = MigrationRecorder(connection).applied_migrations()
    except DatabaseError as error:
        yield f"The database does not answer: {str(error).strip()}"
        return
    behind = [migration for migration in of_this_code() if migration not in known]
    if behind:
        app, name = behind[0]
        yield (
            f"The database is {len(behind)} migrations behind (first: {app}.{name}): run `manage.py migrate`."
        )


def of_this_code() -> Iterator[tuple[str, str]]:
    """Label of the app and name of each migration there is, as Django's loader finds them."""
    for config in apps.get_app_configs():
        folder = pkgutil.iter_modules([os.path.join(config.path, "migrations")])
        for name in sorted(found.name for found in folder if not found.ispkg):
            if name[0] not in "_~":
                yield config.label, name


def variables(environ: Mapping[str, str]) -> Iterator[str]:
    """What is missing or weak among the variables (.env.example explains each)."""
    demonstration = embedded.truthy(environ.get("PORTAL_EMBEDDED", ""))
    yield from address(environ, "DATABASE_URL", schemes=("postgres", "postgresql"))
    yield from address(environ, "REDIS_URL", schemes=("redis", "rediss", "unix"))
    if not demonstration:  # it may leave its mail in files, and be on this machine only
        yield from address(environ, "EMAIL_URL", schemes=("smtp", "smtps", "smtp+tls", "smtp+ssl"))
        yield from site(environ)
    yield from keys(environ)
    yield from hosts(environ)
    yield from proxies(environ)
    yield from map_link(environ)
    yield from mailbox(environ)


def address(environ: Mapping[str, str], name: str, *, schemes: tuple[str, ...]) -> Iterator[str]:
    value = environ.get(name, "")
    scheme, separator, _ = value.partition("://")
    if not value:
        yield f"{name} is missing."
    elif not separator or scheme not in schemes:
        yield f"{name} does not begin with one of {', '.join(f'{s}://' for s in schemes)}."
    elif not leads_somewhere(name, value):
        yield f"{name} is not whole: .env.example shows one."


def leads_somewhere(name: str, value: str) -> bool:
    """Database, host name or socket are there, and the port is a number."""
    try:
        if name == "DATABASE_URL":
            return bool(Env.db_url_config(value)["NAME"])
        if name == "EMAIL_URL":
            return bool(Env.email_url_config(value)["EMAIL_HOST"])
        parts = urlsplit(value)
        where = parts.path.strip("/") if parts.scheme == "unix" else parts.hostname
        return bool(where) and parts.port != 0
    except ValueError:
        return False


def site(environ: Mapping[str, str]) -> Iterator[str]:
    value = environ.get("SITE_URL", "")
    host = urlsplit(value).hostname
    if not value:
        yield "SITE_URL is missing: where the links in mails lead, as https://tournee.portal.example."
    elif not value.startswith("https://") or not host:
        yield "SITE_URL is weak: it does not begin with https:// and a host name."
    elif not list(hosts(environ)) and not validate_host(host, names(environ)):
        yield f"SITE_URL leads to {host}, which is not in ALLOWED_HOSTS."


def keys(environ: Mapping[str, str]) -> Iterator[str]:
    advice = "make one with `python3 -c 'import secrets; print(secrets.token_urlsafe(50))'`."
    for name in ("SECRET_KEY", "LINK_KEY", "ADDRESS_KEY"):
        value = environ.get(name, "")
        if not value:
            yield f"{name} is missing: {advice}"
        elif is_weak(value):
            yield f"{name} is weak (at least {KEY_LENGTH} random characters): {advice}"
    for name in ("LINK_KEY", "ADDRESS_KEY"):
        if environ.get("SECRET_KEY") and environ.get("SECRET_KEY") == environ.get(name):
            yield f"{name} is the same as SECRET_KEY: {advice}"


def is_weak(key: str) -> bool:
    """Short, of few signs, Django's own placeholder, or repeating itself, which chance does not."""
    pieces = [key[start : start + KEY_PIECE] for start in range(len(key) - KEY_PIECE + 1)]
    return (
        len(key) < KEY_LENGTH
        or len(set(key)) < KEY_VARIETY
        or key.startswith("django-insecure-")
        or len(set(pieces)) < len(pieces)
    )


def names(environ: Mapping[str, str]) -> list[str]:
    return [name.strip() for name in environ.get("ALLOWED_HOSTS", "").split(",") if name.strip()]


def hosts(environ: Mapping[str, str]) -> Iterator[str]:
    if not names(environ):
        yield "ALLOWED_HOSTS is missing: the host names of the portal, separated by commas."
    elif "*" in names(environ):
        yield "ALLOWED_HOSTS is weak: `*` lets anybody choose the host name in our links."
    elif strange := [name for name in names(environ) if set(name) & set("*/ ")]:
        yield f"ALLOWED_HOSTS: {strange[0]} is not a host name (with those below it: .portal.example)."


def proxies(environ: Mapping[str, str]) -> Iterator[str]:
    """Named even when there are none: whoever is trusted chooses the visitor's address."""
    if "TRUSTED_PROXIES" not in environ:
        yield "TRUSTED_PROXIES is missing: the proxies' networks, or empty when there is none."
        return
    for text in filter(None, map(str.strip, environ["TRUSTED_PROXIES"].split(","))):
        try:
            network = ipaddress.ip_network(text)
        except ValueError:
            yield f"TRUSTED_PROXIES: {text} is not an address or network."
        else:
            if network.prefixlen < SMALLEST_PREFIX:
                yield f"TRUSTED_PROXIES is weak: {text} is everybody."


def map_link(environ: Mapping[str, str]) -> Iterator[str]:
    template = environ.get("MAP_LINK", "")
    if template and not (template.startswith("https://") and "{lat}" in template and "{lon}" in template):
        yield "MAP_LINK does not begin with https://, or lacks {lat} or {lon}."


def mailbox(environ: Mapping[str, str]) -> Iterator[str]:
    """Where what comes back of mails goes, if anywhere."""
    if url := environ.get("MAILBOX_URL", ""):
        try:
            Account.from_url(url)
        except ValueError:
            yield "MAILBOX_URL is not whole: it reads imaps://user:password@host/folder."
    for name in ("REPLIES_ADDRESS", "RETURN_PATH"):
        value = environ.get(name, "").strip()
        # A tag of ours takes 16 letters of the 64 that stand before the @.
        tagged = value.replace("*", "a" * 16, 1) if name == "REPLIES_ADDRESS" else value
        if value and ("*" in tagged or tagged.find("@") > LOCAL_PART or not is_address(tagged)):
            yield f"{name} is not one plain address."
    if environ.get("REPLIES_ADDRESS", "").strip().startswith("*") and not environ.get("RETURN_PATH"):
        yield "RETURN_PATH is missing: a REPLIES_ADDRESS that is all tag is no address to send failures to."


def is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
