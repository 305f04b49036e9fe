"""Working pages of the tour's team: for its members alone, and nothing of them stays anywhere."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from accounts.models import Role

View = Callable[..., HttpResponseBase]


def is_of_the_team(user: object) -> bool:
    """The press, the door and accounts that were closed are not."""
    return (
        bool(getattr(user, "is_active", False))
        and bool(getattr(user, "is_staff", False))
        and getattr(user, "role", "") == Role.STAFF
    )


def staff_page(view: View) -> View:
    """Whoever is signed in and not of the team is refused; nobody signed in is sent to sign in first."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not is_of_the_team(request.user):
            raise PermissionDenied
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded
