"""The probes: what a web process needs to serve, without a word too many to the public."""

import pytest
from django.db import DatabaseError, connection
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from onmt_tour import health


@pytest.fixture(autouse=True)
def _new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", False)


def test_healthz_answers_without_touching_anything(client: Client) -> None:
    # No database mark: a query would fail this test.
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"ok\n", "text/plain")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_readyz_is_right_with_database_migrations_and_zone_data(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"ready\n")


@pytest.mark.django_db
def test_a_process_looks_at_the_migrations_until_they_are_complete(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    health.readyz(RequestFactory().get("/readyz"))
    with django_assert_num_queries(1):
        health.readyz(RequestFactory().get("/readyz"))


@pytest.mark.django_db
def test_readyz_names_the_migrations(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'outbox'")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"migrations\n")


@pytest.mark.django_db
def test_readyz_names_the_zone_data(client: Client, older_zone_data: None) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"zone data\n")


def test_readyz_names_the_database_and_not_its_address(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise DatabaseError("connection to db.portal.example failed")

    monkeypatch.setattr(connection, "cursor", away)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"database\n")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.django_db
def test_a_probe_in_plain_http_is_answered_in_plain_http(
    client: Client, settings: Settings, path: str
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(path).status_code == 200
    assert client.get("/admin/").status_code == 301


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_probe_changes_nothing(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
