"""Every mail readable by staff, its links masked; nothing edited, and two decisions asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from outbox import decisions, purposes, timeline
from outbox.masking import links_masked, unfolded
from outbox.models import Message, Suppression
from outbox.queue import hash_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

LIST = "outbox_message_changelist"
BODIES = ("text", "html", "calendar", "headers")


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that only the portal itself writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PurposeFilter(admin.SimpleListFilter):
    """By what mails are for, in words."""

    title = _("motif")
    parameter_name = "purpose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return purposes.every()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        return queryset.filter(purpose=self.value()) if self.value() else queryset


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = (
        "recipient",
        "headline",
        "purpose_in_words",
        "language",
        "status",
        "due_at",
        "attempts",
        "final_at",
    )
    list_filter = ("status", PurposeFilter, "language", "priority")
    search_fields = ("recipient",)
    search_help_text = _("Adresse du destinataire, entière ou en partie")
    list_per_page = 50
    show_full_result_count = False
    change_form_template = "admin/outbox/message/change_form.html"
    fieldsets = (
        (None, {"fields": ("recipient", "headline", "readable", "entry")}),
        (
            _("Envoi"),
            {
                "fields": (
                    *("status", "answer", "attempts", "written_at", "due_at", "valid_until", "final_at"),
                    *("came_back", "original", "copies", "copied"),
                )
            },
        ),
        (
            _("Repères"),
            {
                "fields": (
                    *("purpose_in_words", "subject", "kind", "priority", "language", "reply_to"),
                    *("unsubscription", "key", "message_id"),
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        rows = super().get_queryset(request)
        listed = request.resolver_match and request.resolver_match.url_name == LIST
        return rows.defer(*BODIES) if listed else rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Message], search_term: str
    ) -> tuple[QuerySet[Message], bool]:
        """An address also finds what was written to it before it was erased."""
        found, several = super().get_search_results(request, queryset, search_term)
        if "@" in search_term:
            found |= queryset.filter(recipient_hash=hash_of(search_term))
        return found, several

    @admin.display(description=_("motif"), ordering="purpose")
    def purpose_in_words(self, message: Message) -> str:
        return purposes.of(message)

    @admin.display(description=_("copie de"))
    def copied(self, message: Message) -> SafeString | str:
        pk = Message.objects.filter(key=message.copy_of).values_list("pk", flat=True).first()
        return _link(pk) if message.copy_of and pk else "-"

    @admin.display(description=_("texte"))
    def readable(self, message: Message) -> SafeString:
        if not message.text:
            return format_html("<p>{}</p>", _("Effacé : ce message est terminé depuis longtemps."))
        return _paragraphs(links_masked(message.text))

    @admin.display(description=_("calendrier"))
    def entry(self, message: Message) -> SafeString | str:
        return _paragraphs(links_masked(unfolded(message.calendar))) if message.calendar else "-"

    @admin.display(description=_("désabonnement"))
    def unsubscription(self, message: Message) -> str:
        return links_masked(message.headers.get("List-Unsubscribe", "")) or "-"

    @admin.display(description=_("retours"))
    def came_back(self, message: Message) -> SafeString | str:
        lines = [
            (timeline.in_words(one), date_format(one.at, "DATETIME_FORMAT")) for one in message.returned.all()
        ]
        return format_html_join("", "<div>{} ({})</div>", lines) or "-"

    @admin.display(description=_("renvoi de"))
    def original(self, message: Message) -> SafeString | str:
        return _link(message.resend_of_id) if message.resend_of_id else "-"

    @admin.display(description=_("renvoyé par"))
    def copies(self, message: Message) -> SafeString | str:
        links = [(_link(pk),) for pk in message.resends.values_list("pk", flat=True)]
        return format_html_join(", ", "{}", links) or "-"

    def get_urls(self) -> list[URLPattern]:
        def asking(name: str) -> Callable[..., HttpResponse]:
            return self.admin_site.admin_view(partial(self.decide_view, name=name))

        return [
            *(path(f"<path:pk>/{name}/", asking(name), name=_url_name(name)) for name in DECISIONS),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        message = context["original"]
        context["decisions"] = [
            (reverse(f"admin:{_url_name(name)}", args=[message.pk]), decision.button)
            for name, decision in DECISIONS.items()
            if _may_decide(request) and not decision.why_not(message)
        ]
        return super().render_change_form(request, context, *args, **options)

    @method_decorator(require_http_methods(["GET", "POST"]))
    def decide_view(self, request: HttpRequest, pk: str, *, name: str) -> HttpResponse:
        """GET asks, POST does."""
        if not _may_decide(request):
            raise PermissionDenied
        message = self.get_object(request, unquote(pk))
        if message is None:
            raise Http404
        decision = DECISIONS[name]
        if request.method == "POST":
            return self._do(request, message, decision)
        context = {
            **self.admin_site.each_context(request),
            "title": decision.question,
            "opts": self.opts,
            "message": message,
            "text": links_masked(message.text),
            "decision": decision,
            "refusal": decision.why_not(message),
        }
        return TemplateResponse(request, "admin/outbox/message/decide.html", context)

    def _do(self, request: HttpRequest, message: Message, decision: "Decision") -> HttpResponse:
        try:
            shown = decision.act(message.pk, by=request.user)
        except decisions.NotPossible as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            shown = message
        else:
            self.log_change(request, message, f"{decision.done} ({shown.pk})")
            self.message_user(request, str(decision.done), messages.SUCCESS)
        return redirect("admin:outbox_message_change", shown.pk)


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "kind", "reason", "at")
    list_filter = ("kind", "reason")
    search_fields = ("recipient_hash",)
    search_help_text = _("Adresse entière : seule son empreinte est gardée")
    actions = ("write_again",)

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("outbox.change_suppression")

    @admin.action(
        permissions=["act"],
        description=_("Écrire de nouveau à ces adresses (après des retours ou un signalement)"),
    )
    def write_again(self, request: HttpRequest, chosen: QuerySet[Suppression]) -> None:
        """Never for who refused by themselves: only they take that back."""
        asked = chosen.values("recipient_hash").distinct().count()
        done = decisions.write_again(chosen.values_list("pk", flat=True), by=request.user)
        words = ngettext(
            "%(count)d adresse reçoit de nouveau ces courriels ; le décompte des retours recommence.",
            "%(count)d adresses reçoivent de nouveau ces courriels ; le décompte des retours recommence.",
            done,
        )
        self.message_user(request, words % {"count": done}, messages.SUCCESS if done else messages.WARNING)
        if done < asked:
            self.message_user(
                request,
                _("Qui s’est désabonné ne revient que de son propre chef, par le lien de ses courriels."),
                messages.WARNING,
            )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Suppression], search_term: str
    ) -> tuple[QuerySet[Suppression], bool]:
        if not search_term:
            return queryset, False
        return queryset.filter(recipient_hash=hash_of(search_term)), False


@dataclass(frozen=True, slots=True)
class Decision:
    """Something staff may do with a message once they have been asked whether they mean it."""

    button: "StrPromise"
    question: "StrPromise"
    consequence: "StrPromise"
    done: "StrPromise"
    act: Callable[..., Message]  # of the message's key and `by`; answers the message to show next
    why_not: Callable[[Message], str]


DECISIONS = {
    "renvoyer": Decision(
        button=_("Renvoyer"),
        question=_("Renvoyer ce message ?"),
        consequence=_(
            "Il part tel qu’il a été écrit : relisez-le, la date ou le lieu ont pu changer depuis."
        ),
        done=_("Le message est renvoyé."),
        act=decisions.resend,
        why_not=decisions.why_not_resend,
    ),
    "considerer-envoye": Decision(
        button=_("Considérer comme envoyé"),
        question=_("Considérer ce message comme envoyé ?"),
        consequence=_("Il ne partira plus. À faire quand la personne dit l’avoir reçu."),
        done=_("Le message est considéré comme envoyé."),
        act=decisions.hold_for_sent,
        why_not=decisions.why_not_hold_for_sent,
    ),
}


def _may_decide(request: HttpRequest) -> bool:
    return request.user.has_perm("outbox.change_message")


def _url_name(decision: str) -> str:
    return f"outbox_message_{decision}"


def _link(pk: int) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("admin:outbox_message_change", args=[pk]), pk)


def _paragraphs(text: str) -> SafeString:
    """Plain text with its lines kept, in the direction of its first letter."""
    return format_html('<div dir="auto">{}</div>', mark_safe(linebreaks(text, autoescape=True)))  # noqa: S308
