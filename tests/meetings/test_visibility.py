"""Tests of meetings.visibility (invariant 4)."""

import pytest

from accounts.models import Role
from meetings import releases, visibility
from meetings.models import Invitation, Stop, Visibility
from meetings.visibility import PUBLIC, Viewer
from outbox import clock
from tests.factories import make_meeting, make_staff, make_stop, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def release():
    """A stop with a meeting of each visibility."""
    stop = make_stop(published=False)
    make_meeting(stop, title_fr="Entre inscrits", room="B", visibility=Visibility.REGISTERED)
    make_meeting(stop, title_fr="Huis clos", room="C", visibility=Visibility.INVITED)
    return releases.publish(stop, by=None)


def seen(viewer, release):
    document = visibility.document_for(viewer, release, clock.now())
    return [meeting["title"]["fr"] for meeting in document["meetings"]]


def test_each_sees_the_meetings_that_are_theirs(release):
    here, elsewhere = frozenset([release.stop_id]), frozenset([release.stop_id + 1])
    everything = ["Séance plénière", "Entre inscrits", "Huis clos"]
    assert seen(PUBLIC, release) == everything[:1]
    assert seen(Viewer(registered_at=elsewhere, expected_at=elsewhere), release) == everything[:1]
    assert seen(Viewer(registered_at=here), release) == everything[:2]
    assert seen(Viewer(expected_at=here), release) == everything
    assert seen(Viewer(user=make_staff()), release) == everything


def test_the_document_that_is_kept_is_not_touched(release):
    seen(Viewer(expected_at=frozenset([release.stop_id])), release)
    assert seen(PUBLIC, release) == ["Séance plénière"]


def test_the_staff_sees_drafts_and_narrow_roles_and_strangers_do_not(release):
    make_stop(region="MA-01", published=False)
    now = clock.now()
    assert visibility.stops_visible_to(Viewer(user=make_staff()), now).count() == 2
    for user in [
        None,
        make_user(),
        make_user(role=Role.PRESS),
        make_user(role=Role.DOOR),
        make_staff(is_active=False),
    ]:
        assert visibility.stops_visible_to(Viewer(user=user), now).get() == Stop.objects.get(
            pk=release.stop_id
        )


@pytest.mark.parametrize(
    ("audience", "expected"), [("crt", True), ("wilaya", True), ("professionals", False)]
)
def test_an_invitation_opens_closed_meetings_to_officials_only(release, audience, expected):
    invitation = Invitation(stop=release.stop, audience=audience, key="x:1")
    assert ("Huis clos" in seen(visibility.viewer_of(invitation), release)) == expected
