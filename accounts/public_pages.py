"""Pages that answer everybody alike, and may therefore be answered from memory."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseBase
from django.views.decorators.http import require_safe

View = Callable[..., HttpResponseBase]
DECLARED = "public_parameters"


def public_page(*parameters: str) -> Callable[[View], View]:
    """What the view answers depends on its address, these query parameters, the language, the time and
    rows of the database; not on who asks. It needs no account and changes nothing.

    The view sees no other query parameter than those named here (onmt_tour/public_pages.py), and the
    tables it reads must be watched (onmt_tour/revision.py; a test names those that are not).
    """

    def declare(view: View) -> View:
        declared = login_not_required(require_safe(view))
        setattr(declared, DECLARED, frozenset(parameters))
        # Nothing is done for whoever sends something: « cannot be sent here » is told before « no token ».
        setattr(declared, "csrf_exempt", True)  # noqa: B010 - a function has no such attribute for mypy
        return declared

    return declare
