"""Documents of a stop: sent here, released with the stop; taken away at once, also from what was released."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings import handouts, sent_pdf
from meetings.admin.seen import BUSY, SeenAdmin, SeenForm
from meetings.admin.tours import found_by, in_three_languages
from meetings.gate import Busy
from meetings.models import Handout

DESCRIBED = ("language", "read_by", "position", *in_three_languages("title"))


class HandoutForm(SeenForm):
    sent = forms.FileField(
        label=gettext_lazy("fichier PDF"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
        help_text=gettext_lazy(
            "10 Mo au plus, sans liste de personnes. L’auteur et le programme qui l’a écrit en sont effacés."
        ),
    )

    class Meta:
        model = Handout
        fields = ("stop", *DESCRIBED)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk is None and not cleaned.get("sent") and "sent" not in self.errors:
            self.add_error("sent", _("Choisissez le fichier du document."))
        return cleaned

    def clean_sent(self) -> bytes | None:
        """The document as it will be kept: what is no PDF is refused beside the field."""
        sent = self.cleaned_data.get("sent")
        if not sent:
            return None
        if sent.size > sent_pdf.LARGEST:
            raise forms.ValidationError(_("Ce document dépasse 10 Mo."))
        try:
            return sent_pdf.cleaned(sent.read())
        except sent_pdf.Unusable as refused:
            raise forms.ValidationError(str(refused)) from refused


@admin.register(Handout)
class HandoutAdmin(SeenAdmin):
    form = HandoutForm
    list_display = ("__str__", "stop", "read_by", "language", "version", "released")
    list_filter = ("stop__tour", "read_by", "language", "stop")
    list_select_related = ("stop__current_release",)
    search_fields = found_by("title", "stop__city")
    ordering = ("stop__date", "position", "pk")
    fields = ("seen", "stop", *in_three_languages("title"), "language", "read_by", "position", "sent", "kept")
    readonly_fields = ("kept",)

    def get_readonly_fields(self, request: HttpRequest, obj: Handout | None = None) -> tuple[str, ...]:
        return ("kept", "stop") if obj else ("kept",)

    @admin.display(description=gettext_lazy("document actuel"))
    def kept(self, handout: Handout) -> SafeString | str:
        if not handout.pk:
            return "–"
        address = reverse("admin:meetings_handout_file", args=[handout.pk])
        words = _("Version %(number)d") % {"number": handout.version}
        return format_html('<a href="{}">{}</a>', address, words)

    @admin.display(description=gettext_lazy("publié"), boolean=True)
    def released(self, handout: Handout) -> bool:
        return handouts.is_released(handout)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new document is kept with its file; an old one takes what was typed and what was sent."""
        by: Any = request.user
        if not change:
            described = {name: form.cleaned_data[name] for name in DESCRIBED}
            made = handouts.add(obj.stop, form.cleaned_data["sent"], by=by, **described)
            obj.pk, obj.file = made.pk, made.file
        else:
            typed = [name for name in form.changed_data if name != "sent"]
            if typed:
                form.changed_data = typed
                super().save_model(request, obj, form, change)
            if form.cleaned_data.get("sent"):
                handouts.replace(obj, form.cleaned_data["sent"], by=by)
        messages.info(request, _("Le document paraîtra avec les prochains changements publiés de l’étape."))

    def delete_model(self, request: HttpRequest, obj: Handout) -> None:
        released = handouts.is_released(obj)
        try:
            handouts.withdraw(obj, by=request.user)  # type: ignore[arg-type]
        except Busy:
            messages.error(request, str(BUSY))
            return
        if released:
            messages.info(request, _("Le document est aussi retiré de ce qui est publié."))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Handout]) -> None:
        for handout in queryset.select_related("stop__current_release"):
            self.delete_model(request, handout)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.file)
        return [path("<int:pk>/document.pdf", view, name="meetings_handout_file"), *super().get_urls()]

    def file(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The draft's document, to be looked at."""
        handout = self.get_queryset(request).filter(pk=pk).first()
        if handout is None or not self.has_view_permission(request, handout):
            raise Http404
        response = handouts.files.answer(request, handout.file)
        response["Cache-Control"] = "no-store, private"
        return response


def address_of(stop_id: int) -> str:
    """The documents of one stop, in the administration."""
    return f"{reverse('admin:meetings_handout_changelist')}?stop__id__exact={stop_id}"
