"""Mail, written down with the fact it speaks of, delivered once."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class MessageStatus(models.TextChoices):
    QUEUED = "queued", _("en attente")
    CLAIMED = "claimed", _("prise en charge")
    SENDING = "sending", _("en cours d’envoi")
    SENT = "sent", _("envoyé")
    FAILED = "failed", _("refusé")
    IN_DOUBT = "in_doubt", _("incertain")
    TOO_LATE = "too_late", _("trop tard")
    SUPERSEDED = "superseded", _("remplacé")


class Priority(models.IntegerChoices):
    """What leaves first: what is urgent, answers to one's own act, then reminders, then campaigns."""

    URGENT = -1, _("urgent")
    ANSWER = 0, _("réponse")
    CHANGE = 1, _("changement")
    REMINDER = 5, _("rappel")
    CAMPAIGN = 9, _("campagne")


class Kind(models.TextChoices):
    """What a person may refuse to be written. What concerns one's own registration is of no kind."""

    INVITATIONS = "invitations", _("invitations aux étapes")
    NEWS = "news", _("messages de l’équipe")
    FOLLOW_UPS = "follow_ups", _("suites d’une étape")
    PRESS = "press", _("presse")
    COPIES = "copies", _("copies au secrétariat")


class Reason(models.TextChoices):
    """Why an address is not written to."""

    LINK = "link", _("demandé par la personne")
    BOUNCES = "bounces", _("trois refus définitifs")
    COMPLAINT = "complaint", _("signalé comme indésirable")


FINAL = [MessageStatus.SENT, MessageStatus.FAILED, MessageStatus.TOO_LATE, MessageStatus.SUPERSEDED]


