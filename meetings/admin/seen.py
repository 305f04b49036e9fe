"""Forms on a stop and what belongs to it: refused when stale, and while somebody else has the stop."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy

from accounts import seen
from accounts.seen import SeenForm, fingerprint
from meetings.gate import Busy

__all__ = ["BUSY", "SeenAdmin", "SeenForm", "fingerprint"]

BUSY: Final = gettext_lazy("Quelqu’un d’autre modifie cette étape. Réessayez dans un instant.")


class SeenAdmin(seen.SeenAdmin):
    """`lock_for` may ask for the stop's lock instead of the row's: it raises Busy when it is taken."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Busy:
            messages.error(request, str(BUSY))
            return HttpResponseRedirect(request.get_full_path())
