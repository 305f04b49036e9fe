"""A tour of the regions, the places where it stops, and its usual agenda."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from regions.languages import shown
from regions.models import Region
from regions.outlines import kingdom


class Tour(models.Model):
    """One edition of the tour. The current one stands at the site's short addresses."""

    slug = models.SlugField(_("adresse"), unique=True)
    name_fr = models.CharField(_("nom (fr)"), max_length=120)
    name_ar = models.CharField(_("nom (ar)"), max_length=120)
    name_en = models.CharField(_("nom (en)"), max_length=120)
    edition = models.CharField(_("édition"), max_length=40)
    objective_fr = models.TextField(_("objectif (fr)"))
    objective_ar = models.TextField(_("objectif (ar)"))
    objective_en = models.TextField(_("objectif (en)"))
    first_day = models.DateField(_("premier jour"))
    is_current = models.BooleanField(_("tournée en cours"), default=False)
    invites_next = models.BooleanField(
        _("inviter à l’étape suivante dès qu’une étape est tenue"),
        default=False,
        help_text=_("Sinon, les invitations partent au jour de leur règle ou quand l’équipe le demande."),
    )
    # Under letters on paper: a function, never a name, for the office may change hands.
    signatory_fr = models.CharField(
        _("signataire des courriers (fr)"),
        max_length=160,
        blank=True,
        help_text=_("Sa fonction, jamais un nom. Sans elle, aucun courrier ne s’établit dans cette langue."),
    )
    signatory_ar = models.CharField(_("signataire des courriers (ar)"), max_length=160, blank=True)
    signatory_en = models.CharField(_("signataire des courriers (en)"), max_length=160, blank=True)
    sender_email = models.EmailField(_("adresse de la tournée"))  # ORGANIZER and From

    class Meta:
        verbose_name = _("tournée")
        verbose_name_plural = _("tournées")
        ordering = ["-first_day"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"],
                condition=Q(is_current=True),
                name="tour_only_one_is_current",
                violation_error_message=_("Une autre tournée est déjà la tournée en cours."),
            )
        ]

    def __str__(self) -> str:
        return shown(self, "name")


class VenueKind(models.TextChoices):
    WILAYA = "wilaya", _("Wilaya")
    HOTEL = "hotel", _("hôtel")
    CONGRESS = "palais-congres", _("palais des congrès")
    REGION = "siege-region", _("siège de la région")
    SCHOOL = "universite-ou-ista", _("université ou institut")
    OTHER = "other", _("autre lieu")


class Venue(models.Model):
    """Where a stop takes place."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="venues", verbose_name=_("région"))
    kind = models.CharField(_("type"), max_length=20, choices=VenueKind)
    name_fr = models.CharField(_("nom (fr)"), max_length=120)
    name_ar = models.CharField(_("nom (ar)"), max_length=120)
    name_en = models.CharField(_("nom (en)"), max_length=120, blank=True)
    address_fr = models.CharField(_("adresse (fr)"), max_length=200, blank=True)
    address_ar = models.CharField(_("adresse (ar)"), max_length=200, blank=True)
    address_en = models.CharField(_("adresse (en)"), max_length=200, blank=True)
    access_fr = models.TextField(_("accès (fr)"), blank=True)
    access_ar = models.TextField(_("accès (ar)"), blank=True)
    access_en = models.TextField(_("accès (en)"), blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    seats = models.PositiveIntegerField(_("places dans la plus grande salle"), null=True, blank=True)
    confirmed = models.BooleanField(_("confirmé"), default=False)

    class Meta:
        verbose_name = _("lieu")
        verbose_name_plural = _("lieux")
        ordering = ["region__code", "name_fr"]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(20, 37), longitude__range=(-18, 0)),
                name="venue_stands_in_morocco",
                violation_error_message=_("Ces coordonnées ne sont pas au Maroc."),
            )
        ]

    def __str__(self) -> str:
        return shown(self, "name")

    def clean(self) -> None:
        """A point on the map must lie in the venue's region: a typing error sends people elsewhere."""
        if (self.latitude is None) != (self.longitude is None):
            raise ValidationError(_("Donnez la latitude et la longitude, ou aucune des deux."))
        if self.latitude is None or self.longitude is None or self.region_id is None:
            return
        if not (20 <= self.latitude <= 37 and -18 <= self.longitude <= 0):
            return  # said by the constraint
        if not kingdom().stands_in(self.region.code, latitude=self.latitude, longitude=self.longitude):
            raise ValidationError(
                _("Ces coordonnées ne sont pas dans la région %(region)s : vérifiez-les."),
                params={"region": self.region},
            )


class AgendaTemplateItem(models.Model):
    """A point of the usual agenda of a stop, from which the first draft of each stop is made."""

    code = models.SlugField(_("code"), unique=True)
    title_fr = models.CharField(_("titre (fr)"), max_length=160)
    title_ar = models.CharField(_("titre (ar)"), max_length=160)
    title_en = models.CharField(_("titre (en)"), max_length=160)
    minutes = models.PositiveSmallIntegerField(_("durée (minutes)"))
    optional = models.BooleanField(_("facultatif"), default=False)
    position = models.PositiveSmallIntegerField(_("ordre"))

    class Meta:
        verbose_name = _("point type")
        verbose_name_plural = _("ordre du jour type")
        ordering = ["position"]

    def __str__(self) -> str:
        return shown(self, "title")
