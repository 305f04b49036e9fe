"""Who may see what of the press room, and when: one rule per noun."""

from datetime import datetime

from accounts.models import Role, User
from meetings.visibility import Viewer
from press.models import Photo, PressRelease
from press.models.published import PublishedQuerySet


def works_here(user: object) -> bool:
    """The team of the tour and its press agency, as long as their account is open."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return user.role == Role.PRESS or (user.role == Role.STAFF and user.is_staff)


def releases_visible_to(viewer: Viewer, now: datetime) -> PublishedQuerySet:
    """Drafts and what is under embargo for those who work here; for everybody else, what is public."""
    found = PressRelease.objects.all()
    return found if works_here(viewer.user) else found.public(now)


def photos_visible_to(viewer: Viewer, now: datetime) -> PublishedQuerySet:
    found = Photo.objects.all()
    return found if works_here(viewer.user) else found.public(now)