class Message(models.Model):
    """One mail to one person, for one purpose and revision: `key` says which."""

    key = models.CharField(_("clé"), max_length=200)
    subject = models.CharField(_("objet suivi"), max_length=80, blank=True)  # "stop:12"
    purpose = models.CharField(_("motif"), max_length=40)
    audience = models.CharField(_("public"), max_length=40, blank=True)  # in which the person was found
    # "campaign:7": the order that staff gave and that it was written for; "" where a rule or an act wrote it.
    origin = models.CharField(max_length=40, blank=True, editable=False)
    # Whose refusal stops it; "" for what concerns one's own registration: that nobody's refusal stops.
    kind = models.CharField(_("type"), max_length=20, choices=Kind, blank=True)
    priority = models.SmallIntegerField(_("priorité"), choices=Priority)
    recipient = models.EmailField(_("destinataire"), blank=True)
    recipient_hash = models.CharField(max_length=64, editable=False)
    language = models.CharField(_("langue"), max_length=2)
    headline = models.CharField(_("titre"), max_length=250, blank=True)
    text = models.TextField(_("texte"), blank=True)
    html = models.TextField(_("texte HTML"), blank=True)
    calendar = models.TextField(_("calendrier"), blank=True)
    calendar_method = models.CharField(max_length=10, blank=True)
    # What its entry showed; they stay when the text goes: a calendar may answer months later.
    calendar_uid = models.CharField(max_length=80, blank=True)
    calendar_sequence = models.PositiveIntegerField(_("version dans l’agenda"), null=True, blank=True)
    headers = models.JSONField(default=dict)
    reply_to = models.EmailField(_("répondre à"), blank=True)
    message_id = models.CharField(max_length=120)
    # The key of the mail that this one is a copy of, for information; "" for a mail of one's own. No row
    # refers to another: both are written in one statement, which answers no numbers.
    copy_of = models.CharField(_("copie de"), max_length=200, blank=True)
    resend_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="resends", db_index=False
    )

    status = models.CharField(_("état"), max_length=10, choices=MessageStatus, default=MessageStatus.QUEUED)
    written_at = models.DateTimeField(_("écrit le"))
    due_at = models.DateTimeField(_("à envoyer le"))
    valid_until = models.DateTimeField(_("valable jusqu’au"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    # What it tells is no longer so: it may be on its way or have arrived, but it is not sent again.
    overtaken = models.BooleanField(_("dépassé"), default=False, editable=False)
    claim = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    final_at = models.DateTimeField(_("terminé le"), null=True, blank=True)
    answer = models.TextField(_("réponse du serveur"), blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-pk"]
        # Each change of a state writes one entry in each index: as few as can be, and short ones.
        indexes = [
            models.Index(
                fields=["priority", "due_at", "id"],
                condition=Q(status="queued"),
                name="message_due",
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(status__in=["claimed", "sending"]),
                name="message_leased",
            ),
            models.Index(fields=["final_at"], condition=Q(status="sent"), name="message_left"),
            models.Index(
                fields=["resend_of"], condition=Q(resend_of__isnull=False), name="message_sent_again"
            ),
            models.Index(fields=["copy_of"], condition=~Q(copy_of=""), name="message_copies"),
            models.Index(fields=["subject", "purpose", "origin"], name="message_by_subject"),
            models.Index(fields=["recipient_hash", "subject"], name="message_by_recipient"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="message_written_once"),
            models.UniqueConstraint(fields=["message_id"], name="message_id_given_once"),
            models.CheckConstraint(
                condition=Q(status__in=["claimed", "sending"], lease_until__isnull=False) & ~Q(claim="")
                | Q(status__in=["queued", "sent", "failed", "in_doubt", "too_late", "superseded"]),
                name="message_in_hand_has_a_claim_and_a_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class Suppression(models.Model):
    """An address that does not want mails of a kind. Mails about one's own registration still leave."""

    recipient_hash = models.CharField(max_length=64)
    kind = models.CharField(_("type"), max_length=40, choices=Kind)
    reason = models.CharField(_("motif"), max_length=40, choices=Reason)
    at = models.DateTimeField(_("le"))

    class Meta:
        verbose_name = _("désabonnement")
        verbose_name_plural = _("désabonnements")
        constraints = [
            models.UniqueConstraint(fields=["recipient_hash", "kind"], name="suppression_once_per_kind")
        ]

    def __str__(self) -> str:
        return f"désabonnement {self.pk}"


class Hold(models.Model):
    """What staff keep from leaving for now: mails that agree in every field said here; "" is any.

    A hold that says nothing holds every mail. Answers to one's own act are never held.
    """

    subject = models.CharField(_("objet suivi"), max_length=80, blank=True)
    purpose = models.CharField(_("motif"), max_length=40, blank=True)
    audience = models.CharField(_("public"), max_length=40, blank=True)
    language = models.CharField(_("langue"), max_length=2, blank=True)
    at = models.DateTimeField(_("retenu le"))
    ended_at = models.DateTimeField(_("libéré le"), null=True, blank=True)

    class Meta:
        verbose_name = _("envois retenus")
        verbose_name_plural = _("envois retenus")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "purpose", "audience", "language"],
                condition=Q(ended_at=None),
                name="hold_once_per_line",
            )
        ]

    def __str__(self) -> str:
        return f"envois retenus {self.pk}"


class ReturnKind(models.TextChoices):
    """What came back of a mail."""

    PERMANENT = "permanent", _("refusé pour de bon")
    TRANSIENT = "transient", _("retardé ou abandonné")
    COMPLAINT = "complaint", _("signalé comme indésirable")
    REPLY = "reply", _("réponse d’agenda")


class Partstat(models.TextChoices):
    """What a person told their own calendar (RFC 5545, PARTSTAT)."""

    ACCEPTED = "accepted", _("accepté")
    DECLINED = "declined", _("décliné")
    TENTATIVE = "tentative", _("accepté sous réserve")


class Returned(models.Model):
    """One notice about a mail of ours, read once: it was not delivered, was complained of, or a calendar
    answered. The mail is known by its Message-ID; nothing of what the notice says is kept but codes."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="returned", verbose_name=_("message"))
    kind = models.CharField(_("retour"), max_length=10, choices=ReturnKind)
    code = models.CharField(_("code"), max_length=11, blank=True)  # RFC 3463: "5.1.1"
    partstat = models.CharField(_("dans son agenda"), max_length=10, choices=Partstat, blank=True)
    at = models.DateTimeField(_("lu le"))
    notice = models.CharField(max_length=64, editable=False)  # hash of the notice's own Message-ID
    # Who writes to this address again was told by somebody that it is right: it counts no more.
    settled = models.BooleanField(_("réglé"), default=False, editable=False)

    class Meta:
        verbose_name = _("retour")
        verbose_name_plural = _("retours")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["notice"], name="returned_notice_counts_once"),
            models.CheckConstraint(
                condition=Q(kind="reply") & ~Q(partstat="") | ~Q(kind="reply") & Q(partstat=""),
                name="returned_reply_says_what",
            ),
        ]

    def __str__(self) -> str:
        return f"retour {self.pk}"


class Mailbox(models.Model):
    """How far the mailbox was read that notices come to. Read mail stays there as it is."""

    name = models.CharField(max_length=200)  # user, server and folder
    uid_validity = models.BigIntegerField()  # RFC 3501: another one, and every number begins anew
    last_uid = models.BigIntegerField(default=0)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], name="mailbox_read_from_one_mark")]

    def __str__(self) -> str:
        return f"boîte {self.pk}"


class Epoch(models.Model):
    """A life of the database. Where it was restored from a copy a new one begins, and mails wait (epochs)."""

    database = models.CharField(max_length=60)  # in which it is led
    begun_at = models.DateTimeField(_("commencé le"))
    last_message = models.BigIntegerField(default=0)  # the newest of the copy
    released_at = models.DateTimeField(_("libéré le"), null=True, blank=True)

    class Meta:
        verbose_name = _("rétablissement")
        verbose_name_plural = _("rétablissements")

    def __str__(self) -> str:
        return f"rétablissement {self.pk}"
