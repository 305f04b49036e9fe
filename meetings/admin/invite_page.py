"""Inviting to a stop: choose audiences, count and read one letter, confirm."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings import campaign_words, invitations, previews
from meetings.admin.stop_pages import StopPage
from meetings.campaign_forms import MomentForm
from meetings.lifecycle import Preview, Refused
from meetings.models import Stop, StopStatus


class AudiencesForm(MomentForm):
    audiences = forms.MultipleChoiceField(
        label=gettext_lazy("publics"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choisissez au moins un public.")},
    )

    field_order = ["audiences", "starts_day", "starts_hour"]

    def __init__(self, data: Mapping[str, Any] | None, *, stop: Stop) -> None:
        super().__init__(data, stop=stop)
        choices: Any = self.fields["audiences"]
        choices.choices = [(one.name, one.label) for one in invitations.in_order() if one.invitable]


class InvitePage(StopPage):
    """Nobody is written to before staff have read how many, and one of the letters."""

    address = "invitations"
    label = gettext_lazy("Inviter")
    statuses = (StopStatus.PUBLISHED,)
    confirm = gettext_lazy("Demander l’envoi")
    done = gettext_lazy("%(stop)s : l’envoi est demandé, cette page dit où il en est.")
    asks_first = True
    look = gettext_lazy("Compter et relire")
    template = "admin/meetings/stop/invite.html"

    def form(self, stop: Stop, data: Mapping[str, Any] | None) -> AudiencesForm:
        return AudiencesForm(data, stop=stop)

    def preview(self, stop: Stop, form: forms.Form) -> Preview:
        found = self._found = previews.preview(stop, form.cleaned_data["audiences"])
        problems = (
            []
            if found.total or found.unvalidated
            else [_("Il n’y a personne à inviter maintenant parmi ces publics.")]
        )
        return Preview([], found.counts, list(campaign_words.sentences(found)), problems)

    def more(self, stop: Stop, form: forms.Form) -> dict[str, Any]:
        """One letter in each language as somebody will read it; its links would lead nowhere."""
        return {"samples": [sample.masked() for sample in self._found.samples]}

    def do(self, stop: Stop, form: Any) -> None:
        chosen, user, at = form.cleaned_data["audiences"], self.request.user, form.moment()
        try:
            self._order = invitations.invite(stop, audiences=chosen, by=user, starts_at=at)  # type: ignore[arg-type]
        except invitations.NotInvitable as error:
            raise Refused([_("Cette étape ne peut inviter aucun de ces publics maintenant.")]) from error

    def afterwards(self, stop: Stop) -> str:
        return reverse("campaigns:progress", args=[stop.slug, self._order.pk])
