"""What every test stands on: keys of its own in Valkey, services of its own where it breaks them."""

import gc
import shutil
import zoneinfo
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from django.test.signals import setting_changed
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from meetings import handing_out
from meetings.models import Stop
from onmt_tour import embedded, public_pages
from outbox import clock
from tests import databases

Prepared = Callable[[Path], None]

# A slow machine is no error.
hypothesis_settings.register_profile("portal", deadline=None)
hypothesis_settings.load_profile("portal")


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not walk it again and again, nor look so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """This worker's database: a copy of one that has every migration, which is kept from run to run."""
    name = connection.settings_dict["TEST"]["NAME"]
    with django_db_blocker.unblock():
        databases.make(name)
        with databases.reached(name), django_db_blocker.block(), pytest.MonkeyPatch.context() as patch:
            # After a test whose transactions are real.
            patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: databases.empty())
            yield
        databases.drop(name)


@pytest.fixture(scope="session")
def valkey() -> redis.Redis:
    """The server the portal's cache lives in, as a plain client."""
    return redis.Redis.from_url(settings.REDIS_URL)


@pytest.fixture(autouse=True)
def _own_keys_only(valkey: redis.Redis) -> Iterator[None]:
    """No test sees the rate limits, heartbeats or pages that another one left.

    Not `cache.clear()`, which empties the whole server under the other workers' feet.
    """
    yield
    if keys := list(valkey.scan_iter(match=f"{settings.REDIS_PREFIX}*", count=1000)):
        valkey.delete(*keys)


@pytest.fixture(autouse=True)
def _own_pages_only() -> Iterator[None]:
    """No test is answered from what another one, or other settings, had made; rows tell by themselves."""

    def forget(**kwargs: object) -> None:
        public_pages.forget()

    public_pages.forget()
    setting_changed.connect(forget)
    yield
    setting_changed.disconnect(forget)


@pytest.fixture(autouse=True)
def _french() -> Iterator[None]:
    """No test reads in the language that the last request of another one left."""
    with translation.override("fr"):
        yield


@pytest.fixture(autouse=True)
def _files_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow machine is no error: a file in the making is waited for longer than a reader would."""
    monkeypatch.setattr(handing_out, "PATIENCE", 60.0)


@pytest.fixture
def mail_dir() -> Iterator[Path]:
    """The folder that mail goes to without EMAIL_URL, empty."""
    folder = Path(settings.MAIL_DIR)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def prepared(django_db_blocker: DjangoDbBlocker) -> Prepared:
    """`prepared(state)`: the services of `state` begin where `migrate` has been."""

    def lay_down(state: Path) -> None:
        with django_db_blocker.unblock():
            databases.lay_down_cluster(state)

    return lay_down


@pytest.fixture
def durable_services(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Services for a test that kills or empties one: nobody else's, and no commit is lost."""
    state = tmp_path / "services"
    with embedded.services(state, durable=True) as addresses:
        yield addresses
    embedded.discard(state)


@pytest.fixture
def older_zone_data(tmp_path: Path) -> Iterator[None]:
    """Zone data that miss the decree, as those of 2025b: Morocco is on UTC+1."""
    folder = tmp_path / "zones" / "Africa"
    folder.mkdir(parents=True)
    one_hour_east = files("tzdata").joinpath("zoneinfo", "Etc", "GMT-1").read_bytes()
    (folder / "Casablanca").write_bytes(one_hour_east)
    zoneinfo.reset_tzpath(to=[str(folder.parent)])
    zoneinfo.ZoneInfo.clear_cache()
    yield
    zoneinfo.reset_tzpath(to=())
    zoneinfo.ZoneInfo.clear_cache()


@pytest.fixture
def at_the_door(monkeypatch: pytest.MonkeyPatch) -> Callable[..., datetime]:
    """`at_the_door(stop)`: half an hour before it begins, or `minutes` from its beginning. Time goes on."""
    plain = clock.now

    def go(stop: Stop, minutes: int = -30) -> datetime:
        moved = stop.starts_at + timedelta(minutes=minutes) - plain()
        monkeypatch.setattr(clock, "now", lambda: plain() + moved)
        return clock.now()

    return go
