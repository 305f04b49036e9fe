"""What the team tells people around a stop in its own words: urgent, or a message like another."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models.stop import Stop
from regions import legal_time


class Broadcast(models.Model):
    """One text, in three languages, to some audiences of a stop. What is urgent is also a banner.

    The banner ends at a moment that clocks in Morocco show, or when it is withdrawn.
    """

    stop = models.ForeignKey(Stop, models.PROTECT, related_name="broadcasts", verbose_name=_("étape"))
    urgent = models.BooleanField(_("urgent"))
    audiences = ArrayField(models.CharField(max_length=40), verbose_name=_("publics"))
    headline_fr = models.CharField(_("objet (fr)"), max_length=120, blank=True)
    headline_ar = models.CharField(_("objet (ar)"), max_length=120, blank=True)
    headline_en = models.CharField(_("objet (en)"), max_length=120, blank=True)
    text_fr = models.TextField(_("texte (fr)"), max_length=1500)
    text_ar = models.TextField(_("texte (ar)"), max_length=1500)
    text_en = models.TextField(_("texte (en)"), max_length=1500, blank=True)
    until_day = models.DateField(_("affiché jusqu’au"), null=True, blank=True)
    until_hour = models.TimeField(_("jusqu’à (heure du Maroc)"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("par")
    )
    ordered_at = models.DateTimeField(_("envoyé le"), editable=False)
    # The same form sent twice is one order.
    order = models.CharField(max_length=64, unique=True, editable=False)
    withdrawn_at = models.DateTimeField(_("retiré le"), null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("message de l’équipe")
        verbose_name_plural = _("messages de l’équipe")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(urgent=True, until_day__isnull=False, until_hour__isnull=False)
                | Q(urgent=False, until_day=None, until_hour=None),
                name="broadcast_urgent_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(urgent=True) | ~Q(headline_fr=""), name="broadcast_message_has_a_headline"
            ),
        ]

    def __str__(self) -> str:
        return f"message de l’équipe {self.pk}"

    @property
    def until(self) -> datetime | None:
        if self.until_day is None or self.until_hour is None:
            return None
        return legal_time.instant(self.until_day, self.until_hour)


class Addressee(models.Model):
    """One person to be told by one broadcast, named by (audience, key), never by a key upward.

    Who has no mail address, or wants no campaigns, is here to be called.
    """

    broadcast = models.ForeignKey(Broadcast, models.CASCADE, related_name="addressees")
    audience = models.CharField(max_length=40)
    key = models.CharField(max_length=80)  # as in audiences.Recipient.key
    by_mail = models.BooleanField()
    written_at = models.DateTimeField(null=True)
    reached_at = models.DateTimeField(_("joint le"), null=True)
    reached_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "key"], name="addressee_once_per_broadcast"),
            models.CheckConstraint(
                condition=Q(by_mail=True) | Q(written_at=None), name="addressee_written_to_has_mail"
            ),
        ]
        indexes = [
            models.Index(
                fields=["broadcast"], condition=Q(by_mail=True, written_at=None), name="addressee_to_write"
            )
        ]

    def __str__(self) -> str:
        return f"destinataire {self.pk}"
