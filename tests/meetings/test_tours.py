"""Tests of meetings.tours and of `manage.py load_tour`."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

import meetings.reference
from meetings import agenda, readiness, tours, warnings
from meetings.availability import Availability
from meetings.models import AgendaTemplateItem, MeetingKind, ReminderKind, Stop, StopStatus, Tour, Visibility
from outbox import clock
from regions import legal_time, reference
from regions.models import Holiday, Region

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(monkeypatch):
    """The date in Morocco, for the test to set."""

    def set_to(day):
        noon = legal_time.instant(day, tours.time(12))
        monkeypatch.setattr(clock, "now", lambda: noon)

    set_to(date(2026, 11, 24))
    return set_to


@pytest.fixture
def _reference(today):
    reference.load()
    meetings.reference.load()


def load(*arguments):
    out = StringIO()
    call_command("load_tour", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("_reference")
def test_the_draft_visits_the_twelve_regions_from_the_south_on_possible_days():
    load("--start", "2026-12-03")
    found = [(stop.rank, stop.region.code, stop.city_fr, stop.date) for stop in Stop.objects.order_by("rank")]
    assert found == [
        (1, "MA-12", "Dakhla", date(2026, 12, 3)),
        (2, "MA-11", "Laâyoune", date(2026, 12, 7)),
        (3, "MA-10", "Guelmim", date(2026, 12, 9)),
        (4, "MA-09", "Agadir", date(2026, 12, 10)),
        (5, "MA-08", "Ouarzazate", date(2026, 12, 14)),
        (6, "MA-07", "Marrakech", date(2026, 12, 16)),
        (7, "MA-06", "Casablanca", date(2026, 12, 17)),
        (8, "MA-05", "Béni Mellal", date(2026, 12, 21)),
        (9, "MA-04", "Rabat", date(2026, 12, 22)),
        (10, "MA-03", "Fès", date(2026, 12, 23)),
        (11, "MA-02", "Oujda", date(2027, 1, 4)),
        (12, "MA-01", "Tanger", date(2027, 1, 6)),
    ]


@pytest.mark.usefixtures("_reference")
def test_whatever_the_start_no_stop_stands_on_a_day_it_should_not():
    closed = {holiday.day for holiday in Holiday.objects.all()}
    for days in range(0, 400, 5):
        check_plan(date(2026, 12, 1) + timedelta(days=days), closed)


def check_plan(start, closed):
    found = tours.plan(tours.ORDER, start)
    ramadan = reference.read("reference.json")["ramadan_2027"]
    for day in found:
        assert day.weekday() in (0, 1, 2, 3)
        assert day not in closed
        assert not date(day.year, 12, 25) <= day
        assert not ramadan["start_estimated"] <= day.isoformat() <= ramadan["eid_al_fitr_estimated"]
    legs = list(zip(tours.ORDER, tours.ORDER[1:], found, found[1:], strict=False))
    assert all((later - day).days >= tours.days_apart(one, other) for one, other, day, later in legs)
    weeks_of = [day.isocalendar()[:2] for day in found]
    assert max(map(weeks_of.count, weeks_of)) <= 3
    assert found[0] >= start


@pytest.mark.usefixtures("_reference")
def test_an_estimated_holiday_keeps_its_neighbours_free():
    Holiday.objects.all().delete()
    Holiday.objects.create(
        code="x",
        day=date(2026, 12, 8),
        name_fr="Fête",
        name_ar="عيد",
        name_en="Feast",
        estimated=True,
        window_start=date(2026, 12, 8),
        window_end=date(2026, 12, 9),
    )
    assert tours.plan(["MA-12"], date(2026, 12, 7)) == [date(2026, 12, 14)]
    Holiday.objects.update(estimated=False, window_start=None, window_end=None)
    assert tours.plan(["MA-12"], date(2026, 12, 7)) == [date(2026, 12, 7)]


@pytest.mark.parametrize(
    ("one", "other", "days"),
    [("MA-04", "MA-06", 1), ("MA-10", "MA-09", 1), ("MA-12", "MA-11", 2), ("MA-09", "MA-08", 3)],
)
def test_the_road_takes_its_days(one, other, days):
    assert tours.days_apart(one, other) == tours.days_apart(other, one) == days


@pytest.mark.usefixtures("_reference")
def test_every_draft_is_ready_to_be_published_but_for_its_venue():
    load()
    for stop in Stop.objects.all():
        assert readiness.problems(stop) == []
        assert warnings.of(stop) == ["Le lieu n’est pas encore choisi."]


@pytest.mark.usefixtures("_reference")
def test_each_stop_has_its_usual_meetings_with_their_points():
    load()
    stop = Stop.objects.get(rank=1)
    found = {meeting.kind: meeting for meeting in stop.meetings.all()}
    assert set(found) == set(MeetingKind)
    assert {kind for kind, one in found.items() if one.visibility == Visibility.INVITED} == {"council"}
    plenary = [item.title_fr for item in found["plenary"].items.all()]
    assert plenary[0] == "Accueil et émargement"
    assert sum(item.minutes for item in found["plenary"].items.all()) == 215
    for meeting in stop.meetings.all():
        lasts = sum(item.minutes for item in meeting.items.all())
        begins, ends = (legal_time.instant(stop.date, hour) for hour in (meeting.starts, meeting.ends))
        assert 0 < lasts <= (ends - begins).seconds // 60
    # The next day is another stop's: no time for business meetings.
    assert not Stop.objects.get(rank=3).meetings.filter(kind=MeetingKind.B2B).exists()


@pytest.mark.usefixtures("_reference")
def test_loading_twice_changes_nothing_whatever_the_staff_did_in_between():
    load("--publish", "2")
    Stop.objects.get(rank=12).delete()
    Stop.objects.filter(rank=11).update(seats=7)
    before = list(Stop.objects.order_by("rank").values())
    said = load("--start", "2027-01-05", "--publish", "2")
    assert said == "La tournée en cours est gardée telle quelle : Tournée régionale de l’ONMT.\n"
    assert list(Stop.objects.order_by("rank").values()) == before
    assert Tour.objects.count() == 1


@pytest.mark.usefixtures("_reference")
def test_the_first_stops_are_published_and_take_registrations():
    load("--publish", "3")
    assert [stop.rank for stop in agenda.stops()] == [1, 2, 3]
    assert {stop.availability for stop in agenda.stops()} == {Availability.OPEN}
    assert Stop.objects.filter(status=StopStatus.DRAFT).count() == 9


@pytest.mark.usefixtures("_reference")
@pytest.mark.parametrize(
    ("now", "first"),
    [
        (date(2026, 11, 24), date(2026, 12, 3)),
        (date(2026, 12, 2), date(2026, 12, 3)),
        (date(2026, 12, 3), date(2026, 12, 7)),
        (date(2026, 12, 24), date(2027, 1, 4)),
    ],
)
def test_without_a_start_the_tour_begins_on_3_december_or_the_next_possible_day(today, now, first):
    today(now)
    load()
    assert Tour.objects.get().first_day == Stop.objects.get(rank=1).date == first


@pytest.mark.usefixtures("_reference")
@pytest.mark.parametrize("start", ["2026-11-23", "2026-11-24"])
def test_a_start_in_the_past_is_refused(start):
    with pytest.raises(CommandError, match="passé"):
        load("--start", start)
    assert not Tour.objects.exists()


@pytest.mark.usefixtures("_reference")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--start", "9999-12-30"], "Aucun jour n’est possible après cette date"),
        (["--start", "03/12/2026"], "Écrivez la date ainsi : 2026-12-03"),
        (["--publish", "-1"], "Écrivez un nombre d’étapes"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_words(arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        load(*arguments)
    assert not Tour.objects.exists()


@pytest.mark.usefixtures("_reference")
def test_what_no_data_say_is_said():
    roads = (
        "Ouarzazate : faute d’autres données, les trajets sont comptés comme si l’étape était à "
        "Errachidia, chef-lieu de la région. Vérifiez les étapes voisines."
    )
    assert load("--start", "2026-12-03").splitlines()[12:] == [roads]
    Tour.objects.get().stops.all().delete()
    Tour.objects.all().delete()
    assert load("--start", "2028-01-10").splitlines()[12:] == [
        roads,
        "Ni les jours fériés ni le ramadan de 2028 ne sont connus : vérifiez ces dates.",
    ]


@pytest.mark.usefixtures("_reference")
def test_a_start_on_a_sunday_begins_on_the_next_possible_day():
    load("--start", "2026-12-06")
    assert Stop.objects.get(rank=1).date == date(2026, 12, 7)


def test_without_reference_data_the_command_says_what_to_do(today):
    with pytest.raises(CommandError, match="load_reference"):
        load()
    assert not (Region.objects.exists() or AgendaTemplateItem.objects.exists())


@pytest.mark.usefixtures("_reference")
def test_a_stop_the_staff_left_incomplete_is_named_and_not_published():
    load()
    Stop.objects.filter(rank=1).update(contact_phone="")
    assert load("--publish", "1").splitlines()[1:] == [
        "Dakhla : pas publiée. Contact : indiquez le téléphone."
    ]


@pytest.mark.usefixtures("_reference")
def test_the_tour_has_the_usual_reminder_rules_and_no_real_address():
    load()
    tour = Tour.objects.get()
    assert {rule.kind for rule in tour.reminder_rules.all()} == set(ReminderKind.values)
    addresses = {
        *tour.press_contacts.values_list("email", flat=True),
        *Stop.objects.values_list("contact_email", flat=True),
    }
    assert {address.rpartition(".")[2] for address in addresses} == {"example"}
