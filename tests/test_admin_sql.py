"""No page of the administration lets the database convert a time zone, or ask it the time.

PostgreSQL has zone data of its own, which may be older than the decree. The pages are every list,
as it stands, searched, and narrowed by each link that it offers; and every form, empty and filled.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import (
    make_meeting,
    make_message,
    make_official,
    make_registration,
    make_staff,
    make_stop,
)

ZONES = re.compile(
    r"AT TIME ZONE|\bnow\(\)|CURRENT_(?:DATE|TIME|TIMESTAMP)|LOCALTIME|statement_timestamp", re.I
)
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
NARROWED = re.compile(r'href="(\?[^"#]+)"')


@pytest.fixture
def staff(client: Client, world: None) -> Client:
    client.force_login(make_staff(is_superuser=True))
    return client


@pytest.fixture
def world(db: None) -> None:
    """Rows for the lists that offer filters and dates only when there is something to narrow."""
    stop = make_stop()
    make_meeting(stop)
    make_registration(stop)
    make_official()
    make_message()


def asked(client: Client, address: str) -> tuple[str, list[str]]:
    """The page, and those of its statements that convert a zone."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(address)
    assert answer.status_code in {200, 403}, address
    return answer.content.decode(), [q["sql"] for q in queries.captured_queries if ZONES.search(q["sql"])]


def pages(client: Client, model: Any) -> Iterator[tuple[str, list[str]]]:
    """Every page of a model's administration with what it asked."""
    place = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    listed = reverse(f"{place}_changelist")
    text, found = asked(client, listed)
    yield listed, found
    narrowed = {unescape(link) for link in NARROWED.findall(text)} | {"?q=dakhla"}
    for link in sorted(narrowed):
        yield listed + link, asked(client, listed + link)[1]
    yield reverse(f"{place}_add"), asked(client, reverse(f"{place}_add"))[1]
    if row := model._default_manager.first():
        change = reverse(f"{place}_change", args=[row.pk])
        yield change, asked(client, change)[1]
        history = reverse(f"{place}_history", args=[row.pk])
        yield history, asked(client, history)[1]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_page_of_the_administration_converts_a_zone(staff: Client, model: Any) -> None:
    assert [(address, found) for address, found in pages(staff, model) if found] == []


def test_the_start_page_converts_no_zone(staff: Client) -> None:
    assert asked(staff, reverse("admin:index"))[1] == []


@pytest.mark.django_db
def test_a_conversion_would_be_seen() -> None:
    """The control: what Django writes for a date out of an instant is what is looked for."""
    from outbox.models import Message

    sql = str(Message.objects.filter(written_at__date="2026-12-03").query)
    assert ZONES.search(sql) is not None
