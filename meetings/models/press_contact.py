"""Whom the press may ask: one contact of the ONMT, one of its agency, for each tour."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models.tour import Tour


class House(models.TextChoices):
    ONMT = "onmt", _("ONMT")
    AGENCY = "agency", _("agence de relations presse")


class PressContact(models.Model):
    """Shown to the public once somebody has verified it; until then it is « not known yet »."""

    tour = models.ForeignKey(Tour, models.CASCADE, related_name="press_contacts", verbose_name=_("tournée"))
    house = models.CharField(_("pour"), max_length=10, choices=House)
    organisation_fr = models.CharField(_("organisme (fr)"), max_length=120, blank=True)
    organisation_ar = models.CharField(_("organisme (ar)"), max_length=120, blank=True)
    organisation_en = models.CharField(_("organisme (en)"), max_length=120, blank=True)
    function_fr = models.CharField(_("fonction (fr)"), max_length=120, blank=True)
    function_ar = models.CharField(_("fonction (ar)"), max_length=120, blank=True)
    function_en = models.CharField(_("fonction (en)"), max_length=120, blank=True)
    phone = models.CharField(_("téléphone"), max_length=40, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    hours_fr = models.CharField(_("horaires (fr)"), max_length=120, blank=True)
    hours_ar = models.CharField(_("horaires (ar)"), max_length=120, blank=True)
    hours_en = models.CharField(_("horaires (en)"), max_length=120, blank=True)
    verified = models.BooleanField(_("vérifié"), default=False)

    class Meta:
        verbose_name = _("contact presse")
        verbose_name_plural = _("contacts presse")
        ordering = ["tour", "-house"]
        constraints = [
            models.UniqueConstraint(fields=["tour", "house"], name="press_contact_once_per_house"),
            models.CheckConstraint(
                # A function alone reaches nobody.
                condition=Q(verified=False) | ~Q(phone="") | ~Q(email=""),
                name="press_contact_verified_reaches_somebody",
                violation_error_message=_("Un contact vérifié a un téléphone ou une adresse électronique."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_house_display()
