"""What was merged into what, and for a day how it was before."""

from datetime import timedelta

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
