"""How a delegation gets to a stop and on to the next, from the reference data: hints to be verified."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings.models import Stop, StopStatus
from regions import reference
from regions.dates import COMMA, DAYS, month_and_year
from regions.models import Airport, Region

HEAD_OFFICE = "MA-04"  # Rabat
CALLED_OFF = (StopStatus.CANCELLED, StopStatus.POSTPONED)
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def legs(stop: Stop) -> list[tuple[Region, Region]]:
    """From the stop before (from Rabat for the first), and on to the next stop (home after the last)."""
    line = list(
        Stop.objects.filter(tour=stop.tour_id)
        .exclude(status__in=CALLED_OFF)
        .select_related("region")
        .order_by("date", "rank")
    )
    before = [one for one in line if (one.date, one.rank) < (stop.date, stop.rank)]
    after = [one for one in line if (one.date, one.rank) > (stop.date, stop.rank)]
    home = Region.objects.filter(code=HEAD_OFFICE).first()
    first = before[-1].region if before else home
    last = after[0].region if after else home
    pairs = [(first, stop.region), (stop.region, last)]
    return [(one, other) for one, other in pairs if one and other and one.pk != other.pk]


def road(one: Region, other: Region) -> list[str]:
    """Length, hours at the wheel and what the leg allows."""
    found = _pair(one, other)
    if found is None:
        return []
    words = {
        "km": found["road_km"],
        "hours": _hours(float(found["road_hours_est"])),
    }
    if found["road_km_status"] == reference.VERIFIED:
        length = _("%(km)d km par la route, environ %(hours)s sans les pauses") % words
    else:
        length = _("%(km)d km par la route (à vérifier), environ %(hours)s sans les pauses") % words
    return [length, _class(found["class"])]


def flights(one: Region, other: Region, language: str) -> list[dict[str, Any]]:
    """Direct links between the airports of two regions, as last heard of."""
    places = {
        airport.iata: airport.region_id for airport in Airport.objects.filter(region__in=[one.pk, other.pk])
    }
    return [
        _flight(link, language)
        for link in reference.read("reference.json")["travel"]["air_links"]
        if {places.get(link["a"]), places.get(link["b"])} == {one.pk, other.pk}
    ]


def airports(region: Region) -> list[str]:
    return [f"{airport.name} ({airport.iata})" for airport in region.airports.all()]


def _pair(one: Region, other: Region) -> dict[str, Any] | None:
    ends = {one.code, other.code}
    matrix = reference.read("reference.json")["travel"]["matrix"]
    return next((row for row in matrix if {row["from"], row["to"]} == ends), None)


def _hours(hours: float) -> str:
    whole, minutes = divmod(round(hours * 60 / 5) * 5, 60)
    return _("%(hours)d h %(minutes)02d") % {"hours": whole, "minutes": minutes}


def _class(name: str) -> str:
    return {
        "same-day": _("Deux étapes le même jour sont possibles."),
        "half-day-drive": _("Une demi-journée de route : l’étape suivante au plus tôt le lendemain."),
        "full-day-drive": _("Une journée de route : prévoir un jour de voyage ou un vol."),
        "flight-required": _("Trop loin par la route : prendre l’avion, ou deux jours de voyage."),
    }[name]


def _flight(link: dict[str, Any], language: str) -> dict[str, Any]:
    comma = f"{COMMA[language]} "
    parts = [
        {"text": f"{link['a']}–{link['b']}", "lang": "fr", "upright": True},
        _said(link["carrier"], "fr"),
    ]
    if number := link.get("per_week"):
        words = ngettext("%(count)d par semaine", "%(count)d par semaine", number) % {"count": number}
        parts.append(_said(words, language))
    if days := link.get("days"):
        parts.append(_said(comma.join(DAYS[language][WEEK.index(day)] for day in days), language))
    if as_of := link.get("as_of"):
        month = month_and_year(date.fromisoformat(f"{as_of[:7]}-01"), language)
        parts.append(_said(_("relevé en %(month)s") % {"month": month}, language))
    else:
        parts.append(_said(_("à vérifier"), language))
    return {"parts": parts}


def _said(text: str, language: str) -> dict[str, Any]:
    return {"text": text, "lang": language}
