"""Who comes: professionals, their organisations, their registrations."""

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts import links
from meetings.models import Invitation, Meeting, Stop
from professionals.channels import Channel
from regions.models import Language, LegalCategory, Province, Region


class Organisation(models.Model):
    """An establishment for which professionals come."""

    name = models.CharField(_("nom"), max_length=160)
    name_key = models.CharField(max_length=160, editable=False)  # names.normalise(name)
    name_ar = models.CharField(_("nom en arabe"), max_length=160, blank=True)
    name_ar_key = models.CharField(max_length=160, blank=True, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="organisations", verbose_name=_("région"))
    category = models.ForeignKey(
        LegalCategory,
        models.PROTECT,
        related_name="organisations",
        verbose_name=_("catégorie légale"),
    )
    # What strangers typed is suggested to nobody until the team has looked at it.
    approved = models.BooleanField(
        _("nom validé"), default=False, help_text=_("Proposé à qui commence à l’écrire en s’inscrivant.")
    )

    class Meta:
        verbose_name = _("établissement")
        verbose_name_plural = _("établissements")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name_key", "region", "category"],
                name="organisation_once_per_region_and_category",
                violation_error_message=_("Cet établissement existe déjà."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Professional(models.Model):
    """A person, known by lower-cased mail and normalised name: a mailbox may serve several.

    Who has no mail is known by mobile and normalised name, is written to by nobody and told by telephone.
    """

    name = models.CharField(_("nom et prénom"), max_length=120)
    name_key = models.CharField(max_length=120, editable=False)
    name_ar = models.CharField(_("nom en arabe"), max_length=120, blank=True)
    name_ar_key = models.CharField(max_length=120, blank=True, editable=False)
    email = models.EmailField(_("adresse électronique"), blank=True)
    phone = PhoneNumberField(_("mobile"), region="MA", blank=True)
    # The mail address, or the mobile where there is none: colleagues may share either.
    known_by = models.GeneratedField(
        expression=Case(When(email="", then=F("phone")), default=F("email"), output_field=models.CharField()),
        output_field=models.CharField(max_length=254),
        db_persist=True,
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="professionals", verbose_name=_("établissement")
    )
    function = models.CharField(_("fonction"), max_length=120, blank=True)
    function_ar = models.CharField(_("fonction en arabe"), max_length=120, blank=True)
    province = models.ForeignKey(
        Province,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="professionals",
        verbose_name=_("province ou préfecture"),
    )
    # As this person gave it; their establishment may have several numbers, or another one.
    ice = models.CharField(_("ICE de l’établissement"), max_length=15, blank=True)
    language = models.CharField(_("langue"), max_length=2, choices=Language)
    consent_version = models.CharField(_("version du consentement"), max_length=20, blank=True)
    consent_text = models.TextField(_("consentement, tel que lu"), blank=True)
    consented_at = models.DateTimeField(_("consenti le"), null=True, blank=True)
    # News of the recovery plan, apart from this tour: a consent of its own, never ticked beforehand.
    news_version = models.CharField(_("version du consentement aux nouvelles"), max_length=20, blank=True)
    news_text = models.TextField(_("consentement aux nouvelles, tel que lu"), blank=True)
    news_at = models.DateTimeField(_("nouvelles acceptées le"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)  # when imported
    legal_basis = models.CharField(_("base légale"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("créé le"))

    class Meta:
        verbose_name = _("professionnel du tourisme")
        verbose_name_plural = _("professionnels du tourisme")
        ordering = ["name_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["known_by", "name_key"],
                name="professional_once_per_mail_or_mobile_and_name",
                violation_error_message=_("Cette personne existe déjà."),
            ),
            models.CheckConstraint(
                condition=~Q(email="", phone=""),
                name="professional_can_be_reached",
                violation_error_message=_("Indiquez une adresse électronique ou un mobile."),
            ),
            models.CheckConstraint(
                condition=Q(ice="") | Q(ice__regex=r"^[0-9]{15}$"),
                name="professional_ice_has_15_digits",
                violation_error_message=_("L’ICE compte 15 chiffres."),
            ),
            models.CheckConstraint(
                condition=Q(news_at=None, news_text="") | Q(news_at__isnull=False) & ~Q(news_text=""),
                name="professional_news_are_wanted_as_worded",
            ),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="professional_email_is_lower_case"
            ),
            models.CheckConstraint(
                condition=Q(consented_at__isnull=False) & ~Q(consent_text="")
                | ~Q(source="") & ~Q(legal_basis=""),
                name="professional_is_known_lawfully",
                violation_error_message=_(
                    "Indiquez d’où vient cette fiche et sur quelle base légale elle est tenue."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"professionnel {self.pk}"


class RegistrationStatus(models.TextChoices):
    PENDING = "pending", _("à approuver")
    SEATED = "seated", _("place attribuée")
    OFFERED = "offered", _("place offerte")
    WAITING = "waiting", _("sur liste d’attente")
    CANCELLED = "cancelled", _("annulée")
    REFUSED = "refused", _("refusée")


# Whoever does not come, and what they did is over.
ENDED = (RegistrationStatus.CANCELLED, RegistrationStatus.REFUSED)


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def active(self) -> "RegistrationQuerySet":
        return self.exclude(status__in=ENDED)

    def seated(self) -> "RegistrationQuerySet":
        return self.filter(status=RegistrationStatus.SEATED)

    def queue(self) -> "RegistrationQuerySet":
        """The waiting list, first come first."""
        return self.filter(status=RegistrationStatus.WAITING).order_by("confirmed_at", "pk")

    def offered(self) -> "RegistrationQuerySet":
        """Those for whom a seat is kept until they take it or its limit passes."""
        return self.filter(status=RegistrationStatus.OFFERED)

    def pending(self) -> "RegistrationQuerySet":
        """Those staff have still to approve, first come first. They hold no seat."""
        return self.filter(status=RegistrationStatus.PENDING).order_by("confirmed_at", "pk")

    def attended(self) -> "RegistrationQuerySet":
        return self.filter(checked_in_at__isnull=False)


class Registration(models.Model):
    """One professional at one stop, confirmed. Only `seats` says who is in and who waits.

    There is one row per person and stop for good: who gives up a seat and returns finds it again,
    and with it the sequence of their calendar entry.
    """

    stop = models.ForeignKey(Stop, models.PROTECT, related_name="registrations", verbose_name=_("étape"))
    professional = models.ForeignKey(
        Professional, models.PROTECT, related_name="registrations", verbose_name=_("professionnel")
    )
    invitation = models.ForeignKey(
        Invitation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="registrations",
        editable=False,
        verbose_name=_("invitation"),
    )
    status = models.CharField(_("état"), max_length=10, choices=RegistrationStatus, editable=False)
    # Whose place this is: it counts as one of the delegation's.
    delegation = models.ForeignKey(
        "professionals.Delegation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
        editable=False,
        verbose_name=_("délégation"),
    )
    # Written down by the contact of a delegation, not asked for by the person.
    named = models.BooleanField(default=False, editable=False)
    channel = models.CharField(_("canal"), max_length=10, choices=Channel, blank=True, editable=False)
    asked_at = models.DateTimeField(_("demandée le"), editable=False)
    # The place in the queue: stamped inside the stop's lock, never twice the same at one stop.
    confirmed_at = models.DateTimeField(_("confirmée le"), editable=False)
    cancelled_at = models.DateTimeField(_("annulée ou refusée le"), null=True, blank=True, editable=False)
    # An offered seat is kept until then.
    offer_ends_at = models.DateTimeField(_("offerte jusqu’au"), null=True, blank=True, editable=False)
    # « Je confirme », a week before.
    reconfirmed_at = models.DateTimeField(_("venue confirmée le"), null=True, blank=True, editable=False)
    # The first mark at the entrance that stands: kept in step by `presence`, under the stop's lock.
    checked_in_at = models.DateTimeField(_("présent(e) depuis"), null=True, blank=True, editable=False)
    # Who decided on a seat that the room or the queue did not leave: see walk_ins.
    beyond_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("au-delà des places, décidé par"),
    )
    nonce = models.CharField(max_length=32, default=links.new_nonce, editable=False)
    # Grows at withdrawal and return: the person's entry shows stop.sequence + calendar_step. Colleagues
    # of one mailbox have one entry and one step: see entries.
    calendar_step = models.PositiveIntegerField(default=0, editable=False)
    # Which telling of seat or queue this is: one mail per (registration, purpose, step).
    told_step = models.PositiveIntegerField(default=0, editable=False)
    # What who has no mail address was last told by telephone: the telling, and the stop's sequence.
    phoned_step = models.PositiveIntegerField(default=0, editable=False)
    phoned_sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("inscription")
        verbose_name_plural = _("inscriptions")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["stop", "professional"], name="registration_once_per_stop_and_professional"
            ),
            models.CheckConstraint(
                condition=Q(checked_in_at=None) | Q(status="seated"),
                name="registration_checked_in_is_seated",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["cancelled", "refused"], cancelled_at__isnull=False)
                | ~Q(status__in=["cancelled", "refused"]) & Q(cancelled_at=None),
                name="registration_ended_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(status="offered", offer_ends_at__isnull=False)
                | ~Q(status="offered") & Q(offer_ends_at=None),
                name="registration_offer_has_a_limit",
            ),
            models.CheckConstraint(
                condition=Q(delegation=None) | Q(status="seated"),
                name="registration_of_a_delegation_is_seated",
            ),
        ]
        indexes = [models.Index(fields=["stop", "status", "confirmed_at", "id"], name="registration_queue")]

    def __str__(self) -> str:
        return f"inscription {self.pk}"


