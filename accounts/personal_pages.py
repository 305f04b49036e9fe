"""Pages behind a personal link: no account, and nothing of them stays anywhere."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponseBase]


def personal_page(view: View) -> View:
    """The token in the address is all the permission there is: it must not be kept or passed on.

    Such a page sends no referrer, so browsers send `Origin: null` with its forms, and Django's
    check of the origin would refuse them all. It is not needed here: it protects people whose
    browser carries the permission, in a cookie; a stranger's page cannot know the token.
    """

    @wraps(view)
    def private(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return login_not_required(csrf_exempt(private))
