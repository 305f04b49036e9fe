"""The day of a stop: who stands at its door, and whom they saw come in."""

import uuid
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models import Invitation, Meeting, Stop
from regions import legal_time


class DoorAccess(models.Model):
    """Somebody of the door works at one stop, until the end of the day after it.

    The end follows the stop when it moves; staff may prolong it, for marks that were not sent in time.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="door_accesses", verbose_name=_("compte")
    )
    stop = models.ForeignKey(Stop, models.CASCADE, related_name="door_accesses", verbose_name=_("étape"))
    extended_to = models.DateField(
        _("prolongé jusqu’au"),
        null=True,
        blank=True,
        help_text=_("Sans date, l’accès s’éteint de lui-même à la fin du lendemain de l’étape."),
    )

    class Meta:
        verbose_name = _("accès à l’accueil")
        verbose_name_plural = _("accès à l’accueil")
        ordering = ["stop__date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "stop"],
                name="door_access_once_per_user_and_stop",
                violation_error_message=_("Ce compte a déjà accès à cette étape."),
            )
        ]

    def __str__(self) -> str:
        return f"accès {self.pk}"

    @property
    def last_day(self) -> date:
        morrow = self.stop.date + timedelta(days=1)
        return max(morrow, self.extended_to) if self.extended_to else morrow

    @property
    def ends_at(self) -> datetime:
        return legal_time.instant(self.last_day + timedelta(days=1), time())


class MarkQuerySet(models.QuerySet["Mark"]):
    def standing(self) -> "MarkQuerySet":
        """Not taken back."""
        return self.filter(undone_at=None)


class Mark(models.Model):
    """One press on « Présent(e) »: who was seen, at which door, when and by whom. Every press is kept.

    Two doors may mark the same person, one of them an hour later when its network returns: the first in
    time wins, the other stays. Written by `professionals.presence` alone.
    """

    stop = models.ForeignKey(Stop, models.PROTECT, related_name="marks", verbose_name=_("étape"))
    registration = models.ForeignKey(
        "professionals.Registration",
        models.CASCADE,
        null=True,
        related_name="marks",
        verbose_name=_("inscription"),
    )
    invitation = models.ForeignKey(
        Invitation, models.CASCADE, null=True, related_name="marks", verbose_name=_("invitation")
    )
    # At the entrance of the stop when empty, else at the door of a workshop.
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, related_name="marks", verbose_name=_("rencontre")
    )
    at = models.DateTimeField(_("le"))  # when the person was seen
    received_at = models.DateTimeField(_("reçu le"))  # later than `at` where there was no network
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="marks", verbose_name=_("par")
    )
    # Chosen by the device before it knows whether anybody hears it: sent twice is stored once.
    client_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    device = models.CharField(_("appareil"), max_length=36, blank=True)
    undone_at = models.DateTimeField(_("retiré le"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("retiré par")
    )
    # When this row last changed, stamped inside the stop's lock: devices ask for what is new since.
    stamped_at = models.DateTimeField(editable=False)

    objects = MarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("présence")
        verbose_name_plural = _("présences")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(registration=None, invitation__isnull=False)
                | Q(registration__isnull=False, invitation=None),
                name="mark_is_of_one_person",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="mark_undone_is_dated_and_signed",
            ),
        ]
        indexes = [models.Index(fields=["stop", "stamped_at"], name="mark_news_of_a_stop")]

    def __str__(self) -> str:
        return f"présence {self.pk}"


class Apology(models.TextChoices):
    EXCUSED = "excused", _("excusé(e)")
    REPRESENTED = "represented", _("représenté(e) par")


class Excuse(models.Model):
    """Somebody expected who did not come and said so, or sent somebody. Written by `professionals.roll`."""

    stop = models.ForeignKey(Stop, models.PROTECT, related_name="excuses", verbose_name=_("étape"))
    registration = models.OneToOneField(
        "professionals.Registration", models.CASCADE, null=True, related_name="excuse"
    )
    invitation = models.OneToOneField(Invitation, models.CASCADE, null=True, related_name="excuse")
    apology = models.CharField(_("état"), max_length=12, choices=Apology)
    represented_by = models.CharField(_("par"), max_length=160, blank=True)
    at = models.DateTimeField(_("noté le"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("absence excusée")
        verbose_name_plural = _("absences excusées")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(registration=None, invitation__isnull=False)
                | Q(registration__isnull=False, invitation=None),
                name="excuse_is_of_one_person",
            ),
            models.CheckConstraint(
                condition=Q(apology="excused", represented_by="")
                | Q(apology="represented") & ~Q(represented_by=""),
                name="excuse_represented_is_named",
                violation_error_message=_("Indiquez qui a représenté cette personne."),
            ),
        ]

    def __str__(self) -> str:
        return f"absence excusée {self.pk}"


class RollCall(models.Model):
    """The team has gone through who was there: from now on the others may be told they were missed."""

    stop = models.OneToOneField(Stop, models.PROTECT, related_name="roll_call", verbose_name=_("étape"))
    at = models.DateTimeField(_("relu le"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("émargement relu")
        verbose_name_plural = _("émargements relus")

    def __str__(self) -> str:
        return f"émargement {self.pk}"
