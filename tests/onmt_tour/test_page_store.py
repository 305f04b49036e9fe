"""What a process keeps of public answers: bounded, the least asked for first to go, coded on demand."""

import gzip

import brotli
import pytest

from onmt_tour.page_store import OVERHEAD, Page, Store, coding_for, etag_of, may_compress


def page(size: int) -> Page:
    return Page(body=b"a" * size, headers={}, version=None, compressible=True)


def test_a_store_keeps_no_more_than_its_room_and_lets_go_what_was_not_asked_for() -> None:
    store = Store(3 * (OVERHEAD + 1000))
    for key in "abc":
        store.put(key, page(1000))
    store.get("a")
    store.put("d", page(1000))
    assert [key for key in "abcd" if store.get(key)] == ["a", "c", "d"]
    assert store.size == 3 * (OVERHEAD + 1000)


def test_what_grows_or_is_replaced_counts_once() -> None:
    store = Store(100_000)
    grows = page(10_000)
    store.put("a", grows)
    grows.coded("gzip")
    store.put("a", grows)
    assert (len(store), store.size) == (1, OVERHEAD + 10_000 + len(grows.codings["gzip"]))
    store.put("a", page(5))
    assert (len(store), store.size) == (1, OVERHEAD + 5)


def test_what_is_larger_than_the_room_is_not_kept_and_displaces_nothing() -> None:
    store = Store(10_000)
    store.put("a", page(10))
    store.put("b", page(10_001))
    assert (store.get("b"), len(store)) == (None, 1)
    assert Store(0).get("a") is None


def test_a_store_without_room_keeps_nothing() -> None:
    store = Store(0)
    store.put("a", page(0))
    assert len(store) == 0


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", ""),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0.5, gzip", "gzip"),
        ("GZIP;q=1.0", "gzip"),
        ("br;q=0, gzip;q=0", ""),
        ("*", "br"),
        ("*;q=0.2, br;q=0", "gzip"),
        ("identity", ""),
        ("gzip;q=x", ""),
        ("zstd", ""),
    ],
)
def test_the_reader_gets_the_best_coding_it_takes(accepted: str, coding: str) -> None:
    assert coding_for(accepted) == coding


def test_codings_say_the_same_and_are_the_same_bytes_each_time() -> None:
    one, two = page(3000), page(3000)
    assert brotli.decompress(one.coded("br")) == gzip.decompress(one.coded("gzip")) == one.coded("")
    assert (one.coded("br"), one.coded("gzip")) == (two.coded("br"), two.coded("gzip"))
    assert etag_of(one.body) != etag_of(b"b")


def test_only_text_of_some_length_is_coded() -> None:
    coded = ("text/html; charset=utf-8", "application/atom+xml", "application/json", "text/calendar")
    assert [kind for kind in (*coded, "application/pdf", "image/png") if may_compress(kind, b"x" * 1000)] == [
        *coded
    ]
    assert not may_compress("text/html", b"short")
