"""Answers of officials that came by telephone or letter: the team notes them, as if they had clicked."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.models import User
from meetings import answers
from meetings.invitation_pages import ReplacementForm
from meetings.models import Answer, Invitation


class AnswerForm(ReplacementForm):
    """An answer that came by telephone or letter."""

    answer = forms.ChoiceField(
        label=gettext_lazy("réponse"),
        choices=[choice for choice in Answer.choices if choice[0] != Answer.NONE],
        widget=forms.RadioSelect,
    )
    field_order = ["answer"]

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("answer") != Answer.REPLACED:
            return self.cleaned_data
        return super().clean()


@transaction.atomic
def note(invitation: Invitation, form: AnswerForm, *, by: User) -> None:
    """What the form says is their answer; seats are held for it. The form is valid.

    Raises answers.TooLate, held_seats.NoSeatLeft, gate.Busy.
    """
    said = dict(form.cleaned_data)
    answer = said.pop("answer")
    if answer == Answer.ACCEPTED:
        answers.accept(invitation, companions=said["companions"])
    elif answer == Answer.DECLINED:
        answers.decline(invitation)
    else:
        answers.replace(invitation, **said)
    audit.record(by, "answer_noted", f"invitation:{invitation.pk}", fields=["answer"])
