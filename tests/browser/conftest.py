"""A real browser in front of the portal: Debian's chromium, French or Arabic, telephone or desk.

Every page is watched: a violation of the content security policy, an error of a script or a
request to another host fails the test that caused it.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request

from meetings import releases
from tests import addresses
from tests.browser.looking import MEASURED, MEASURING

# Playwright keeps a loop in this thread; the ORM is used beside it, never inside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

TELEPHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WATCH = """
document.addEventListener("securitypolicyviolation", event => {
  console.error("Content Security Policy", event.violatedDirective, event.blockedURI);
});
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("chromium is missing: `make test-browser` installs it where apt is usable")
    return {"executable_path": chromium, "args": FLAGS}


class Watched:
    """One visitor's context; `problems` holds what went wrong on any of its pages."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.context, self.origin = context, origin
        self.problems: list[str] = []
        self.measuring = False
        context.add_init_script(WATCH)
        context.on("request", self._request)
        context.on("weberror", lambda error: self.problems.append(f"script: {error.error}"))
        context.on("console", self._console)

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).scheme in ("http", "https") and not request.url.startswith(self.origin):
            self.problems.append(f"request elsewhere: {request.url}")

    def _console(self, message: Any) -> None:
        if message.text in (MEASURING, MEASURED):
            self.measuring = message.text == MEASURING
        elif self.measuring:
            return  # axe measures with a style of its own
        if message.type == "error" and "Content Security Policy" in message.text:
            where = message.page.url if message.page else ""
            self.problems.append(f"{where}: {message.text}")


Visit = Callable[..., Page]
Pages = Callable[[str], list[str]]


@pytest.fixture
def visit(browser: Browser, live_server: Any) -> Iterator[Visit]:
    """`visit(language="ar", viewport=TELEPHONE)`: a visitor of their own, on a blank page."""
    opened: list[Watched] = []

    def open_one(*, language: str = "fr", viewport: dict[str, int] | None = None, **options: Any) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            locale={"fr": "fr-MA", "ar": "ar-MA", "en": "en-GB"}[language],
            viewport=viewport or DESK,
            **options,
        )
        context.set_default_timeout(15_000)
        opened.append(Watched(context, live_server.url))
        return context.new_page()

    yield open_one
    for watched in opened:
        watched.context.close()
    assert [problem for watched in opened for problem in watched.problems] == []


@pytest.fixture
def pages(transactional_db: None) -> Pages:
    """`pages("ar")`: the address of every public page in Arabic, of a tour with stops in every state."""
    world = addresses.make_world()
    releases.publish(world.stop, by=None)
    world.stop.refresh_from_db()
    addresses.make_every_state()
    return partial(addresses.every_page, world)
