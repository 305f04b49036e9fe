"""Seats held back: read here, released here; how many and until when is said on the stop's page."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from accounts.recorded import ReadOnlyAdmin
from meetings import gate, held_seats
from meetings.admin.seen import BUSY
from meetings.models import HeldSeats


@admin.register(HeldSeats)
class HeldSeatsAdmin(ReadOnlyAdmin):
    list_display = ("stop", "meeting", "audience", "seats", "release_on", "release_hour", "released_at")
    list_filter = ("stop", "audience")
    list_select_related = ("stop", "meeting")
    fields = readonly_fields = list_display
    actions = ("release",)

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("meetings.change_heldseats")

    @admin.action(permissions=["act"], description=gettext_lazy("Libérer ces places pour le public"))
    def release(self, request: HttpRequest, chosen: QuerySet[HeldSeats]) -> None:
        released = 0
        for held in chosen.order_by("stop_id", "pk"):
            try:
                released += held_seats.release(held, by=request.user)  # type: ignore[arg-type]
            except gate.Busy:
                messages.error(request, str(BUSY))
        words = ngettext("%(count)d réserve libérée.", "%(count)d réserves libérées.", released)
        self.message_user(request, words % {"count": released}, messages.SUCCESS)
