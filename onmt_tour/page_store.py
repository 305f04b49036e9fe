"""Public answers as this process keeps them: whole, bounded in bytes, the least asked for go first."""

import gzip
import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import brotli

from onmt_tour.revision import Version

# What a page weighs besides its bytes: headers, keys, objects.
OVERHEAD = 2_000
COMPRESSIBLE = re.compile(r"text/|application/(json|javascript|xml|[\w.-]+\+(json|xml))|image/svg")
COMPRESS_FROM = 500  # bytes: less fits one packet either way
GZIP_LEVEL, BROTLI_QUALITY = 6, 5
COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=BROTLI_QUALITY),
    "gzip": lambda body: gzip.compress(body, GZIP_LEVEL, mtime=0),
}


@dataclass(slots=True, eq=False)
class Page:
    """An answer, and the codings of it that somebody has asked for."""

    body: bytes
    headers: Mapping[str, str]  # without those of the coding
    version: Version | None
    compressible: bool
    codings: dict[str, bytes] = field(default_factory=dict)

    def coded(self, coding: str) -> bytes:
        """The body in this coding, made when first asked for; "" is as it is."""
        if not coding:
            return self.body
        if coding not in self.codings:
            self.codings[coding] = COMPRESSORS[coding](self.body)
        return self.codings[coding]

    @property
    def size(self) -> int:
        return OVERHEAD + len(self.body) + sum(len(coded) for coded in self.codings.values())


def etag_of(body: bytes) -> str:
    """Weak: the same for every coding of the page."""
    return f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'


def may_compress(content_type: str, body: bytes) -> bool:
    return len(body) >= COMPRESS_FROM and COMPRESSIBLE.match(content_type) is not None


@lru_cache(maxsize=256)
def coding_for(accepted: str) -> str:
    """The best coding this `Accept-Encoding` allows: brotli, gzip, or "" for none."""
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, parameter = part.partition(";")
        try:
            weights[name.strip()] = float(parameter.partition("=")[2] or 1)
        except ValueError:
            weights[name.strip()] = 0
    wanted = {name: weights.get(name, weights.get("*", 0)) for name in COMPRESSORS}
    best = max(wanted, key=lambda name: wanted[name])  # brotli among equals: it comes first
    return best if wanted[best] > 0 else ""


class Store:
    """Pages by key, up to `room` bytes in all."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.size = 0
        self._pages: OrderedDict[Hashable, tuple[Page, int]] = OrderedDict()
        self._lock = threading.Lock()  # one process may have several threads

    def get(self, key: Hashable) -> Page | None:
        with self._lock:
            if (found := self._pages.get(key)) is None:
                return None
            self._pages.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, page: Page) -> None:
        """Keep `page`, or what it has grown to, in place of what was kept under its key."""
        size = page.size
        with self._lock:
            if before := self._pages.pop(key, None):
                self.size -= before[1]
            if size > self.room:
                return
            self._pages[key] = page, size
            self.size += size
            while self.size > self.room:
                _, (_, gone) = self._pages.popitem(last=False)
                self.size -= gone

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self.size = 0

    def __len__(self) -> int:
        return len(self._pages)
