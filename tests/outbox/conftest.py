from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import current_app
from django.conf import settings as portal
from pytest_django import DjangoDbBlocker, Settings

from outbox import doorbell
from outbox.courier import Courier
from outbox.smtp import Server, SmtpCourier
from tests.outbox.sink import Sink
from tests.outbox.site import Site

TEMPLATES = Path(__file__).parent / "templates"


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A mail server of this test's own."""
    server = Sink().start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _whole_site(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Site]:
    with django_db_blocker.unblock():
        made = Site(tmp_path_factory.mktemp("site"))
    yield made
    made.end()


@pytest.fixture
def site(_whole_site: Site, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    """A portal of mail to be broken, empty; one for all tests of a process, which go one by one."""
    with django_db_blocker.unblock(), _whole_site.reached():
        _whole_site.afresh()
        yield _whole_site


@pytest.fixture
def hands(sink: Sink) -> list[Courier]:
    """One connection: one mail after the other."""
    return [SmtpCourier(Server.from_url(sink.url))]


@pytest.fixture(autouse=True)
def _templates_of_ours(settings: Settings) -> None:
    """The trio "plain": what mails are made of, without anybody's words."""
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], TEMPLATES]}]


@pytest.fixture(autouse=True)
def _bell_not_silenced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)
    monkeypatch.setattr(doorbell, "_rung_until", 0.0)


@pytest.fixture
def rings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each ring that reached the broker; no broker is asked."""
    heard: list[str] = []
    monkeypatch.setattr(doorbell, "_publish", lambda app, after: heard.append("ring"))
    return heard


@pytest.fixture
def at(settings: Settings) -> Callable[[float], None]:
    """Move the portal's clock by so many seconds from now."""

    def move(seconds: float) -> None:
        settings.DEBUG = True  # nobody moves the clock of a real portal
        settings.CLOCK_OFFSET_SECONDS = seconds

    return move


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    """What the portal's broker holds, as a plain client: nothing, before and after."""
    url = current_app.conf.broker_url.replace("redis+socket://", "unix://")
    client = redis.Redis.from_url(url.replace("virtual_host=", "db="))

    def empty() -> None:
        if keys := list(client.scan_iter(match=f"{portal.REDIS_PREFIX}*")):
            client.delete(*keys)

    empty()  # whatever earlier tests rang for
    yield client
    empty()


def fields(**changes: Any) -> dict[str, Any]:
    """What `enqueue` wants, for a mail that says as little as possible."""
    return {
        "key": "reminder:professional:1:stop:1:1",
        "purpose": "reminder",
        "to": "direction@hotel.example",
        "template": "plain",
        "context": {"name": "M'hamed Aït", "topic": "l'étape & Dakhla"},
        "language": "fr",
        **changes,
    }
