"""How often the same sender may do the same thing, with Redis and without."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as plain_settings

from onmt_tour import embedded
from professionals import rate_limit
from professionals.rate_limit import Limit, wait
from tests.professionals.conftest import AtOnce, Clock

LIMIT = Limit("test", allowed=5, alone=2, seconds=600)


@pytest.fixture(autouse=True)
def _a_process_that_counted_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "_away_until", 0.0)
    rate_limit._here.clear()


@pytest.fixture
def no_redis(settings: Any, tmp_path: Path) -> None:
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"


def allowed(times: int, sender: str = "203.0.113.7", limit: Limit = LIMIT) -> int:
    return sum(wait(limit, sender) == 0 for _ in range(times))


def test_so_many_in_a_window_and_no_more() -> None:
    assert allowed(8) == 5
    assert allowed(8, "203.0.113.8") == 5


def test_limits_do_not_count_for_each_other() -> None:
    assert allowed(8) == 5
    assert allowed(8, limit=Limit("other", 3, 1, 600)) == 3


def test_the_wait_it_answers_is_long_enough(later: Clock) -> None:
    assert allowed(5) == 5
    seconds = wait(LIMIT, "203.0.113.7")
    assert 0 < seconds <= 600
    later(timedelta(seconds=seconds))
    assert wait(LIMIT, "203.0.113.7") == 0


def test_sixty_at_once_are_counted_one_by_one(at_once: AtOnce, db: None) -> None:
    answers = at_once([lambda: wait(LIMIT, "203.0.113.7")] * 60)
    assert sum(answer == 0 for answer in answers) == 5


def test_redis_keeps_no_address_and_nothing_beyond_the_window(valkey: redis.Redis) -> None:
    wait(LIMIT, "203.0.113.7")
    [key] = valkey.scan_iter(match=f"{plain_settings.REDIS_PREFIX}limit:*")
    assert b"203.0.113.7" not in key
    assert 0 < valkey.ttl(key) <= LIMIT.seconds


def test_without_redis_this_process_counts_up_to_less(no_redis: None) -> None:
    assert allowed(8) == 2
    assert allowed(8, "203.0.113.8") == 2


def test_without_redis_sixty_at_once_are_counted_one_by_one(
    no_redis: None, at_once: AtOnce, db: None
) -> None:
    answers = at_once([lambda: wait(LIMIT, "203.0.113.7")] * 60)
    assert sum(answer == 0 for answer in answers) == 2


def test_without_redis_a_process_remembers_so_many_senders_and_no_more(
    no_redis: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limit, "REMEMBERED", 10)
    for number in range(50):
        wait(LIMIT, f"203.0.113.{number}")
    assert len(rate_limit._here) == 10


def test_a_redis_that_is_away_is_not_asked_at_every_request(no_redis: None, monkeypatch) -> None:
    asked = []
    plain = rate_limit._client

    def client(url: str) -> redis.Redis:
        asked.append(url)
        return plain(url)

    monkeypatch.setattr(rate_limit, "_client", client)
    allowed(8)
    assert len(asked) == 1


@pytest.fixture
def own_valkey(tmp_path: Path, settings: Any) -> Iterator[embedded.Valkey]:
    """A server of the test's own, to be stopped under the portal's feet."""
    server = embedded.Valkey(embedded.Place.of(tmp_path / "services"), durable=False)
    server.start()
    settings.REDIS_URL = server.addresses()["REDIS_URL"]
    yield server
    server.stop()
    embedded.discard(tmp_path / "services")


def test_redis_that_dies_leaves_the_smaller_number_and_comes_back(
    own_valkey: embedded.Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert allowed(3) == 3
    own_valkey.stop()
    assert allowed(8) == 2
    own_valkey.start()
    monkeypatch.setattr(rate_limit, "_away_until", 0.0)  # the few seconds of patience are over
    assert allowed(8) == 5
