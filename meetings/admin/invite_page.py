"""Inviting to a stop: choose audiences, count and read one letter, confirm."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from meetings import audiences, invitations
from meetings.admin.stop_pages import StopPage
from meetings.lifecycle import Preview, Refused
from meetings.models import Stop, StopStatus
from outbox.masking import links_masked


class AudiencesForm(forms.Form):
    audiences = forms.MultipleChoiceField(
        label=gettext_lazy("publics"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choisissez au moins un public.")},
    )

    def __init__(self, data: Mapping[str, Any] | None) -> None:
        super().__init__(data)
        choices: Any = self.fields["audiences"]
        choices.choices = [(one.name, one.label) for one in invitations.in_order() if one.invitable]


class InvitePage(StopPage):
    """Nobody is written to before staff have read how many, and one of the letters."""

    address = "invitations"
    label = gettext_lazy("Inviter")
    statuses = (StopStatus.PUBLISHED,)
    confirm = gettext_lazy("Envoyer les invitations")
    done = gettext_lazy("%(stop)s : les invitations s’écrivent, cette page dit où elles en sont.")
    asks_first = True
    look = gettext_lazy("Compter et relire")
    template = "admin/meetings/stop/invite.html"

    def form(self, stop: Stop, data: Mapping[str, Any] | None) -> AudiencesForm:
        return AudiencesForm(data)

    def preview(self, stop: Stop, form: forms.Form) -> Preview:
        found = self._found = invitations.preview(stop, form.cleaned_data["audiences"])
        problems = (
            []
            if found.total or found.unvalidated
            else [_("Il n’y a personne à inviter maintenant parmi ces publics.")]
        )
        return Preview([], found.counts, list(_sentences(found)), problems)

    def more(self, stop: Stop, form: forms.Form) -> dict[str, Any]:
        """One letter as it will read; its links would lead nowhere, so they are masked."""
        example = self._found.example
        return {"example": replace(example, text=links_masked(example.text)) if example else None}

    def do(self, stop: Stop, form: forms.Form) -> None:
        chosen = form.cleaned_data["audiences"]
        try:
            self._order = invitations.invite(stop, audiences=chosen, by=self.request.user)  # type: ignore[arg-type]
        except invitations.NotInvitable as error:
            raise Refused([_("Cette étape ne peut inviter aucun de ces publics maintenant.")]) from error

    def afterwards(self, stop: Stop) -> str:
        return reverse("campaigns:progress", args=[stop.slug, self._order.pk])


def _sentences(found: invitations.Preview) -> Iterator[str]:
    """What the table does not say: nobody is left out in silence."""
    for name in found.closed:
        label = audiences.get(name).label
        yield _("%(audience)s : les inscriptions ne sont pas ouvertes, ce public attendra.") % {
            "audience": label
        }
    if waiting := sum(found.unvalidated.values()):
        yield _unvalidated(waiting)
    sums: list[tuple[Callable[[int], str], int]] = [
        (_by_letter, sum(len(one.by_letter) for one in found.by_audience.values())),
        (_already, sum(one.already for one in found.by_audience.values())),
        (_refusing, sum(one.refusing for one in found.by_audience.values())),
        (_as_officials, sum(one.as_officials for one in found.by_audience.values())),
    ]
    yield from (sentence(count) for sentence, count in sums if count)


def _unvalidated(count: int) -> str:
    return ngettext(
        "%(count)d invitation attendra que le texte dans la langue de la personne soit validé.",
        "%(count)d invitations attendront que le texte dans la langue des personnes soit validé.",
        count,
    ) % {"count": count}


def _by_letter(count: int) -> str:
    return ngettext(
        "%(count)d personne ne peut être invitée que par courrier : la liste la montrera.",
        "%(count)d personnes ne peuvent être invitées que par courrier : la liste les montrera.",
        count,
    ) % {"count": count}


def _already(count: int) -> str:
    return ngettext(
        "%(count)d personne est déjà invitée.", "%(count)d personnes sont déjà invitées.", count
    ) % {"count": count}


def _refusing(count: int) -> str:
    return ngettext(
        "%(count)d personne ne veut plus recevoir d’invitations.",
        "%(count)d personnes ne veulent plus recevoir d’invitations.",
        count,
    ) % {"count": count}


def _as_officials(count: int) -> str:
    return ngettext(
        "%(count)d professionnel est invité au titre de ses fonctions.",
        "%(count)d professionnels sont invités au titre de leurs fonctions.",
        count,
    ) % {"count": count}
