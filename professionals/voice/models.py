"""What people say of their own accord: what they expect, and that they lost their link."""

from django.db import models
from django.db.models.functions import MD5
from django.utils.translation import gettext_lazy as _

from meetings.models import Stop
from regions.models import Language


class Contribution(models.Model):
    """What one person said they expect of a stop, as they said it. It goes with the person."""

    professional = models.ForeignKey(
        "professionals.Professional",
        models.CASCADE,
        related_name="contributions",
        verbose_name=_("professionnel"),
    )
    stop = models.ForeignKey(Stop, models.PROTECT, related_name="contributions", verbose_name=_("étape"))
    text = models.TextField(_("texte"))
    language = models.CharField(_("langue de la page"), max_length=2, choices=Language)
    said_at = models.DateTimeField(_("dit le"))

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        ordering = ["-said_at", "-pk"]
        constraints = [
            # A form sent twice is said once; the text itself may be too long for an index.
            models.UniqueConstraint("professional", "stop", MD5("text"), name="contribution_is_said_once")
        ]

    def __str__(self) -> str:
        return f"contribution {self.pk}"


class LostLink(models.Model):
    """Somebody asks for the links of a mailbox. Answered by a worker, then forgotten: whoever asks
    learns nothing from how long it takes."""

    email = models.EmailField()
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("lien perdu")
        verbose_name_plural = _("liens perdus")

    def __str__(self) -> str:
        return f"lien perdu {self.pk}"