class SeatRequest(models.Model):
    """What somebody typed into the public form, until the mailbox they named confirms it.

    It holds no seat and changes nothing about anybody: people, establishments and registrations
    are written from it at confirmation. Forgotten a few days after it expires.
    """

    stop = models.ForeignKey(Stop, models.PROTECT, related_name="seat_requests", verbose_name=_("étape"))
    name = models.CharField(max_length=120)
    email = models.EmailField()
    phone = PhoneNumberField(region="MA")
    organisation = models.CharField(max_length=160)
    category = models.ForeignKey(LegalCategory, models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, choices=Language)
    consent_version = models.CharField(max_length=20)
    consent_text = models.TextField()
    channel = models.CharField(max_length=10, choices=Channel, blank=True)
    # Asked for a delegation: so many places, all of them or as many as there are. None: for oneself.
    places = models.PositiveSmallIntegerField(null=True)
    whole = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # The same filled form sent twice is one request: see seat_requests.ask.
    digest = models.CharField(max_length=64, unique=True)
    nonce = models.CharField(max_length=32, default=links.new_nonce)
    # What became of it, or what the person had already.
    registration = models.ForeignKey(
        Registration, models.CASCADE, null=True, related_name="seat_requests", editable=False
    )
    delegation = models.ForeignKey(
        "professionals.Delegation", models.CASCADE, null=True, related_name="seat_requests", editable=False
    )

    class Meta:
        verbose_name = _("demande à confirmer")
        verbose_name_plural = _("demandes à confirmer")
        indexes = [models.Index(fields=["expires_at"], name="seat_request_by_expiry")]

    def __str__(self) -> str:
        return f"demande {self.pk}"


