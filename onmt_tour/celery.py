"""The doorbell: PostgreSQL says what is due, Celery only rings for it."""

import logging
import os
import sys
from typing import Any

from celery import Celery
from celery.signals import beat_init, celeryd_init, worker_shutting_down

from outbox import stopping

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onmt_tour.settings")

logger = logging.getLogger(__name__)

app = Celery("onmt_tour")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
def worker_starts(**signal: Any) -> None:
    refuse_unless_ready("The worker")
    look_for_a_restore()


@worker_shutting_down.connect
def worker_stops(**signal: Any) -> None:
    stopping.tell()


@beat_init.connect
def beat_starts(**signal: Any) -> None:
    refuse_unless_ready("Beat")


def look_for_a_restore() -> None:
    """Before the first mail: whether this database is a copy, whose mails may have left."""
    from django.db import DatabaseError, connections

    from outbox import epochs

    try:
        if epochs.look():
            logger.error("This database was restored from a copy: mail waits until a person releases it.")
    except DatabaseError as error:
        # An ordinary error of a signal's receiver would be logged and passed over.
        sys.exit(f"The worker does not start: the database does not answer: {error}")
    finally:
        connections.close_all()  # Celery forks after this


def refuse_unless_ready(what: str) -> None:
    import django

    django.setup()
    from onmt_tour import startup

    startup.refuse_unless_ready(what)
