"""A document that is handed out around a stop, to those it is meant for."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models.stop import Stop
from regions.languages import shown
from regions.models import Language


class ReadBy(models.TextChoices):
    """Who is handed a document. Officials may read what the registered read, as with meetings."""

    PUBLIC = "public", _("tout le monde")
    REGISTERED = "registered", _("les inscrits")
    OFFICIALS = "officials", _("les responsables invités")
    PRESS = "press", _("la presse accréditée")


class Handout(models.Model):
    """A PDF, its title and whom it is for: the draft. What was released of it is what people find."""

    stop = models.ForeignKey(Stop, models.CASCADE, related_name="handouts", verbose_name=_("étape"))
    title_fr = models.CharField(_("titre (fr)"), max_length=160)
    title_ar = models.CharField(_("titre (ar)"), max_length=160, blank=True)
    title_en = models.CharField(_("titre (en)"), max_length=160, blank=True)
    language = models.CharField(_("langue du document"), max_length=2, choices=Language, default=Language.FR)
    read_by = models.CharField(_("pour"), max_length=10, choices=ReadBy)
    position = models.PositiveSmallIntegerField(_("ordre"), default=100)
    file = models.CharField(max_length=60, editable=False)  # meetings.handouts.files
    size = models.PositiveIntegerField(_("taille (octets)"), editable=False)
    version = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    added_at = models.DateTimeField(_("ajouté le"), editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("document d’une étape")
        verbose_name_plural = _("documents des étapes")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title_fr=""),
                name="handout_is_named_in_french",
                violation_error_message=_("Donnez un titre en français."),
            )
        ]

    def __str__(self) -> str:
        return shown(self, "title")
