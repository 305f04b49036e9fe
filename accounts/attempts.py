"""Counting attempts to sign in, with Redis or without it.

allauth counts in the default cache. While Redis is away it counts in this process instead: each
process allows as many attempts, which is more than before and still few, and nobody is locked out
of the portal at the moment when somebody must look what is wrong. All else in the cache stays an
error, as elsewhere.
"""

from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import RedisError

COUNTED = ("allauth:", "allauth.")  # attempts; codes used up
MOST_KEYS = 10_000


class Cache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        here = {"KEY_PREFIX": params.get("KEY_PREFIX", ""), "OPTIONS": {"MAX_ENTRIES": MOST_KEYS}}
        self._here = LocMemCache("attempts", here)

    def add(self, key: str, *args: Any, **kwargs: Any) -> Any:
        return self._try("add", key, *args, **kwargs)

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        return self._try("get", key, *args, **kwargs)

    def set(self, key: str, *args: Any, **kwargs: Any) -> Any:
        return self._try("set", key, *args, **kwargs)

    def delete(self, key: str, *args: Any, **kwargs: Any) -> Any:
        return self._try("delete", key, *args, **kwargs)

    def _try(self, verb: str, key: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(super(), verb)(key, *args, **kwargs)
        except RedisError:
            if not key.startswith(COUNTED):
                raise
            return getattr(self._here, verb)(key, *args, **kwargs)
