"""What the press is given: communiqués and photos, each from a moment on."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models import Stop
from regions import legal_time
from regions.languages import Texts, current_language, pick, texts
from regions.models import Language


class PublishedQuerySet(models.QuerySet):
    def public(self, now: datetime) -> Self:
        """What everybody may read: published, and its embargo over. Wall-clock in Morocco."""
        wall = legal_time.wall_clock(now)
        over = Q(embargo_on=None) | Q(embargo_on__lt=wall.date())
        return self.filter(
            over | Q(embargo_on=wall.date(), embargo_at__lte=wall.time()), published_at__isnull=False
        )


class Published(models.Model):
    """Published by somebody, and read by everybody once its embargo, if it has one, is over."""

    stop = models.ForeignKey(
        Stop,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)s_set",
        verbose_name=_("étape"),
    )
    embargo_on = models.DateField(_("embargo jusqu’au"), null=True, blank=True)
    embargo_at = models.TimeField(_("heure de l’embargo"), null=True, blank=True)
    created_at = models.DateTimeField(_("créé le"), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    published_at = models.DateTimeField(_("publié le"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta:
        abstract = True

    @property
    def public_from(self) -> datetime | None:
        """From this instant on everybody may read it; None: it is a draft."""
        if self.published_at is None or self.embargo_on is None or self.embargo_at is None:
            return self.published_at
        return max(self.published_at, legal_time.instant(self.embargo_on, self.embargo_at))

    def is_public(self, now: datetime) -> bool:
        moment = self.public_from
        return moment is not None and moment <= now


def embargo_is_whole(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(embargo_on=None, embargo_at=None) | Q(embargo_on__isnull=False, embargo_at__isnull=False),
        name=f"{name}_embargo_has_day_and_hour",
        violation_error_message=_("Un embargo a un jour et une heure, ou ni l’un ni l’autre."),
    )


class PressRelease(Published):
    """A communiqué in one language. Published, it is never edited (a trigger refuses it): another one,
    its « rectificatif », corrects it, and both say so."""

    language = models.CharField(_("langue"), max_length=2, choices=Language, default=Language.FR)
    title = models.CharField(_("titre"), max_length=200)
    body = models.TextField(_("texte"))
    document = models.CharField(max_length=60, blank=True, editable=False)  # press.files: a PDF
    corrects = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("rectifie"),
        editable=False,
    )

    objects = PublishedQuerySet.as_manager()

    class Meta:
        verbose_name = _("communiqué")
        verbose_name_plural = _("communiqués")
        ordering = ["-published_at", "-pk"]
        constraints = [
            embargo_is_whole("press_release"),
            models.CheckConstraint(
                condition=Q(published_at=None) | ~Q(title="") & ~Q(body=""),
                name="press_release_published_says_something",
                violation_error_message=_("Un communiqué publié a un titre et un texte."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Photo(Published):
    """A photo for the press, stripped of all that the camera noted."""

    file = models.CharField(max_length=60, editable=False)  # press.files: the photo, and beside it …
    thumbnail = models.CharField(max_length=60, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)  # of what was sent
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    size = models.PositiveIntegerField(editable=False)  # bytes
    credit = models.CharField(_("crédit"), max_length=120, blank=True)
    rights = models.CharField(_("droits d’utilisation"), max_length=300, blank=True)
    alt_fr = models.CharField(_("texte de remplacement (fr)"), max_length=300, blank=True)
    alt_ar = models.CharField(_("texte de remplacement (ar)"), max_length=300, blank=True)
    alt_en = models.CharField(_("texte de remplacement (en)"), max_length=300, blank=True)

    objects = PublishedQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["-published_at", "-pk"]
        constraints = [
            embargo_is_whole("photo"),
            models.CheckConstraint(
                condition=Q(published_at=None) | ~Q(credit="") & ~Q(rights="") & ~Q(alt_fr=""),
                name="photo_published_is_described",
                violation_error_message=_(
                    "Une photo publiée a un crédit, des droits d’utilisation et un texte de remplacement."
                ),
            ),
        ]

    def __str__(self) -> str:
        return pick(self.alt, current_language()) or f"photo {self.pk}"

    @property
    def alt(self) -> Texts:
        return texts(self, "alt")
