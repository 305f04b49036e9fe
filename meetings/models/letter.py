"""Letters on paper: each has a number of its year, for good, and says for good what it said."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models.invitation import Invitation


class LetterYear(models.Model):
    """The register of one year. Whoever gives a number holds this row."""

    year = models.PositiveSmallIntegerField(_("année"), unique=True)

    class Meta:
        verbose_name = _("registre des courriers")
        verbose_name_plural = _("registres des courriers")

    def __str__(self) -> str:
        return str(self.year)


class Letter(models.Model):
    """One letter to one person. A trigger refuses other words, another number, and deletion.

    What an invitation says now is told by the newest letter; that one replaces the one before.
    """

    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="letters")
    year = models.ForeignKey(LetterYear, models.PROTECT, to_field="year", related_name="letters")
    number = models.PositiveIntegerField(_("numéro"))
    dated = models.DateField(_("date de la lettre"))
    language = models.CharField(_("langue"), max_length=2)
    words = models.JSONField(_("contenu"))  # as letter_words.of made it
    sequence = models.PositiveIntegerField()  # of the stop: the date, hours and place it tells
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name=_("remplace")
    )
    made_at = models.DateTimeField(_("établie le"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    handed_on = models.DateField(_("remise le"), null=True)
    handed_by = models.CharField(_("remise par"), max_length=120, blank=True)
    # That the stop changed after this letter was handed over: what the person was told of by voice.
    told_sequence = models.PositiveIntegerField(null=True)
    told_at = models.DateTimeField(_("prévenu(e) le"), null=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("courrier")
        verbose_name_plural = _("courriers")
        ordering = ["year", "number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="letter_number_given_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="letter_numbers_begin_at_one"),
            models.CheckConstraint(
                condition=Q(handed_on=None, handed_by="") | Q(handed_on__isnull=False) & ~Q(handed_by=""),
                name="letter_handed_over_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(told_at=None, told_sequence=None)
                | Q(told_at__isnull=False, told_sequence__isnull=False),
                name="letter_told_of_what_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return reference(self.number, self.year_id)


def reference(number: int, year: int) -> str:
    """As it stands on the letter: « 0012/2026 »."""
    return f"{number:04d}/{year}"
