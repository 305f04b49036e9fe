"""The bell that tells a worker: something is due. Losing a ring loses nothing, the sweep rings again.

A broker that is away or hangs costs one request in ten seconds about a second, and fails none.
"""

import logging
import time
from typing import Any

import redis
from celery import Celery, current_app
from django.db import transaction
from kombu import Connection
from kombu.exceptions import OperationalError
from kombu.pools import producers

logger = logging.getLogger(__name__)

PATIENCE = 1.0  # seconds, for each step of the conversation with the broker
SILENCE = 10.0  # seconds without a try after a failure

_silent_until = 0.0
_rung_until = 0.0  # the last moment a later ring of this process was asked for


def ring_at_commit() -> None:
    """Ring once when this transaction commits, however many mails it writes."""
    waiting = transaction.get_connection().run_on_commit
    if not any(function is ring for _, function, _ in waiting):
        # robust: whatever goes wrong with the bell, the fact stands and so does its mail.
        transaction.on_commit(ring, robust=True)


def ring(*, after: float = 0.0) -> bool:
    """Ask for a delivery, now or some seconds later; False when the broker could not be told.

    Of the later rings a process asks for one at a time, however many times it is told to.
    """
    global _silent_until, _rung_until
    present = time.monotonic()
    if present < _silent_until:
        return False
    if after:
        if present < _rung_until:
            return True
        _rung_until = present + after
    try:
        _publish(current_app, after)
    except (OperationalError, redis.RedisError, OSError) as error:
        _silent_until = time.monotonic() + SILENCE
        # Not the error's text: it may hold the broker's address and password.
        logger.warning("The broker cannot be told that mail is due: %s", type(error).__name__)
        return False
    return True


def _publish(app: Celery, after: float) -> None:
    from outbox import tasks

    with producers[_line(app)].acquire(block=True, timeout=PATIENCE) as producer:
        tasks.deliver_due.apply_async(producer=producer, retry=False, countdown=after)


def _line(app: Celery) -> Connection:
    """A connection of our own, with short patience: workers wait longer on theirs."""
    options: dict[str, Any] = {
        **app.conf.broker_transport_options,
        "socket_connect_timeout": PATIENCE,
        "socket_timeout": PATIENCE,
        "max_retries": 0,
    }
    return app.connection_for_write(connect_timeout=PATIENCE, transport_options=options)
