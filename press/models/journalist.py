"""The press file: who writes about the tour, and how they may be reached."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from regions.models import Language, Region


class MediaKind(models.TextChoices):
    AGENCY = "agency", _("agence de presse")
    PRINT = "print", _("presse écrite")
    WEB = "web", _("presse en ligne")
    RADIO = "radio", _("radio")
    TELEVISION = "tv", _("télévision")
    OTHER = "other", _("autre média")


class Journalist(models.Model):
    """One person of the press, of a region or, without one, of the whole country."""

    name = models.CharField(_("nom et prénom"), max_length=120)
    name_key = models.CharField(max_length=120, editable=False)  # names.normalise(name)
    name_ar = models.CharField(_("nom en arabe"), max_length=120, blank=True)
    outlet = models.CharField(_("média"), max_length=120)
    kind = models.CharField(_("type de média"), max_length=10, choices=MediaKind, default=MediaKind.OTHER)
    function = models.CharField(_("fonction"), max_length=120, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    phone = PhoneNumberField(_("téléphone"), region="MA", blank=True)
    language = models.CharField(_("langue"), max_length=2, choices=Language, default=Language.FR)
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="journalists",
        verbose_name=_("région"),
    )
    source = models.CharField(_("source de la donnée"), max_length=200)
    legal_basis = models.CharField(_("base légale"), max_length=200)
    active = models.BooleanField(_("en activité"), default=True)
    created_at = models.DateTimeField(_("créé le"), editable=False)

    class Meta:
        verbose_name = _("journaliste")
        verbose_name_plural = _("journalistes")
        ordering = ["outlet", "name_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["email", "name_key", "outlet"],
                name="journalist_once_per_mail_name_and_outlet",
                violation_error_message=_("Cette personne est déjà dans le fichier."),
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="journalist_email_is_lower_case"),
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone=""),
                name="journalist_can_be_reached",
                violation_error_message=_("Indiquez une adresse électronique ou un téléphone."),
            ),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(legal_basis=""),
                name="journalist_is_known_lawfully",
                violation_error_message=_(
                    "Indiquez d’où vient cette fiche et sur quelle base légale elle est tenue."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"journaliste {self.pk}"

    @property
    def key(self) -> str:
        """As in meetings.audiences.Recipient.key."""
        return f"journalist:{self.pk}"
