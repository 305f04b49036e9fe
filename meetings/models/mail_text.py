"""The words of the mails that leave by themselves: per tour, kind and language, in versions."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models.tour import Tour


class TextKind(models.TextChoices):
    """What is said to whom. Answers to one's own act (a seat, a confirmation) are no such texts."""

    INVITATION_OFFICIAL = "invitation_official", _("invitation des responsables")
    INVITATION_LETTER = "invitation_letter", _("lettre d’invitation, sur papier")
    INVITATION_PROFESSIONAL = "invitation_professional", _("invitation des professionnels")
    INVITATION_PRESS = "invitation_press", _("invitation de la presse")
    NO_ANSWER_OFFICIAL = "no_answer_official", _("sans réponse : responsables")
    NO_ANSWER_PROFESSIONAL = "no_answer_professional", _("sans réponse : professionnels")
    NO_ANSWER_PRESS = "no_answer_press", _("sans réponse : presse")
    SEATED_WEEK_OFFICIAL = "seated_week_official", _("rappel à une semaine : responsables")
    SEATED_WEEK_PROFESSIONAL = "seated_week_professional", _("rappel à une semaine : inscrits")
    SEATED_EVE_OFFICIAL = "seated_eve_official", _("rappel de la veille : responsables")
    SEATED_EVE_PROFESSIONAL = "seated_eve_professional", _("rappel de la veille : inscrits")
    THANKS = "thanks", _("remerciements")
    MISSED = "missed", _("vous nous avez manqué")
    EXCUSED = "excused", _("après une absence excusée")


class TextLanguage(models.TextChoices):
    FR = "fr", _("français")
    AR = "ar", _("arabe")
    EN = "en", _("anglais")


class MailText(models.Model):
    """One version of one text. Its words never change: who corrects them writes the next version.

    The version that leaves is the newest one somebody validated, unless they took that back.
    """

    tour = models.ForeignKey(Tour, models.CASCADE, related_name="mail_texts", verbose_name=_("tournée"))
    kind = models.CharField(_("texte"), max_length=30, choices=TextKind)
    language = models.CharField(_("langue"), max_length=2, choices=TextLanguage)
    version = models.PositiveSmallIntegerField(_("version"))
    subject = models.CharField(_("objet"), max_length=160)
    title = models.CharField(_("titre"), max_length=160)
    body = models.TextField(_("texte"))
    written_at = models.DateTimeField(_("écrit le"))
    # Nobody for the words the portal comes with.
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("écrit par")
    )
    validated_at = models.DateTimeField(_("validé le"), null=True)
    validated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("validé par")
    )
    withdrawn_at = models.DateTimeField(_("retiré le"), null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("retiré par")
    )

    class Meta:
        verbose_name = _("texte de courriel")
        verbose_name_plural = _("textes de courriel")
        ordering = ["kind", "language", "-version"]
        permissions = [("validate_mailtext", _("Peut valider les textes des courriels"))]
        constraints = [
            models.UniqueConstraint(
                fields=["tour", "kind", "language", "version"], name="mailtext_once_per_version"
            ),
            models.CheckConstraint(
                condition=~Q(subject="") & ~Q(title="") & ~Q(body=""), name="mailtext_says_something"
            ),
            models.CheckConstraint(
                condition=Q(validated_at=None, validated_by=None)
                | Q(validated_at__isnull=False, validated_by__isnull=False),
                name="mailtext_validated_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, validated_at__isnull=False),
                name="mailtext_withdrawn_was_validated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_language_display()}), {self.version}"

    @property
    def leaves(self) -> bool:
        """Somebody stands for this version; whether a newer one took its place is not asked."""
        return self.validated_at is not None and self.withdrawn_at is None
