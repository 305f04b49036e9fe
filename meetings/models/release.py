"""What was published of a stop, version after version."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings.models.stop import Stop


class Release(models.Model):
    """Everything the public may read of a stop, in three languages, frozen. Append-only."""

    stop = models.ForeignKey(Stop, models.PROTECT, related_name="releases", verbose_name=_("étape"))
    number = models.PositiveIntegerField(_("version"))
    at = models.DateTimeField(_("publiée le"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("par")
    )
    # What everybody may read; shape in meetings/documents.py.
    document = models.JSONField()
    # {"registered": [meeting, …], "invited": [meeting, …]}: for those persons' own pages and mails only.
    restricted = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("version publiée")
        verbose_name_plural = _("versions publiées")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["stop", "number"], name="release_numbered_once_per_stop")
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class Announcement(models.Model):
    """Those concerned are to be told of the change that a release made; workers write in batches.

    Open until everybody was written to, or another change took its place.
    """

    release = models.OneToOneField(Release, models.PROTECT, related_name="announcement")
    purpose = models.CharField(max_length=40)
    # Who is still to be told, as in audiences.Recipient.key: a batch takes out whom it wrote to.
    keys = ArrayField(models.CharField(max_length=80), default=list)
    ordered_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.purpose} {self.release_id}"
