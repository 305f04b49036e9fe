"""Invitations: who was asked, what they answered; staff note the answers that come by other ways."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.recorded import ReadOnlyAdmin
from meetings import answers, audiences, gate, held_seats, invitations, noted_answers, officials
from meetings.admin.seen import BUSY
from meetings.models import Campaign, Invitation
from meetings.noted_answers import AnswerForm
from outbox import timeline


class AudienceFilter(admin.SimpleListFilter):
    title = gettext_lazy("public")
    parameter_name = "audience"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(one.name, str(one.label)) for one in invitations.in_order() if one.invitable]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> QuerySet[Invitation]:
        return queryset.filter(audience=self.value()) if self.value() else queryset


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = (
        *("who", "stop", "audience_label", "channel", "answer", "answered_at", "companions", "stands_in"),
        "written_at",
    )
    list_filter = ("stop", AudienceFilter, "channel", "answer")
    list_select_related = ("stop",)
    list_per_page = 100
    show_full_result_count = False
    ordering = ("-pk",)
    fields = (
        "who",
        "stop",
        "audience_label",
        "channel",
        "written_at",
        "answer",
        "answered_at",
        "companions",
        "stands_in",
    )
    readonly_fields = fields
    change_form_template = "admin/meetings/invitation/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        return super().get_queryset(request).select_related("stop__tour")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The names of a page in one query for each audience on it."""
        listed = super().get_changelist_instance(request)
        rows = list(listed.result_list)
        names = names_of(rows)
        for row in rows:
            row.person = names.get(row.key)
        listed.result_list = rows
        return listed

    @admin.display(description=gettext_lazy("personne"))
    def who(self, row: Any) -> str:
        name = row.person if hasattr(row, "person") else names_of([row]).get(row.key)
        return name or _("personne qui n’est plus connue")

    @admin.display(description=gettext_lazy("public"), ordering="audience")
    def audience_label(self, row: Invitation) -> str:
        labels = {audience.name: str(audience.label) for audience in audiences.every()}
        return labels.get(row.audience, row.audience)

    @admin.display(description=gettext_lazy("représenté(e) par"))
    def stands_in(self, row: Invitation) -> str:
        named = (row.replacement_function, row.replacement_name, row.replacement_email)
        return ", ".join(filter(None, named)) or "–"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.answer_view)
        return [path("<int:pk>/reponse/", view, name="meetings_invitation_answer"), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        row = context["original"]
        people = [row.key, f"replacement:{row.pk}"]
        context["mails"] = timeline.of(subject=f"stop:{row.stop_id}", people=people)
        if may_note(request) and officials.is_official(row.audience) and answers.open_to_answers(row.stop):
            context["answer_page"] = reverse("admin:meetings_invitation_answer", args=[row.pk])
        return super().render_change_form(request, context, *args, **options)

    @method_decorator(require_http_methods(["GET", "POST"]))
    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note an official's answer; it does what the official's own click does."""
        if not may_note(request):
            raise PermissionDenied
        rows = self.get_queryset(request).filter(audience__in=officials.BODIES)
        row = get_object_or_404(rows, pk=pk)
        form = AnswerForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and self._noted(request, row, form):
            return redirect(reverse("admin:meetings_invitation_change", args=[pk]))
        context = {
            **self.admin_site.each_context(request),
            "opts": Invitation._meta,
            "original": row,
            "title": _("Noter la réponse : %(who)s") % {"who": self.who(row)},
            "form": form,
        }
        return TemplateResponse(request, "admin/meetings/invitation/answer.html", context)

    def _noted(self, request: HttpRequest, row: Invitation, form: AnswerForm) -> bool:
        try:
            noted_answers.note(row, form, by=request.user)  # type: ignore[arg-type]
        except held_seats.NoSeatLeft:
            messages.error(
                request,
                _("Il ne reste pas assez de places : réservez-en davantage à ce public, ou ouvrez-en."),
            )
        except answers.TooLate:
            messages.error(request, _("Il n’est plus possible de répondre à cette invitation."))
        except gate.Busy:
            messages.error(request, str(BUSY))
        else:
            messages.success(request, _("La réponse est notée."))
            return True
        return False


@admin.register(Campaign)
class CampaignAdmin(ReadOnlyAdmin):
    list_display = ("stop", "to", "by", "ordered_at", "starts_at", "halted_at", "done_at")
    list_filter = ("stop",)
    list_select_related = ("stop__tour", "by")
    fields = readonly_fields = (*list_display, "again_of", "withdrawn_at", "withdrawn_by")

    @admin.display(description=gettext_lazy("publics"))
    def to(self, campaign: Campaign) -> str:
        labels = {audience.name: str(audience.label) for audience in audiences.every()}
        return ", ".join(labels.get(name, name) for name in campaign.audiences)


def names_of(rows: Iterable[Invitation]) -> dict[str, str]:
    """How staff recognise the people of these invitations: one query for each audience."""
    keys: dict[str, list[str]] = {}
    for row in rows:
        keys.setdefault(row.audience, []).append(row.key)
    found: dict[str, str] = {}
    for audience in audiences.every():
        if audience.names and audience.name in keys:
            found |= audience.names(keys[audience.name])
    return found


def may_note(request: HttpRequest) -> bool:
    return request.user.has_perm("meetings.change_invitation")
