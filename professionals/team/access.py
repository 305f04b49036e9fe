"""Pages of the tour's team about people: nobody else's, whatever their role, and kept nowhere on the way."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import Role, User
from meetings.models import Stop

RIGHT = "professionals.change_registration"

TeamView = Callable[..., HttpResponse]


def is_team(user: User | AnonymousUser, right: str = RIGHT) -> bool:
    return (
        isinstance(user, User)
        and user.is_active
        and user.role == Role.STAFF
        and user.is_staff
        and user.has_perm(right)
    )


def team_page(view: TeamView) -> TeamView:
    """For the team alone. The middleware asks whoever is not signed in to do so."""

    @wraps(view)
    def private(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_team(request.user):
            raise PermissionDenied
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return private


def stop_or_404(slug: str) -> Stop:
    """A released stop of the current tour."""
    found = (
        Stop.objects.public()
        .filter(tour__is_current=True, slug=slug)
        .select_related("region", "current_release", "tour")
        .first()
    )
    if found is None:
        raise Http404
    return found
