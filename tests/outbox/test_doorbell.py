"""The bell: heard when the broker is there, and no burden on anybody when it is not."""

import socket
import time
from pathlib import Path

import pytest
import redis
from celery import current_app
from django.conf import settings
from kombu.pools import producers

from outbox import doorbell
from outbox.models import Message
from outbox.queue import enqueue
from tests.outbox.conftest import fields


@pytest.fixture
def broker_at(monkeypatch: pytest.MonkeyPatch):
    """Send the rings elsewhere."""

    def elsewhere(url: str) -> None:
        monkeypatch.setattr(
            doorbell,
            "_line",
            lambda app: app.connection_for_write(
                url=url, connect_timeout=doorbell.PATIENCE, transport_options=OPTIONS
            ),
        )

    return elsewhere


OPTIONS = {
    "socket_connect_timeout": doorbell.PATIENCE,
    "socket_timeout": doorbell.PATIENCE,
    "max_retries": 0,
}


def mails_rung_for(broker: redis.Redis) -> int:
    return int(broker.llen(f"{settings.REDIS_PREFIX}mail"))


def test_a_ring_reaches_the_queue_of_the_mail_workers(broker):
    assert doorbell.ring() is True
    assert mails_rung_for(broker) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1:1/1", "redis+socket:///tmp/there-is-no-such.sock?virtual_host=1"]
)
def test_a_broker_that_is_down_fails_no_request_and_holds_none_up(broker_at, url):
    broker_at(url)
    begun = time.monotonic()

    assert enqueue(**fields()) is True
    assert time.monotonic() - begun < 1
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_hangs_costs_about_a_second_once(broker_at):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes calls, says nothing
        broker_at(f"redis://127.0.0.1:{silent.getsockname()[1]}/1")
        begun = time.monotonic()
        enqueue(**fields(key="seat:1"))
        first = time.monotonic() - begun
        enqueue(**fields(key="seat:2"))
        both = time.monotonic() - begun

    assert 0.9 < first < 2
    assert both - first < 0.3
    assert Message.objects.count() == 2


def test_the_bell_is_tried_again_after_ten_seconds(broker, broker_at, monkeypatch):
    with monkeypatch.context() as away:
        away.setattr(doorbell, "_publish", refuse)
        assert doorbell.ring() is False
    assert doorbell.ring() is False  # silent, although the broker is back
    assert mails_rung_for(broker) == 0

    now = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: now() + doorbell.SILENCE)
    assert doorbell.ring() is True
    assert mails_rung_for(broker) == 1


def refuse(app: object, after: float) -> None:
    raise ConnectionRefusedError


def test_a_broker_that_came_back_is_heard_at_the_next_ring(tmp_path: Path, monkeypatch):
    """The kept connection is dead then; it must not stay so."""
    from onmt_tour import embedded

    with embedded.services(tmp_path, wanted=(embedded.VALKEY,)) as addresses:
        line = current_app.connection_for_write(url=addresses["CELERY_BROKER_URL"], transport_options=OPTIONS)
        monkeypatch.setattr(doorbell, "_line", lambda app: line)
        assert doorbell.ring() is True
    monkeypatch.setattr(doorbell, "SILENCE", 0.0)
    assert doorbell.ring() is False
    with embedded.services(tmp_path, wanted=(embedded.VALKEY,)):
        assert doorbell.ring() is True
    embedded.discard(tmp_path)
    del producers[line]
