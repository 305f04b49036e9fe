"""What came out of a stop that was held: the draft that staff write; the public reads its release."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models.stop import Stop, StopStatus

PARTS = ("summary", "heard", "decided")
ONE_A_LINE = _("Un point par ligne.")


def _first_in_french(part: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=~Q(**{f"{part}_fr": ""}) | Q(**{f"{part}_ar": "", f"{part}_en": ""}),
        name=f"outcome_{part}_is_told_in_french",
        violation_error_message=_("Bilan : donnez d’abord le texte en français, langue de référence."),
    )


class Outcome(models.Model):
    """In three languages: a short summary, what the region said, what was decided, a point on each line.

    Published by a release like everything the public reads; only a stop that was held has one.
    """

    stop = models.OneToOneField(Stop, models.CASCADE, related_name="outcome", verbose_name=_("étape"))
    summary_fr = models.TextField(
        _("en bref (fr)"),
        max_length=600,
        help_text=_("Deux ou trois phrases, pour l’accueil du site et les messages."),
    )
    summary_ar = models.TextField(_("en bref (ar)"), max_length=600, blank=True)
    summary_en = models.TextField(_("en bref (en)"), max_length=600, blank=True)
    heard_fr = models.TextField(_("ce que nous avons entendu (fr)"), blank=True, help_text=ONE_A_LINE)
    heard_ar = models.TextField(_("ce que nous avons entendu (ar)"), blank=True)
    heard_en = models.TextField(_("ce que nous avons entendu (en)"), blank=True)
    decided_fr = models.TextField(_("ce qui a été décidé (fr)"), blank=True, help_text=ONE_A_LINE)
    decided_ar = models.TextField(_("ce qui a été décidé (ar)"), blank=True)
    decided_en = models.TextField(_("ce qui a été décidé (en)"), blank=True)

    class Meta:
        verbose_name = _("bilan")
        verbose_name_plural = _("bilans")
        constraints = [_first_in_french(part) for part in PARTS]

    def __str__(self) -> str:
        return f"bilan {self.stop_id}"

    def clean(self) -> None:
        if self.stop.status != StopStatus.HELD:
            raise ValidationError(NOT_HELD)


NOT_HELD = _("Le bilan s’écrit une fois l’étape notée comme tenue : marquez-la d’abord comme tenue.")
