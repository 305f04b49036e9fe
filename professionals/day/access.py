"""Who may stand at which door. The queryset is the permission: another stop is not there."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import Role, User
from meetings.models import Stop, StopQuerySet
from outbox import clock
from professionals.models import DoorAccess
from regions import legal_time

RIGHT = "professionals.change_registration"  # of the team, who stand at every door
LOOK = "professionals.view_registration"  # of who follows from afar


def stops_for(user: User | AnonymousUser, *, right: str = RIGHT) -> StopQuerySet:
    """The released stops of the current tour whose door this account may open now."""
    released = Stop.objects.public().filter(tour__is_current=True)
    if not isinstance(user, User) or not user.is_active:
        return released.none()
    if user.role == Role.STAFF:
        return released if user.is_staff and user.has_perm(right) else released.none()
    if user.role != Role.DOOR:
        return released.none()
    today = legal_time.today()
    yesterday = today - timedelta(days=1)
    return released.filter(
        Q(date__gte=yesterday) | Q(door_accesses__extended_to__gte=today), door_accesses__user=user
    )


def may_open(user: User | AnonymousUser, stop: Stop) -> bool:
    return stops_for(user).filter(pk=stop.pk).exists()


def ends_at(user: User, stop: Stop) -> datetime:
    """When this account's access to this door ends: what a device keeps of the list ends with it."""
    own = DoorAccess.objects.filter(user=user, stop=stop).select_related("stop").first()
    return (own or DoorAccess(user=user, stop=stop)).ends_at


DoorView = Callable[..., HttpResponse]


def _with_right(right: str) -> Callable[[DoorView], DoorView]:
    def decorate(view: DoorView) -> DoorView:
        @wraps(view)
        def open_door(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            stops = stops_for(request.user, right=right).filter(slug=slug)
            stop = stops.select_related("region", "current_release", "tour").first()
            if stop is None:
                raise Http404
            response = view(request, stop, *args, **kwargs)
            response["Cache-Control"] = "no-store, private"
            response["X-Robots-Tag"] = "noindex, nofollow"
            return response

        return open_door

    return decorate


# The view of a stop whose door the account may open, or whose figures it may follow. Nothing of it is
# kept on the way.
at_the_door, watching = _with_right(RIGHT), _with_right(LOOK)


def own_stops(user: User | AnonymousUser) -> list[Stop]:
    """Those whose turn is next first: what is over stands last."""
    today = legal_time.wall_clock(clock.now()).date()
    found = stops_for(user).select_related("region")
    return sorted(found, key=lambda stop: (stop.date < today, abs((stop.date - today).days), stop.pk))
