"""Pages of the press desk: for the role « presse » and the team, and nothing of them stays anywhere."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_http_methods

from accounts.models import User
from press.visibility import works_here

View = Callable[..., HttpResponseBase]


def desk_page(view: View) -> View:
    """Whoever is signed in and does not work here is refused; nobody signed in is sent to sign in first."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not works_here(request.user):
            raise PermissionDenied
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return require_http_methods(["GET", "HEAD", "POST"])(guarded)


def who(request: HttpRequest) -> User:
    """Whoever works on a desk page."""
    assert isinstance(request.user, User)  # noqa: S101 - desk_page let them in
    return request.user
