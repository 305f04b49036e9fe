"""What staff should know of a stop's day and place; nothing here keeps them from going on."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from meetings import documents, readiness
from meetings.models import Stop, StopStatus
from outbox import clock
from regions.models import Holiday

FRIDAY = 4
SATURDAY = 5
PRAYER = (time(12), time(14, 30))  # kept free on Fridays


def of(stop: Stop, *, shift: timedelta = timedelta()) -> list[str]:
    """One sentence each. `stop` may be an unsaved copy; its meetings are read `shift` later."""
    return [*_day(stop), *_friday(stop, shift), *_place(stop), *_outcome(stop)]


def holidays_on(day: date) -> list[Holiday]:
    """The public holidays that fall, or may fall, on a day: the estimated ones with their margin."""
    near = Q(day=day) | Q(estimated=True, window_start__lte=day, window_end__gte=day)
    return list(Holiday.objects.filter(near))


def _day(stop: Stop) -> Iterator[str]:
    if stop.status != StopStatus.HELD and stop.ends_at <= clock.now():
        yield _("Cette date est passée.")
    if stop.date.weekday() >= SATURDAY:
        yield _("L’étape tombe un samedi ou un dimanche.")
    for holiday in holidays_on(stop.date):
        if holiday.estimated:
            yield _("L’étape peut tomber un jour férié (date estimée) : %(holiday)s.") % {"holiday": holiday}
        else:
            yield _("L’étape tombe un jour férié : %(holiday)s.") % {"holiday": holiday}
    others = Stop.objects.filter(Q(date=stop.date) | Q(rank=stop.rank), tour=stop.tour).exclude(pk=stop.pk)
    for other in others.exclude(status=StopStatus.CANCELLED):
        if other.date == stop.date and other.status != StopStatus.POSTPONED:
            yield _("Une autre étape a lieu le même jour : %(stop)s.") % {"stop": other}
        if other.rank == stop.rank:
            yield _("Une autre étape a le même rang : %(stop)s.") % {"stop": other}


def _friday(stop: Stop, shift: timedelta) -> Iterator[str]:
    if stop.date.weekday() != FRIDAY:
        return
    slots = [(meeting.starts, meeting.ends) for meeting in stop.meetings.all()]
    busy = [(_at(starts) + shift, _at(ends) + shift) for starts, ends in slots] or [
        (_at(stop.starts), _at(stop.ends))
    ]
    if any(starts < _at(PRAYER[1]) and _at(PRAYER[0]) < ends for starts, ends in busy):
        yield _("Vendredi : une rencontre occupe le temps de la prière (12h00–14h30).")


def _place(stop: Stop) -> Iterator[str]:
    if stop.venue is None:
        yield _("Le lieu n’est pas encore choisi.")
    elif not stop.venue.confirmed:
        yield _("Le lieu n’est pas encore confirmé.")


def _outcome(stop: Stop) -> Iterator[str]:
    """What is missing of it is shown in French, and marked so."""
    found = documents.outcome(stop)
    if found and (missing := readiness.untranslated(list(found.values()))):  # type: ignore[arg-type]
        yield _("Bilan : il manque %(languages)s ; le texte français paraîtra à sa place.") % {
            "languages": missing
        }


def _at(hour: time) -> datetime:
    """An hour on some day, to count with."""
    return datetime.combine(date(2000, 1, 1), hour)
