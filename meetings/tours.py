"""A first draft of the tour: the twelve regions in order, on days that are possible.

From the south to the north (MA-12, MA-11 … MA-01). The days follow the rules of planning in their
simplest form; everything drafted here is the staff's to change, and is never written over.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts import audit
from meetings import mail_texts, releases, reminders
from meetings.models import (
    AgendaItem,
    AgendaTemplateItem,
    House,
    Meeting,
    MeetingKind,
    PressContact,
    Stop,
    StopStatus,
    Tour,
)
from outbox import clock
from regions import legal_time, reference
from regions.languages import ALL
from regions.models import Holiday, Region

USUAL_START = date(2026, 12, 3)
ORDER = [f"MA-{number:02d}" for number in range(12, 0, -1)]
THURSDAY = 3  # the usual day reaches into Friday's prayer, so no stop on Fridays
STOPS_A_WEEK = 3  # the pace observed in 2020: six regions in two weeks
MARGIN = timedelta(days=1)  # around holidays whose date depends on the moon
# Days from one stop to the next, by the class of the leg: what is on the road is not at a stop.
DAYS_APART = {"same-day": 1, "half-day-drive": 1, "full-day-drive": 2}
FLIGHT, FLIGHT_APART, NO_FLIGHT_APART = "flight-required", 2, 3
DRAFT = Path(__file__).resolve().parent / "data" / "tour.json"


class NoRegions(Exception):
    """The reference data were not loaded."""


class StartIsPast(Exception):
    """A tour does not start in the past."""


def default_start() -> date:
    """3 December 2026 while it is ahead, else the next possible working day."""
    tomorrow = legal_time.today() + timedelta(days=1)
    return USUAL_START if tomorrow <= USUAL_START else _Days().first(tomorrow)


def plan(codes: Iterable[str], start: date) -> list[date]:
    """A day for each region, in order, none before `start`; the first one on `start` if it is possible."""
    days = _Days()
    planned: list[date] = []
    previous = ""
    for code in codes:
        earliest = planned[-1] + timedelta(days=days_apart(previous, code)) if planned else start
        day = days.first(earliest)
        while sum(_week(one) == _week(day) for one in planned) >= STOPS_A_WEEK:
            day = days.first(day + timedelta(days=1))
        planned.append(day)
        previous = code
    return planned


def days_apart(one: str, other: str) -> int:
    """How many days after the stop in region `one` the stop in `other` may take place."""
    leg = _legs()[frozenset((one, other))]
    if leg["class"] == FLIGHT:
        return FLIGHT_APART if leg["direct_domestic_flight_known"] else NO_FLIGHT_APART
    return DAYS_APART[leg["class"]]


@transaction.atomic
def load(*, start: date) -> tuple[Tour, bool]:
    """The current tour, drafted from `start` if there is none yet; whether it was drafted now.

    A tour that exists stays as the staff left it. Raises NoRegions, StartIsPast.
    """
    if tour := Tour.objects.filter(is_current=True).first():
        return tour, False
    if start <= legal_time.today():
        raise StartIsPast
    regions = {region.code: region for region in Region.objects.all()}
    if not regions.keys() >= set(ORDER) or not AgendaTemplateItem.objects.exists():
        raise NoRegions
    days = plan(ORDER, start)
    tour = _tour(days[0])
    for rank, (code, day, following) in enumerate(zip(ORDER, days, [*days[1:], None], strict=True), 1):
        long_day = following is None or following - day > timedelta(days=1)
        _stop(tour, regions[code], rank=rank, day=day, long_day=long_day)
    reminders.lay_down(tour)
    mail_texts.lay_down(tour)
    audit.record(None, "load_tour", f"tour:{tour.pk}")
    return tour, True


def publish_first(tour: Tour, number: int) -> Iterator[tuple[Stop, list[str]]]:
    """Publish the drafts among the first `number` stops that are ahead; what keeps one back, if anything."""
    for stop in tour.stops.order_by("rank")[:number]:
        if stop.status == StopStatus.DRAFT and stop.starts_at > clock.now():
            try:
                releases.publish(stop, by=None)
            except releases.NotReady as refusal:
                yield stop, refusal.problems
            else:
                yield stop, []


def unknown(tour: Tour) -> Iterator[str]:
    """What the days of a draft do not take into account, for want of data."""
    for stop in tour.stops.select_related("region"):
        if stop.city_fr != stop.region.capital_fr:
            yield _(
                "%(city)s : faute d’autres données, les trajets sont comptés comme si l’étape était à "
                "%(capital)s, chef-lieu de la région. Vérifiez les étapes voisines."
            ) % {"city": stop.city_fr, "capital": stop.region.capital_fr}
    last = tour.stops.aggregate(last=Max("date"))["last"]
    known = Holiday.objects.aggregate(year=Max("day__year"))["year"]
    if known is None or last.year > known:
        yield _("Ni les jours fériés ni le ramadan de %(year)d ne sont connus : vérifiez ces dates.") % {
            "year": last.year
        }


class _Days:
    """Which days a stop may take place on."""

    def __init__(self) -> None:
        ramadan = reference.read("reference.json")["ramadan_2027"]
        first, last = ramadan["start_window"][0], ramadan["eid_window"][1]
        self.closed = [(date.fromisoformat(first), date.fromisoformat(last))]
        for holiday in Holiday.objects.all():
            begins, ends = holiday.window_start or holiday.day, holiday.window_end or holiday.day
            margin = MARGIN if holiday.estimated else timedelta()
            self.closed.append((begins - margin, ends + margin))

    def possible(self, day: date) -> bool:
        """Monday to Thursday, no holiday, not Ramadan, not the last week of the year."""
        last_week = day.month == 12 and day.day >= 25
        closed = any(begins <= day <= ends for begins, ends in self.closed)
        return day.weekday() <= THURSDAY and not last_week and not closed

    def first(self, day: date) -> date:
        """The first possible day that is not before `day`."""
        while not self.possible(day):
            day += timedelta(days=1)
        return day


def _week(day: date) -> tuple[int, int]:
    return day.isocalendar()[:2]


@cache
def _legs() -> Mapping[frozenset[str], Mapping[str, Any]]:
    matrix = reference.read("reference.json")["travel"]["matrix"]
    return {frozenset((leg["from"], leg["to"])): leg for leg in matrix}


@cache
def _draft() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(DRAFT.read_text(encoding="utf-8"))
    return found


def _tour(first_day: date) -> Tour:
    text = _draft()["tour"]
    tour = Tour.objects.create(
        slug=f"tournee-{first_day.year}",
        edition=str(first_day.year),
        first_day=first_day,
        is_current=True,
        sender_email=settings.DEFAULT_FROM_EMAIL,
        **_columns("name", text["name"]),
        **_columns("objective", text["objective"]),
    )
    for house in House:
        _press_contact(tour, house)
    return tour


def _press_contact(tour: Tour, house: House) -> None:
    """Drafted and not verified: the public reads « not known yet », but in a demonstration."""
    text = _draft()["tour"]["press"][house.value]
    PressContact.objects.create(
        tour=tour,
        house=house,
        phone=text["phone"],
        email=text["email"],
        verified=settings.DEBUG,
        **_columns("organisation", text["organisation"]),
        **_columns("function", text["function"]),
        **_columns("hours", text["hours"]),
    )


def _stop(tour: Tour, region: Region, *, rank: int, day: date, long_day: bool) -> None:
    """A draft with its usual meetings; business meetings where there is time before the next stop."""
    text = _draft()["stop"]
    capital = {language: getattr(region, f"capital_{language}") for language in ALL}
    city = _draft()["cities"].get(region.code, capital)
    meetings = [one for one in _draft()["meetings"] if long_day or one["kind"] != MeetingKind.B2B]
    intro = {
        language: words.format(city=city[language], region=getattr(region, f"name_{language}"))
        for language, words in text["intro"].items()
    }
    stop = Stop.objects.create(
        tour=tour,
        region=region,
        slug=region.slug,
        rank=rank,
        date=day,
        starts=min(time.fromisoformat(one["starts"]) for one in meetings),
        ends=max(time.fromisoformat(one["ends"]) for one in meetings),
        seats=text["seats"],
        registration_closes_on=day - timedelta(days=1),
        contact_phone=text["contact"]["phone"],
        contact_email=text["contact"]["email"],
        **_columns("city", city),
        **_columns("intro", intro),
        # Who speaks is the staff's to say; a demonstration shows how it looks.
        **(_columns("speakers", text["speakers"]) if settings.DEBUG else {}),
        **_columns("contact_function", text["contact"]["function"]),
        **_columns("contact_hours", text["contact"]["hours"]),
    )
    for one in meetings:
        _meeting(stop, one)


def _meeting(stop: Stop, usual: Mapping[str, Any]) -> None:
    meeting = Meeting.objects.create(
        stop=stop,
        kind=usual["kind"],
        visibility=usual["visibility"],
        starts=time.fromisoformat(usual["starts"]),
        ends=time.fromisoformat(usual["ends"]),
        room=usual["room"],
        seats=usual["seats"],
        **_columns("title", usual["title"]),
    )
    template = AgendaTemplateItem.objects.in_bulk(usual["points"], field_name="code")
    AgendaItem.objects.bulk_create(
        AgendaItem(
            meeting=meeting,
            position=position,
            minutes=template[code].minutes,
            **{f"title_{language}": getattr(template[code], f"title_{language}") for language in ALL},
        )
        for position, code in enumerate(usual["points"], start=1)
        if code in template  # the staff may have taken a point out of the usual agenda
    )


def _columns(field: str, words: Mapping[str, str]) -> dict[str, str]:
    return {f"{field}_{language}": words[language] for language in ALL}
