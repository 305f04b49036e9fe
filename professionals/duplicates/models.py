"""What was merged into what, and for a day how it was before."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

UNDONE_WITHIN = timedelta(days=1)


class MergeKind(models.TextChoices):
    PROFESSIONAL = "professional", _("professionnel du tourisme")
    ORGANISATION = "organisation", _("établissement")


class Merge(models.Model):
    """Numbers only; what `memory` remembers of people is forgotten with the right to undo."""

    kind = models.CharField(_("type"), max_length=12, choices=MergeKind)
    kept = models.BigIntegerField(_("gardé"))
    gone = models.BigIntegerField(_("fusionné"))
    at = models.DateTimeField(_("le"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("par"))
    undone_at = models.DateTimeField(_("annulé le"), null=True)
    memory = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("fusion")
        verbose_name_plural = _("fusions")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"fusion {self.pk}"


class ApartQuerySet(models.QuerySet[Any]):
    def of(self, pk: int) -> "ApartQuerySet":
        """The pairs one of whose two it is."""
        return self.filter(models.Q(one=pk) | models.Q(other=pk)).order_by("pk")


class Apart(models.Model):
    """Two rows that look like one and are two: somebody of the team said so."""

    at = models.DateTimeField(_("le"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("par"))

    objects = ApartQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="%(class)s_once"),
            # Also: nobody is told apart from themselves.
            models.CheckConstraint(
                condition=models.Q(one__lt=models.F("other")), name="%(class)s_smaller_number_first"
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.model_name} {self.pk}"


class ApartPeople(Apart):
    # Without a name on the other side: merging carries these by itself (see apart.carry).
    one = models.ForeignKey("professionals.Professional", models.CASCADE, related_name="+")
    other = models.ForeignKey("professionals.Professional", models.CASCADE, related_name="+")

    class Meta(Apart.Meta):
        verbose_name = _("professionnels distincts")
        verbose_name_plural = _("professionnels distincts")


class ApartOrganisations(Apart):
    one = models.ForeignKey("professionals.Organisation", models.CASCADE, related_name="+")
    other = models.ForeignKey("professionals.Organisation", models.CASCADE, related_name="+")

    class Meta(Apart.Meta):
        verbose_name = _("établissements distincts")
        verbose_name_plural = _("établissements distincts")
