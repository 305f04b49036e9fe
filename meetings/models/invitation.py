"""Who is asked to come, what they answered, and what reminds whom of what."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import links
from meetings.models.stop import Stop
from meetings.models.tour import Tour
from outbox import clock


class Answer(models.TextChoices):
    NONE = "none", _("sans réponse")
    ACCEPTED = "accepted", _("accepte")
    DECLINED = "declined", _("décline")
    REPLACED = "replaced", _("se fait représenter")


class Channel(models.TextChoices):
    MAIL = "mail", _("courriel")
    LETTER = "letter", _("courrier")


class Invitation(models.Model):
    """One person asked to one stop. The person is named by (audience, key), never by a key upward."""

    stop = models.ForeignKey(Stop, models.PROTECT, related_name="invitations", verbose_name=_("étape"))
    audience = models.CharField(_("public"), max_length=40)
    key = models.CharField(_("clé"), max_length=80)  # as in audiences.Recipient.key
    channel = models.CharField(_("voie"), max_length=10, choices=Channel, default=Channel.MAIL)
    answer = models.CharField(_("réponse"), max_length=10, choices=Answer, default=Answer.NONE)
    answered_at = models.DateTimeField(_("répondu le"), null=True, blank=True, editable=False)
    replacement_function = models.CharField(_("remplaçant : fonction"), max_length=160, blank=True)
    replacement_name = models.CharField(_("remplaçant : nom"), max_length=120, blank=True)
    replacement_email = models.EmailField(_("remplaçant : adresse"), blank=True)
    companions = models.PositiveSmallIntegerField(_("accompagnants"), default=0)
    nonce = models.CharField(max_length=32, default=links.new_nonce, editable=False)
    written_at = models.DateTimeField(_("écrite le"), editable=False)
    # The address written to, as outbox.queue.hash_of; empty for a letter. Unsubscribing needs no more.
    recipient_hash = models.CharField(max_length=64, blank=True, editable=False)
    # The order it was written for; none where a rule of reminders or a single act wrote it.
    campaign = models.ForeignKey(
        "Campaign", models.PROTECT, null=True, editable=False, related_name="invitations"
    )
    # Grows with every changed answer: what the person's calendar shows is stop.sequence + this.
    calendar_step = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["stop", "audience", "key"], name="invitation_once_per_person_and_stop"
            ),
            models.CheckConstraint(
                condition=Q(answer="none", answered_at=None)
                | ~Q(answer="none") & Q(answered_at__isnull=False),
                name="invitation_answer_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(answer="replaced") | ~Q(replacement_function="") | ~Q(replacement_name=""),
                name="invitation_replacement_is_named",
                violation_error_message=_("Indiquez qui vous représente."),
            ),
            models.CheckConstraint(
                condition=Q(companions=0) | Q(answer__in=["accepted", "replaced"]),
                name="invitation_companions_come_with_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def open(self) -> Self:
        """Those that will write, or still do, unless they are halted or withdrawn."""
        return self.filter(done_at=None, halted_at=None)

    def going(self) -> Self:
        """Those that write now."""
        return self.open().filter(Q(starts_at=None) | Q(starts_at__lte=clock.now()))

    def planned(self) -> Self:
        """Those whose moment has not come: they can be moved and withdrawn."""
        return self.filter(done_at=None, starts_at__gt=clock.now())


class Campaign(models.Model):
    """Staff asked that these audiences be invited; workers write the invitations in batches.

    Open until nobody is left to write to: whatever is killed in between, the next beat goes on.
    """

    stop = models.ForeignKey(Stop, models.PROTECT, related_name="campaigns", verbose_name=_("étape"))
    audiences = ArrayField(models.CharField(max_length=40), verbose_name=_("publics"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("par")
    )
    ordered_at = models.DateTimeField(_("demandée le"), editable=False)
    # Not before this moment; none is at once. Aware: staff say it in Morocco's time.
    starts_at = models.DateTimeField(_("prévue le"), null=True, editable=False)
    # To those of another order whom it did not reach.
    again_of = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="again", verbose_name=_("relance de")
    )
    done_at = models.DateTimeField(_("terminée le"), null=True, editable=False)
    # How many it was for when its writing began. What was written is counted, never stored.
    people = models.PositiveIntegerField(null=True, editable=False)
    halted_at = models.DateTimeField(_("arrêtée le"), null=True, editable=False)
    halted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    # Taken back before its moment: it is done, and wrote to nobody.
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("envoi d’invitations")
        verbose_name_plural = _("envois d’invitations")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["stop", "audiences"],
                condition=Q(done_at=None, again_of=None),
                name="campaign_open_once_per_stop_and_audiences",
            ),
            models.UniqueConstraint(
                fields=["again_of"], condition=Q(done_at=None), name="campaign_again_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(done_at__isnull=False),
                name="campaign_withdrawn_is_done",
            ),
        ]

    def __str__(self) -> str:
        return f"envoi {self.pk}"

    @property
    def origin(self) -> str:
        """As the mails written for it name it."""
        return f"campaign:{self.pk}"

    @property
    def is_planned(self) -> bool:
        """Its moment has not come."""
        return self.done_at is None and self.starts_at is not None and self.starts_at > clock.now()


class ReminderKind(models.TextChoices):
    INVITATION = "invitation", _("invitation")
    NO_ANSWER = "no_answer", _("sans réponse")
    SEATED_WEEK = "seated_week", _("rappel à une semaine")
    SEATED_EVE = "seated_eve", _("rappel de la veille")
    THANKS = "thanks", _("remerciements")
    MISSED = "missed", _("vous nous avez manqué")
    EXCUSED = "excused", _("après une absence excusée")


# Of the day after, to those who were there and to those who were not.
AFTERWARDS = (ReminderKind.THANKS, ReminderKind.MISSED, ReminderKind.EXCUSED)


class ReminderRule(models.Model):
    """This text, to these audiences, so many days from the stop, at this hour in Morocco."""

    tour = models.ForeignKey(Tour, models.CASCADE, related_name="reminder_rules", verbose_name=_("tournée"))
    kind = models.CharField(_("texte"), max_length=20, choices=ReminderKind)
    audiences = ArrayField(models.CharField(max_length=40), verbose_name=_("publics"))
    days = models.SmallIntegerField(_("jours par rapport à l’étape"))  # -21 = three weeks before
    local_time = models.TimeField(_("heure du Maroc"))
    # Past this many hours after its moment the mail makes no sense any more. Empty: until the stop begins.
    sensible_hours = models.PositiveSmallIntegerField(_("sensé pendant (heures)"), null=True, blank=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("règle de rappel")
        verbose_name_plural = _("règles de rappel")
        ordering = ["days", "local_time"]
        constraints = [
            models.UniqueConstraint(
                fields=["tour", "kind"],
                name="reminder_rule_once_per_kind",
                violation_error_message=_("Cette tournée a déjà une règle pour ce texte."),
            ),
            models.CheckConstraint(
                condition=Q(days__range=(-90, 30)),
                name="reminder_rule_stands_near_the_stop",
                violation_error_message=_("Entre 90 jours avant et 30 jours après l’étape."),
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["thanks", "missed", "excused"], days__gte=1, sensible_hours__isnull=False
                )
                | ~Q(kind__in=["thanks", "missed", "excused"]) & Q(days__lte=0),
                name="reminder_rule_thanks_come_after_all_else_before",
                violation_error_message=_(
                    "Les remerciements partent après l’étape, pendant un nombre d’heures donné ; "
                    "les autres textes partent avant."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
