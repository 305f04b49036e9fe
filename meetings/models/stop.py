"""A stop: one region visited on one day."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from meetings import declaration
from meetings.models.tour import Tour, Venue
from regions import legal_time
from regions.languages import shown
from regions.models import Official, Region

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from meetings.models.handout import Handout
    from meetings.models.meeting import Meeting


class StopStatus(models.TextChoices):
    DRAFT = "draft", _("brouillon")
    PUBLISHED = "published", _("publiée")
    POSTPONED = "postponed", _("reportée")
    CANCELLED = "cancelled", _("annulée")
    HELD = "held", _("tenue")


PUBLIC_STATUSES = [
    StopStatus.PUBLISHED,
    StopStatus.POSTPONED,
    StopStatus.CANCELLED,
    StopStatus.HELD,
]


class Access(models.TextChoices):
    """Who may ask for a seat. Whoever was invited by name may come in any case."""

    OPEN = "open", _("ouvert à tous")
    APPROVAL = "approval", _("sur approbation")
    INVITATION = "invitation", _("sur invitation seulement")


def new_calendar_uid() -> str:
    return f"{uuid.uuid4()}@tournee-regions"


class StopQuerySet(models.QuerySet["Stop"]):
    def public(self) -> "StopQuerySet":
        """What the public may know of: released, whatever became of it since."""
        return self.filter(status__in=PUBLIC_STATUSES, current_release__isnull=False)


class Stop(models.Model):
    """One region visited on one day. Hours are wall-clock in Morocco.

    The row is the draft of the next release. Once published, date, hours, venue, city, seats, the
    registration window, status and sequence change through `meetings.lifecycle` only: a trigger
    refuses others (migration `stops_change_through_the_gate`).
    """

    tour = models.ForeignKey(Tour, models.PROTECT, related_name="stops", verbose_name=_("tournée"))
    region = models.ForeignKey(Region, models.PROTECT, related_name="stops", verbose_name=_("région"))
    slug = models.SlugField(_("adresse"), max_length=80)
    rank = models.PositiveSmallIntegerField(_("rang"))
    city_fr = models.CharField(_("ville (fr)"), max_length=60)
    city_ar = models.CharField(_("ville (ar)"), max_length=60)
    city_en = models.CharField(_("ville (en)"), max_length=60)
    date = models.DateField(_("date"))
    starts = models.TimeField(_("début"))
    ends = models.TimeField(_("fin"))
    venue = models.ForeignKey(
        Venue, models.PROTECT, null=True, blank=True, related_name="stops", verbose_name=_("lieu")
    )
    seats = models.PositiveIntegerField(_("places"))
    intro_fr = models.TextField(_("présentation (fr)"), blank=True)
    intro_ar = models.TextField(_("présentation (ar)"), blank=True)
    intro_en = models.TextField(_("présentation (en)"), blank=True)
    contact_function_fr = models.CharField(_("contact : fonction (fr)"), max_length=120, blank=True)
    contact_function_ar = models.CharField(_("contact : fonction (ar)"), max_length=120, blank=True)
    contact_function_en = models.CharField(_("contact : fonction (en)"), max_length=120, blank=True)
    contact_phone = models.CharField(_("contact : téléphone"), max_length=40, blank=True)
    contact_email = models.EmailField(_("contact : adresse"), blank=True)
    contact_hours_fr = models.CharField(_("contact : horaires (fr)"), max_length=120, blank=True)
    contact_hours_ar = models.CharField(_("contact : horaires (ar)"), max_length=120, blank=True)
    contact_hours_en = models.CharField(_("contact : horaires (en)"), max_length=120, blank=True)
    registration_opens_on = models.DateField(_("ouverture des inscriptions"), null=True, blank=True)
    registration_closes_on = models.DateField(_("dernier jour d’inscription"), null=True, blank=True)
    registration_paused = models.BooleanField(_("inscriptions suspendues"), default=False)
    # Who takes the floor, a function on each line: never a name, for the office may change hands.
    speakers_fr = models.TextField(
        _("prises de parole (fr)"), blank=True, help_text=_("Une fonction par ligne, jamais un nom.")
    )
    speakers_ar = models.TextField(_("prises de parole (ar)"), blank=True)
    speakers_en = models.TextField(_("prises de parole (en)"), blank=True)
    # These four change through meetings.access, which holds the stop's lock: seats hang on them.
    access = models.CharField(_("accès"), max_length=10, choices=Access, default=Access.OPEN, editable=False)
    per_organisation = models.PositiveSmallIntegerField(
        _("places par établissement, au plus"), null=True, blank=True, editable=False
    )
    promotion_stopped = models.BooleanField(_("liste d’attente arrêtée"), default=False, editable=False)
    offer_minutes = models.PositiveSmallIntegerField(
        _("délai pour prendre une place offerte (minutes)"), default=120, editable=False
    )
    notes = models.TextField(_("notes internes"), blank=True)

    status = models.CharField(
        _("état"), max_length=10, choices=StopStatus, default=StopStatus.DRAFT, editable=False
    )
    calendar_uid = models.CharField(max_length=80, unique=True, default=new_calendar_uid, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)
    published_at = models.DateTimeField(_("publiée le"), null=True, editable=False)
    current_release = models.OneToOneField(
        "meetings.Release", models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = StopQuerySet.as_manager()

    meetings: "RelatedManager[Meeting]"
    handouts: "RelatedManager[Handout]"
    frozen_once_published: ClassVar[tuple[str, ...]] = (
        "tour", "region", "slug", "city_fr", "city_ar", "city_en", "date", "starts", "ends",
        "venue", "seats", "registration_opens_on", "registration_closes_on",
        "status", "calendar_uid", "sequence", "published_at", "current_release",
    )  # fmt: skip

    class Meta:
        verbose_name = _("étape")
        verbose_name_plural = _("étapes")
        ordering = ["date", "rank"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")),
                name="stop_ends_after_it_starts",
                violation_error_message=_("La fin doit venir après le début."),
            ),
            models.UniqueConstraint(
                fields=["tour", "slug"],
                name="stop_slug_once_per_tour",
                violation_error_message=_("Une étape de cette tournée a déjà cette adresse."),
            ),
            models.UniqueConstraint(
                fields=["tour", "region"],
                condition=~Q(status="cancelled"),
                name="stop_once_per_region_and_tour",
                violation_error_message=_("Cette région a déjà une étape dans cette tournée."),
            ),
            models.CheckConstraint(
                condition=Q(registration_opens_on=None)
                | Q(registration_closes_on=None)
                | Q(registration_closes_on__gte=F("registration_opens_on")),
                name="stop_registration_closes_after_it_opens",
                violation_error_message=_("Les inscriptions ferment avant d’ouvrir."),
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(published_at__isnull=False),
                name="stop_left_draft_by_publication",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(current_release__isnull=False),
                name="stop_left_draft_with_a_release",
            ),
            models.CheckConstraint(
                condition=Q(seats__gte=1),
                name="stop_seats_somebody",
                violation_error_message=_("Une étape a au moins une place."),
            ),
            models.CheckConstraint(
                condition=Q(per_organisation=None) | Q(per_organisation__gte=1),
                name="stop_takes_somebody_of_each_organisation",
            ),
            models.CheckConstraint(condition=Q(offer_minutes__gte=5), name="stop_offers_leave_time"),
        ]

    def __str__(self) -> str:
        return shown(self, "city")

    @property
    def starts_at(self) -> datetime:
        return legal_time.instant(self.date, self.starts)

    @property
    def ends_at(self) -> datetime:
        return legal_time.instant(self.date, self.ends)

    def takes_registrations(self, *, at: datetime) -> bool:
        """Derived, never stored: published, inside the window, not paused, not begun, the file declared."""
        today = legal_time.wall_clock(at).date()
        return (
            self.status == StopStatus.PUBLISHED
            and not self.registration_paused
            and declaration.registration_may_open()
            and (self.registration_opens_on is None or self.registration_opens_on <= today)
            and (self.registration_closes_on is None or today <= self.registration_closes_on)
            and at < self.starts_at
        )


class Guest(models.Model):
    """An official expected at a stop, at a protocol rank of this stop's own."""

    stop = models.ForeignKey(Stop, models.CASCADE, related_name="guests", verbose_name=_("étape"))
    official = models.ForeignKey(
        Official, models.PROTECT, related_name="guest_at", verbose_name=_("responsable")
    )
    rank = models.PositiveSmallIntegerField(_("rang protocolaire"))

    class Meta:
        verbose_name = _("invité")
        verbose_name_plural = _("invités")
        ordering = ["rank", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["stop", "official"],
                name="guest_once_per_stop",
                violation_error_message=_("Cette personne est déjà invitée à cette étape."),
            )
        ]

    def __str__(self) -> str:
        return f"invité {self.pk}"
