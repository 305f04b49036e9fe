"""Places of an establishment at a stop, as they stand. Tables of the app `professionals`."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import links
from meetings.models import Stop


class DelegationStatus(models.TextChoices):
    PENDING = "pending", _("à approuver")
    ACTIVE = "active", _("confirmée")
    REFUSED = "refused", _("refusée")
    CANCELLED = "cancelled", _("annulée")


class Delegation(models.Model):
    """Places one establishment asked for at one stop, named later by whoever asked.

    Places given and not yet named count as taken, until the moment by which they are to be named. What is
    not given yet waits in the queue at the rank of the delegation: as a whole where they come all or not
    at all, else place by place. One row per person who asks and stop, for good.
    """

    stop = models.ForeignKey(Stop, models.PROTECT, related_name="delegations", verbose_name=_("étape"))
    organisation = models.ForeignKey(
        "professionals.Organisation",
        models.PROTECT,
        related_name="delegations",
        verbose_name=_("établissement"),
    )
    contact = models.ForeignKey(
        "professionals.Professional",
        models.PROTECT,
        related_name="delegations",
        verbose_name=_("demandée par"),
    )
    status = models.CharField(
        _("état"), max_length=10, choices=DelegationStatus, default=DelegationStatus.ACTIVE, editable=False
    )
    places = models.PositiveSmallIntegerField(_("places demandées"))
    granted = models.PositiveSmallIntegerField(_("places attribuées"), default=0, editable=False)
    whole = models.BooleanField(_("toutes ou aucune"), default=False)
    asked_at = models.DateTimeField(_("demandée le"), editable=False)
    # The rank in the queue, as Registration.confirmed_at.
    confirmed_at = models.DateTimeField(_("confirmée le"), editable=False)
    # The last time a place came free to be named: how long there is to name it follows from this.
    granted_at = models.DateTimeField(_("places attribuées le"), null=True, blank=True, editable=False)
    reminded_at = models.DateTimeField(_("rappelée le"), null=True, blank=True, editable=False)
    nonce = models.CharField(max_length=32, default=links.new_nonce, editable=False)
    told_step = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("délégation")
        verbose_name_plural = _("délégations")
        ordering = ["-confirmed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["stop", "contact"], name="delegation_once_per_stop_and_contact"),
            models.CheckConstraint(
                condition=Q(granted__lte=models.F("places")), name="delegation_has_no_more_than_it_asked"
            ),
            models.CheckConstraint(
                condition=Q(whole=False) | Q(granted=0) | Q(granted=models.F("places")),
                name="delegation_whole_has_all_or_nothing",
            ),
            models.CheckConstraint(
                condition=Q(status="active") | Q(granted=0), name="delegation_is_approved_before_it_has_seats"
            ),
        ]

    def __str__(self) -> str:
        return f"délégation {self.pk}"
