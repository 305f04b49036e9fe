"""What happens during a stop: its meetings and their points."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Func, Q
from django.utils.translation import gettext_lazy as _

from meetings.models.stop import Stop
from regions.languages import shown


class MeetingKind(models.TextChoices):
    COUNCIL = "council", _("Rencontre avec le CRT")
    PLENARY = "plenary", _("Séance plénière")
    WORKSHOP = "workshop", _("Atelier")
    B2B = "b2b", _("Rendez-vous professionnels")
    PRESS = "press", _("Point presse")


class Visibility(models.TextChoices):
    PUBLIC = "public", _("publique")
    REGISTERED = "registered", _("inscrits seulement")
    INVITED = "invited", _("invités seulement")


class SecondsRange(Func):
    """The slot of a meeting as a range of seconds since midnight, end excluded."""

    template = "int4range(extract(epoch from %(expressions)s)::int)"
    arg_joiner = ")::int, extract(epoch from "


class Meeting(models.Model):
    """One scheduled meeting within a stop. Hours are wall-clock in Morocco, on the stop's day."""

    stop = models.ForeignKey(Stop, models.CASCADE, related_name="meetings", verbose_name=_("étape"))
    kind = models.CharField(_("type"), max_length=10, choices=MeetingKind)
    title_fr = models.CharField(_("titre (fr)"), max_length=160)
    title_ar = models.CharField(_("titre (ar)"), max_length=160, blank=True)
    title_en = models.CharField(_("titre (en)"), max_length=160, blank=True)
    starts = models.TimeField(_("début"))
    ends = models.TimeField(_("fin"))
    room = models.CharField(_("salle"), max_length=80, blank=True)
    seats = models.PositiveIntegerField(_("places propres"), null=True, blank=True)
    per_organisation = models.PositiveSmallIntegerField(
        _("places par établissement, au plus"),
        null=True,
        blank=True,
        help_text=_("D’un atelier. Vide : autant que l’étape en permet."),
    )
    visibility = models.CharField(_("visibilité"), max_length=10, choices=Visibility, blank=True)

    class Meta:
        verbose_name = _("rencontre")
        verbose_name_plural = _("rencontres")
        ordering = ["starts", "ends", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")),
                name="meeting_ends_after_it_starts",
                violation_error_message=_("La fin doit venir après le début."),
            ),
            ExclusionConstraint(
                name="meeting_alone_in_its_room",
                expressions=[
                    ("stop", RangeOperators.EQUAL),
                    ("room", RangeOperators.EQUAL),
                    (SecondsRange("starts", "ends"), RangeOperators.OVERLAPS),
                ],
                condition=~Q(room=""),
                # Looked at when the statement is over: meetings of one room move together.
                deferrable=Deferrable.IMMEDIATE,
                violation_error_message=_("Une autre rencontre occupe déjà cette salle à cette heure."),
            ),
            models.CheckConstraint(
                condition=Q(per_organisation=None) | Q(per_organisation__gte=1),
                name="meeting_takes_one_of_each_organisation",
                violation_error_message=_("Un établissement a au moins une place."),
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=["public", "registered", "invited"]),
                name="meeting_has_a_visibility",
            ),
        ]

    def __str__(self) -> str:
        return shown(self, "title")


class AgendaItem(models.Model):
    """A point of a meeting, in order; its hour follows from the durations before it."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items", verbose_name=_("rencontre"))
    position = models.PositiveSmallIntegerField(_("ordre"))
    minutes = models.PositiveSmallIntegerField(_("durée (minutes)"))
    title_fr = models.CharField(_("titre (fr)"), max_length=160)
    title_ar = models.CharField(_("titre (ar)"), max_length=160, blank=True)
    title_en = models.CharField(_("titre (en)"), max_length=160, blank=True)
    note_fr = models.TextField(_("précision (fr)"), blank=True)
    note_ar = models.TextField(_("précision (ar)"), blank=True)
    note_en = models.TextField(_("précision (en)"), blank=True)
    # For the team's own note, by function; never released.
    responsible_fr = models.CharField(_("assuré par : fonction (fr)"), max_length=120, blank=True)
    responsible_ar = models.CharField(_("assuré par : fonction (ar)"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("point de l’ordre du jour")
        verbose_name_plural = _("ordre du jour")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1),
                name="agenda_item_lasts",
                violation_error_message=_("Un point dure au moins une minute."),
            )
        ]

    def __str__(self) -> str:
        return shown(self, "title")
