"""The watch of these tests works: what it must see, it sees."""

from typing import Any

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import Watched


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("script", "seen"),
    [
        ("document.body.setAttribute('style', 'color: red')", "Content Security Policy"),
        (
            "document.body.append(Object.assign(new Image(), {src: 'https://ailleurs.invalid/p'}))",
            "https://ailleurs.invalid/p",
        ),
        ("setTimeout(() => { throw new Error('rompu') })", "rompu"),
    ],
)
def test_a_violation_is_seen(browser: Browser, live_server: LiveServer, script: Any, seen: str) -> None:
    context = browser.new_context(base_url=live_server.url)
    watched = Watched(context, live_server.url)
    page = context.new_page()
    page.goto("/fr/")
    page.evaluate(script)
    page.wait_for_timeout(300)
    context.close()
    assert any(seen in problem for problem in watched.problems)
