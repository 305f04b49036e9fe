"""Seats of a stop, or of one of its workshops, kept out of the public's reach."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models.meeting import Meeting
from meetings.models.stop import Stop


class HeldFor(models.TextChoices):
    """Whose seats they are. Officials take from those of their institution: see meetings.held_seats."""

    AUTHORITIES = "authorities", _("autorités et institutions")
    CRT = "crt", _("Conseil régional du tourisme")
    CNT = "cnt", _("CNT et fédérations")
    ONMT = "onmt", _("délégation de l’ONMT")
    PRESS = "press", _("presse")


class HeldSeats(models.Model):
    """So many seats held back for one audience, until staff release them or their moment comes.

    Released they are the public's again, but for those that people of the audience have taken.
    """

    stop = models.ForeignKey(Stop, models.CASCADE, related_name="held_seats", verbose_name=_("étape"))
    # None: of the stop itself.
    meeting = models.ForeignKey(
        Meeting,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="held_seats",
        verbose_name=_("atelier"),
    )
    audience = models.CharField(_("réservées à"), max_length=12, choices=HeldFor)
    seats = models.PositiveSmallIntegerField(_("places"))
    # Wall-clock in Morocco; both or none.
    release_on = models.DateField(_("libérées le"), null=True, blank=True)
    release_hour = models.TimeField(_("à (heure du Maroc)"), null=True, blank=True)
    released_at = models.DateTimeField(_("libérées depuis"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("places réservées")
        verbose_name_plural = _("places réservées")
        ordering = ["stop", "meeting", "audience", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["stop", "meeting", "audience"],
                condition=Q(released_at=None),
                nulls_distinct=False,
                name="held_seats_once_per_audience",
                violation_error_message=_("Des places sont déjà réservées à ce public."),
            ),
            models.CheckConstraint(condition=Q(seats__gte=1), name="held_seats_hold_something"),
            models.CheckConstraint(
                condition=Q(release_on=None, release_hour=None)
                | Q(release_on__isnull=False, release_hour__isnull=False),
                name="held_seats_release_has_day_and_hour",
                violation_error_message=_("Indiquez le jour et l’heure, ou aucun des deux."),
            ),
        ]

    def __str__(self) -> str:
        return f"places réservées {self.pk}"
