"""How often the same sender may do the same thing: counted in Redis, in this process when Redis is away.

A limit slows abuse down; it proves nothing. When Redis does not answer, each process counts for
itself up to a smaller number, so that the portal neither opens wide nor closes.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache

import redis
from django.conf import settings

from outbox import clock
from outbox.queue import hash_of

PATIENCE = 0.25  # seconds for Redis to answer: a person is waiting
AWAY = 5.0  # seconds during which Redis is not asked again once it did not answer
REMEMBERED = 20_000  # senders this process remembers at most


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `allowed` acts in `seconds`; at most `alone` per process when Redis is away."""

    name: str
    allowed: int
    alone: int
    seconds: int


# Telephones share addresses behind an operator, colleagues behind a hotel: this stops machines, not crowds.
FORM_PER_SENDER = Limit("form", allowed=60, alone=20, seconds=600)
# A mailbox may serve a whole establishment; it must not be flooded through our form all the same.
MAIL_PER_ADDRESS = Limit("mail", allowed=12, alone=4, seconds=3600)
NAMES_PER_SENDER = Limit("names", allowed=300, alone=60, seconds=600)
MAIL_PER_PERSON = Limit("person", allowed=3, alone=2, seconds=3600)


def wait(limit: Limit, sender: str) -> int:
    """Count one act of `sender`. Answers 0 when it is allowed, else the seconds to wait.

    The sender is remembered under a keyed hash only, and not longer than the limit's window.
    """
    window, passed = divmod(int(clock.now().timestamp()), limit.seconds)
    key = f"{settings.REDIS_PREFIX}limit:{limit.name}:{window}:{hash_of(sender)}"
    try:
        count, allowed = _count_in_redis(key, limit.seconds), limit.allowed
    except redis.RedisError:
        count, allowed = _count_here(key), limit.alone
    return 0 if count <= allowed else limit.seconds - passed


@lru_cache(maxsize=4)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=None)


_away_until = 0.0


def _count_in_redis(key: str, seconds: int) -> int:
    global _away_until
    if time.monotonic() < _away_until:
        raise redis.ConnectionError("Redis did not answer a moment ago")
    try:
        with _client(settings.REDIS_URL).pipeline(transaction=True) as pipe:
            pipe.set(key, 0, ex=seconds, nx=True)
            pipe.incr(key)
            return int(pipe.execute()[-1])
    except redis.RedisError:
        _away_until = time.monotonic() + AWAY
        raise


_here: OrderedDict[str, int] = OrderedDict()
_here_lock = threading.Lock()


def _count_here(key: str) -> int:
    with _here_lock:
        _here[key] = _here.pop(key, 0) + 1
        while len(_here) > REMEMBERED:
            _here.popitem(last=False)
        return _here[key]
