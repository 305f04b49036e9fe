"""The style guide: for staff, every component, both directions and schemes."""

import re

import pytest
from django.conf import settings
from django.test import Client

from onmt_tour import style_guide, style_samples
from onmt_tour.templatetags import portal
from onmt_tour.templatetags.portal import STATES
from tests.factories import make_category, make_staff, make_user

ADDRESS = "/pilotage/style"
# In the head of pages only: nothing to look at.
UNSEEN = {"components/open_graph.html"}


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    make_category()
    client.force_login(make_staff())
    return client


def test_the_guide_is_for_staff(client: Client, db: None) -> None:
    assert client.get(ADDRESS).status_code == 302
    client.force_login(make_user())
    assert client.get(ADDRESS).status_code == 403
    client.force_login(make_staff())
    assert client.get(ADDRESS).status_code == 200


def test_every_component_is_shown_as_the_pages_render_it(staff: Client) -> None:
    portal._state.cache_clear()  # a badge is rendered once a process
    shown = {template.name for template in staff.get(ADDRESS).templates}
    folder = settings.BASE_DIR / "templates" / "components"
    components = {f"components/{path.name}" for path in folder.glob("*.html")}
    assert len(components) > 15
    assert components - shown - UNSEEN == set()


def test_each_section_stands_in_both_directions_and_schemes(staff: Client) -> None:
    html = staff.get(ADDRESS).content.decode()
    frames = re.findall(r'<div class="frame" lang="(..)" dir="(...)" data-scheme="(\w+)">', html)
    four = [("fr", "ltr", "light"), ("ar", "rtl", "light"), ("fr", "ltr", "dark"), ("ar", "rtl", "dark")]
    assert frames == four * len(style_guide.SECTIONS)


def test_one_section_and_one_frame_may_be_looked_at_alone(staff: Client) -> None:
    html = staff.get(f"{ADDRESS}?seul=states&langue=en&teinte=dark").content.decode()
    assert re.findall(r'<div class="frame" lang="(..)" dir="(...)" data-scheme="(\w+)">', html) == [
        ("en", "ltr", "dark")
    ]
    assert html.count('<span class="state') == len(STATES)


def test_the_samples_show_every_state_of_a_stop_and_of_the_map() -> None:
    from onmt_tour.templatetags.portal import state_of

    shown = {state_of(stop) for stop in style_samples.every_stop()}
    assert shown == {
        *("open", "few", "waiting", "full", "closed", "not_yet"),
        *("postponed", "cancelled", "held"),
    }
    on_the_way = style_samples.standings()[1].steps
    assert {step.state for step in on_the_way} == {
        *("held", "next", "announced", "postponed", "cancelled", "undated"),
    }


def test_the_guide_writes_no_inline_style_and_loads_nothing_from_elsewhere(staff: Client) -> None:
    html = staff.get(ADDRESS).content.decode()
    assert re.findall(r"<style|\bstyle=|<script|\bon\w+=\"|https?://(?!testserver|localhost)", html) == []
