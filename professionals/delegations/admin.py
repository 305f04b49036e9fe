"""Delegations, for the team: to be read, approved, refused; who comes is named by who asked."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.recorded import ReadOnlyAdmin
from meetings import gate
from professionals import seats
from professionals.delegations import asking, keeping
from professionals.models import Delegation


@admin.register(Delegation)
class DelegationAdmin(ReadOnlyAdmin):
    fields = (
        *("stop", "organisation", "contact_name", "status", "places", "whole", "granted", "named"),
        *("asked_at", "confirmed_at", "granted_at", "reminded_at"),
    )
    list_display = ("organisation", "contact_name", "stop", "status", "places", "granted", "named")
    list_filter = ("status", "stop", "organisation__category")
    list_select_related = ("organisation", "contact", "stop")
    search_fields = ("organisation__name_key", "organisation__name_ar_key", "contact__name_key")
    search_help_text = _("Nom ou établissement, dans les deux écritures")
    show_full_result_count = False
    ordering = ("-confirmed_at", "-pk")
    actions = ("approve", "refuse", "release")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Delegation]:
        return super().get_queryset(request).annotate(named=models.Count("members"))

    @admin.display(description=_("demandée par"), ordering="contact__name_key")
    def contact_name(self, delegation: Delegation) -> str:
        return delegation.contact.name

    @admin.display(description=_("personnes nommées"), ordering="named")
    def named(self, delegation: Delegation) -> int:
        return int(delegation.named)  # type: ignore[attr-defined]

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("professionals.change_registration")

    @admin.action(permissions=["act"], description=_("Approuver ces demandes"))
    def approve(self, request: HttpRequest, chosen: models.QuerySet[Delegation]) -> None:
        """In the order in which they asked: places while there are any, then the queue."""
        done = self._each(request, chosen, asking.approve)
        words = ngettext("%(count)d demande approuvée.", "%(count)d demandes approuvées.", done)
        self.message_user(request, words % {"count": done}, messages.SUCCESS)

    @admin.action(permissions=["act"], description=_("Refuser ces demandes et prévenir les personnes"))
    def refuse(self, request: HttpRequest, chosen: models.QuerySet[Delegation]) -> None:
        done = self._each(request, chosen, asking.refuse)
        words = ngettext("%(count)d demande refusée.", "%(count)d demandes refusées.", done)
        self.message_user(request, words % {"count": done}, messages.SUCCESS)

    @admin.action(permissions=["act"], description=_("Libérer les places non nommées"))
    def release(self, request: HttpRequest, chosen: models.QuerySet[Delegation]) -> None:
        let_go: Callable[..., int] = keeping.release
        places = sum(let_go(one, by=request.user) for one in chosen.order_by("stop_id", "pk"))
        words = ngettext("%(count)d place libérée.", "%(count)d places libérées.", places)
        self.message_user(request, words % {"count": places}, messages.SUCCESS)

    def _each(
        self, request: HttpRequest, chosen: models.QuerySet[Delegation], act: Callable[..., Any]
    ) -> int:
        done = passed = full = 0
        for delegation in chosen.order_by("stop_id", "confirmed_at", "pk"):
            try:
                act(delegation, by=request.user)
                done += 1
            except seats.OrganisationFull:
                full += 1
            except (asking.NotPending, seats.RegistrationClosed, gate.Busy):
                passed += 1
        if full:
            words = ngettext(
                "%(count)d demande dépasse les places de son établissement.",
                "%(count)d demandes dépassent les places de leur établissement.",
                full,
            )
            self.message_user(request, words % {"count": full}, messages.WARNING)
        if passed:
            words = ngettext(
                "%(count)d délégation n’attend pas de réponse, ou son étape a commencé.",
                "%(count)d délégations n’attendent pas de réponse, ou leur étape a commencé.",
                passed,
            )
            self.message_user(request, words % {"count": passed}, messages.WARNING)
        return done
