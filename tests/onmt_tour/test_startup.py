"""What forbids to start, and that it does where the web, the worker and beat begin."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from pytest_django import Settings

from onmt_tour import startup

ROOT = Path(__file__).resolve().parents[2]
RIGHT = {
    "SECRET_KEY": "s3cr3t-" + "abcdefghijklmnopqrstuvwxyz0123456789-ABCDEFGHIJK",
    "LINK_KEY": "l1nk5-" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-abcdefghijk",
    "ADDRESS_KEY": "4ddr3ss-" + "abcdefghijkLMNOPQRSTUVWXYZ0123456789-ABCDEFghijk",
    "DATABASE_URL": "postgres://portal@db.portal.example/portal",
    "REDIS_URL": "redis://redis.portal.example:6379/0",
    "EMAIL_URL": "smtp+tls://tournee@mail.portal.example:587",
    "ALLOWED_HOSTS": "tournee.portal.example",
    "TRUSTED_PROXIES": "10.0.0.0/8, 2001:db8::/32, fc00::/7",
    "SITE_URL": "https://tournee.portal.example",
}
START = {
    "The web": ["gunicorn", "--config", "python:onmt_tour.gunicorn_config", "onmt_tour.wsgi"],
    "The worker": ["celery", "--app", "onmt_tour", "--quiet", "worker", "--queues", "mail,default"],
    "Beat": ["celery", "--app", "onmt_tour", "--quiet", "beat", "--pidfile="],
}


def start(command: list[str], folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in {*RIGHT, "DEBUG"}}
    clean |= {"PORTAL_ENV_FILE": os.devnull, "DJANGO_SETTINGS_MODULE": "onmt_tour.settings"}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,  # beat writes its schedule where it starts
        env=clean | {"PYTHONPATH": str(ROOT)} | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_nothing_is_wrong_with_everything_in_place() -> None:
    assert list(startup.variables(RIGHT)) == []


@pytest.mark.parametrize("name", sorted(RIGHT))
def test_a_missing_variable_is_named(name: str) -> None:
    environ = {variable: value for variable, value in RIGHT.items() if variable != name}
    (problem,) = startup.variables(environ)
    assert problem.startswith(f"{name} is missing")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 60),
        ("LINK_KEY", "ab" * 30),
        ("LINK_KEY", RIGHT["SECRET_KEY"]),
        ("ADDRESS_KEY", "short"),
        ("ADDRESS_KEY", RIGHT["SECRET_KEY"]),
        ("DATABASE_URL", "sqlite:///portal.db"),
        ("REDIS_URL", "localhost"),
        ("EMAIL_URL", "consolemail://"),
        ("ALLOWED_HOSTS", "*"),
        ("TRUSTED_PROXIES", "0.0.0.0/0"),
        ("TRUSTED_PROXIES", "::/0"),
        ("TRUSTED_PROXIES", "the proxy"),
        ("TRUSTED_PROXIES", "0.0.0.0/1"),
        ("SECRET_KEY", "django-insecure-" + RIGHT["SECRET_KEY"]),
        ("LINK_KEY", "changez-moi-vite-" * 4),
        ("DATABASE_URL", "postgres://portal@db.portal.example"),
        ("DATABASE_URL", "postgres://"),
        ("REDIS_URL", "redis://"),
        ("REDIS_URL", "redis://redis.portal.example:port/0"),
        ("REDIS_URL", "unix://"),
        ("EMAIL_URL", "smtp://"),
        ("EMAIL_URL", "smtp+tls://tournee:password@mail.portal.example:abc"),
        ("ALLOWED_HOSTS", "https://tournee.portal.example"),
        ("ALLOWED_HOSTS", "*.portal.example"),
        ("SITE_URL", "http://tournee.portal.example"),
        ("SITE_URL", "tournee.portal.example"),
        ("SITE_URL", "https://www.portal.example"),
        ("MAP_LINK", "http://maps.example/?at={lat},{lon}"),
        ("MAP_LINK", "https://maps.example/?at={lat}"),
        ("MAILBOX_URL", "pop3://a:b@mail.portal.example"),
        ("REPLIES_ADDRESS", "reponses+**@portal.example"),
        ("RETURN_PATH", "retours+*@portal.example"),
    ],
)
def test_a_weak_variable_is_named(name: str, value: str) -> None:
    (problem,) = startup.variables({**RIGHT, name: value})
    assert problem.startswith(name)
    assert "missing" not in problem


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgres://portal@//var/run/postgresql/portal"),
        ("DATABASE_URL", "postgresql://portal:p%40ss%23@[2001:db8::1]:5433/portal?sslmode=require"),
        ("REDIS_URL", "unix:///run/valkey.sock?db=0"),
        ("REDIS_URL", "rediss://:secret@redis.portal.example:6380/2"),
        ("EMAIL_URL", "smtps://tournee%40portal.example:p%25@mail.portal.example/?timeout=20"),
        ("ALLOWED_HOSTS", ".portal.example, 10.1.2.3, [2001:db8::1]"),
        # Constants: workers of one run collect the same tests.
        ("SECRET_KEY", "9e3765910b60baea14c90f7e78620d6d75f7b980db0befd0fa71157b00c64581"),
        ("LINK_KEY", "rDk6qQjl60-48Iog_y7oMv-lO1mSIwM65KlJgUbnhxjYQBLm00QryZTcLXEeKWyT4wk"),
        ("SITE_URL", "https://TOURNEE.portal.example/"),
        ("MAILBOX_URL", "imaps://re%40tours:p%25@mail.portal.example/Retours?timeout=5"),
        ("REPLIES_ADDRESS", "reponses+*@portal.example"),
        ("RETURN_PATH", "retours@portal.example"),
    ],
)
def test_what_real_servers_have_is_right(name: str, value: str) -> None:
    assert list(startup.variables({**RIGHT, name: value})) == []


def test_a_map_of_another_provider_is_welcome() -> None:
    assert list(startup.variables({**RIGHT, "MAP_LINK": "https://maps.example/?at={lat},{lon}"})) == []


def test_no_proxy_is_said_by_an_empty_variable() -> None:
    assert list(startup.variables({**RIGHT, "TRUSTED_PROXIES": ""})) == []


def test_a_demonstration_may_leave_its_mail_in_files() -> None:
    local = {"EMAIL_URL": "", "SITE_URL": "http://localhost:8000"}
    assert list(startup.variables({**RIGHT, **local, "PORTAL_EMBEDDED": "1"})) == []
    assert len(list(startup.variables({**RIGHT, **local, "PORTAL_EMBEDDED": "off"}))) == 2


def test_zone_data_that_know_the_decree_are_right() -> None:
    assert list(startup.zone_data()) == []


def test_older_zone_data_are_refused(older_zone_data: None) -> None:
    (problem,) = startup.zone_data()
    assert problem.startswith("Zone data older than 2026c")


@pytest.mark.django_db
def test_a_migrated_database_is_right() -> None:
    assert list(startup.migrations()) == []


@pytest.mark.django_db
def test_the_migrations_are_those_that_django_would_load() -> None:
    """They are told by the names of their files, so that the web does not carry them."""
    assert sorted(startup.of_this_code()) == sorted(MigrationLoader(connection).disk_migrations)


@pytest.mark.django_db
def test_a_database_behind_is_named_with_what_it_lacks() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'outbox'")
    (problem,) = startup.migrations()
    assert "migrations behind (first: outbox.0001_initial): run `manage.py migrate`" in problem


def test_debug_asks_for_the_zone_data_only(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEBUG = True
    monkeypatch.setattr(os, "environ", {})
    assert list(startup.problems()) == []


def test_debug_refuses_older_zone_data(settings: Settings, older_zone_data: None) -> None:
    settings.DEBUG = True
    assert len(list(startup.problems())) == 1


@pytest.mark.faults
@pytest.mark.parametrize("what", START)
def test_each_process_refuses_by_itself_and_says_why(what: str, behind: str, tmp_path: Path) -> None:
    """Everything at once: what its environment lacks, and what its database lacks."""
    done = start(START[what], tmp_path, DATABASE_URL=behind, PORT="0")
    assert done.returncode == startup.REFUSED
    assert f"{what} does not start:" in done.stderr.splitlines()
    *missing, last = [line for line in done.stderr.splitlines() if line.startswith("  - ")]
    assert [re.findall(r"  - (\w+) is missing", line) for line in missing] == [
        *(["REDIS_URL"], ["EMAIL_URL"], ["SITE_URL"], ["SECRET_KEY"], ["LINK_KEY"], ["ADDRESS_KEY"]),
        *(["ALLOWED_HOSTS"], ["TRUSTED_PROXIES"]),
    ]
    assert "migrations behind" in last


@pytest.mark.faults
def test_commands_run_where_the_web_would_refuse(behind: str, tmp_path: Path) -> None:
    """`migrate` must be able to mend what the web refuses."""
    done = start(["django", "showmigrations", "outbox"], tmp_path, DATABASE_URL=behind)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "outbox")


@pytest.fixture
def behind() -> str:
    """The address of an empty database: the tests make databases of their own beside it."""
    return os.environ["DATABASE_URL"]


def test_development_settings_written_before_the_key_of_addresses_still_do(tmp_path: Path) -> None:
    """What was hashed with the key of the links is recognised."""
    command = ["-c", "from onmt_tour import settings; print(settings.ADDRESS_KEY)"]
    clean = {name: value for name, value in os.environ.items() if name not in RIGHT}
    done = subprocess.run(
        [sys.executable, *command],
        env=clean | {"DEBUG": "1", "PORTAL_ENV_FILE": os.devnull, "LINK_KEY": RIGHT["LINK_KEY"]},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == RIGHT["LINK_KEY"]
