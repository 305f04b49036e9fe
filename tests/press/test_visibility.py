"""Who sees what of the press room, and from which moment on."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.test import Client

from meetings.visibility import PUBLIC, Viewer
from outbox import clock
from press import visibility
from regions import legal_time
from tests.factories import make_staff, make_user
from tests.press.rows import make_photo, make_press_release

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("make", [make_press_release, make_photo])
def test_drafts_and_what_is_under_embargo_are_seen_by_those_who_work_here(
    make: Callable[..., object],
) -> None:
    later = legal_time.today() + timedelta(days=1)
    public = make()
    make(published_at=None)
    make(embargo_on=later, embargo_at=time(9))
    see = visibility.photos_visible_to if make is make_photo else visibility.releases_visible_to
    for user, seen in (
        (None, 1),
        (make_user(role="door"), 1),
        (make_user(), 1),  # no access to the administration
        (make_user(role="press", is_active=False), 1),
        (make_user(role="press"), 3),
        (make_staff(), 3),
    ):
        assert see(Viewer(user=user), clock.now()).count() == seen, user
    assert see(PUBLIC, clock.now()).get() == public


def test_an_embargo_ends_at_its_minute_in_morocco_on_pages_and_files(
    client: Client, set_clock: Callable[[datetime], None]
) -> None:
    """Also for a page that was answered from memory a second before."""
    day = legal_time.today() + timedelta(days=2)
    release = make_press_release(title="Sous embargo", embargo_on=day, embargo_at=time(18))
    photo = make_photo(alt_fr="Vue sous embargo", embargo_on=day, embargo_at=time(19))
    files = [f"/fr/presse/photos/{photo.pk}.jpg", f"/fr/presse/photos/{photo.pk}-vignette.jpg"]
    paths = [f"/fr/presse/communiques/{release.pk}/", "/fr/presse/tout.zip", *files]

    def seen(hour: int, second: int) -> list[object]:
        set_clock(legal_time.instant(day, time(hour)) + timedelta(seconds=second))
        room = client.get("/fr/presse/").content.decode()
        said = ["Sous embargo" in room, "Vue sous embargo" in room]
        return [*said, *(client.get(path).status_code for path in paths)]

    assert seen(18, -1) == [False, False, 404, 404, 404, 404]
    assert seen(18, 0) == [True, False, 200, 200, 404, 404]
    assert seen(19, -1) == [True, False, 200, 200, 404, 404]
    assert seen(19, 0) == [True, True, 200, 200, 200, 200]
