"""The page of an order tells how far it is by itself, and leaves alone who is at one of its buttons."""

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from meetings import campaign_pages
from meetings.models import Campaign
from outbox import clock
from tests import factories
from tests.browser.conftest import Visit
from tests.browser.test_team import signed_in


def test_an_order_that_is_done_says_so_without_being_asked(
    visit: Visit, transactional_db: None, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign_pages, "REFRESH_SECONDS", 1)
    staff, stop = factories.make_staff(), factories.make_stop()
    order = Campaign.objects.create(stop=stop, audiences=["professionals"], by=staff, ordered_at=clock.now())
    page = signed_in(visit, live_server.url, "fr", staff)
    page.goto(reverse("campaigns:progress", kwargs={"slug": stop.slug, "pk": order.pk}))
    before = page.locator("main .lead").inner_text()
    page.locator("main button").first.focus()
    Campaign.objects.filter(pk=order.pk).update(done_at=clock.now())
    page.wait_for_timeout(2500)
    assert page.locator("main .lead").inner_text() == before
    page.evaluate("document.activeElement.blur()")
    page.wait_for_function("before => document.querySelector('main .lead').innerText !== before", arg=before)
