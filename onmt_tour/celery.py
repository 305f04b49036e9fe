"""The doorbell: PostgreSQL says what is due, Celery only rings for it."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, celeryd_init, worker_shutting_down

from outbox import stopping

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onmt_tour.settings")

app = Celery("onmt_tour")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
def worker_starts(**signal: Any) -> None:
    refuse_unless_ready("The worker")


@worker_shutting_down.connect
def worker_stops(**signal: Any) -> None:
    stopping.tell()


@beat_init.connect
def beat_starts(**signal: Any) -> None:
    refuse_unless_ready("Beat")


def refuse_unless_ready(what: str) -> None:
    import django

    django.setup()
    from onmt_tour import startup

    startup.refuse_unless_ready(what)