class WorkshopSeat(models.Model):
    """A workshop chosen by someone who is registered for the stop."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="workshop_seats")
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="workshop_seats", verbose_name=_("atelier")
    )
    chosen_at = models.DateTimeField(_("choisi le"), editable=False)

    class Meta:
        verbose_name = _("place en atelier")
        verbose_name_plural = _("places en atelier")
        constraints = [
            models.UniqueConstraint(fields=["registration", "meeting"], name="workshop_seat_once_per_person")
        ]

    def __str__(self) -> str:
        return f"place en atelier {self.pk}"


class WorkshopWait(models.Model):
    """A place in the queue of a full workshop, of somebody who has a seat at the stop."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="workshop_waits")
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="workshop_waits", verbose_name=_("atelier")
    )
    # The rank: stamped inside the stop's lock.
    asked_at = models.DateTimeField(_("demandé le"), editable=False)

    class Meta:
        verbose_name = _("attente d’un atelier")
        verbose_name_plural = _("attentes d’ateliers")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["registration", "meeting"], name="workshop_wait_once_per_person")
        ]

    def __str__(self) -> str:
        return f"attente d’un atelier {self.pk}"


from professionals.day.models import (  # noqa: E402 - tables of the same app
    DoorAccess,  # noqa: F401
    Excuse,  # noqa: F401
    Mark,  # noqa: F401
    RollCall,  # noqa: F401
)
from professionals.delegations.models import Delegation, DelegationStatus  # noqa: E402, F401
from professionals.duplicates.models import (  # noqa: E402
    ApartOrganisations,  # noqa: F401
    ApartPeople,  # noqa: F401
    Merge,  # noqa: F401
    MergeKind,  # noqa: F401
)
from professionals.voice.models import Contribution, LostLink  # noqa: E402, F401
