"""Celery's beat, leaving a sign of life that `doctor` reads."""

import logging
from typing import Any

from celery.beat import PersistentScheduler
from django.core.cache import cache
from redis import RedisError

from outbox import clock

KEY = "beat:alive"
# The longest wait between two ticks is that of the shortest schedule: a minute.
SILENCE_SECONDS = 150
log = logging.getLogger(__name__)


class Scheduler(PersistentScheduler):
    def tick(self, *args: Any, **kwargs: Any) -> Any:
        try:
            cache.set(KEY, clock.now().isoformat(), timeout=SILENCE_SECONDS)
        except RedisError as error:
            log.warning("The sign of life could not be left: %s", error)
        return super().tick(*args, **kwargs)
