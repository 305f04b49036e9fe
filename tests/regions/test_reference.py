"""The files of regions/data in the database: true, marked where unsure, and never over the staff's head."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Q, Sum
from django.test.utils import CaptureQueriesContext

from meetings.models import AgendaTemplateItem
from regions import reference
from regions.models import (
    Airport,
    Council,
    Holiday,
    LegalCategory,
    Market,
    MarketTier,
    Province,
    Region,
    RegionFigure,
    Strength,
)

pytestmark = pytest.mark.django_db

MODELS = (
    Strength,
    Region,
    Province,
    Airport,
    Council,
    RegionFigure,
    Market,
    LegalCategory,
    Holiday,
    AgendaTemplateItem,
)


def everything() -> dict[str, list[object]]:
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in MODELS}


def test_all_that_the_portal_refers_to_is_loaded() -> None:
    call_command("load_reference", verbosity=0)
    assert {model._meta.object_name: model._default_manager.count() for model in MODELS} == {
        "Strength": 18,
        "Region": 12,
        "Province": 75,
        "Airport": 21,
        "Council": 12,
        "RegionFigure": 67,
        "Market": 25,
        "LegalCategory": 41,
        "Holiday": 18,
        "AgendaTemplateItem": 11,
    }


def test_loading_twice_changes_nothing() -> None:
    call_command("load_reference", verbosity=0)
    before = everything()
    call_command("load_reference", verbosity=0)
    call_command("load_reference", "--refresh", verbosity=0)
    assert everything() == before


def test_a_second_load_only_reads() -> None:
    call_command("load_reference", verbosity=0)
    with CaptureQueriesContext(connection) as asked:
        call_command("load_reference", verbosity=0)
    writes = [query["sql"] for query in asked if re.match("INSERT|UPDATE|DELETE", query["sql"])]
    assert writes == []


def test_the_population_of_the_regions_is_that_of_the_census() -> None:
    reference.load()
    assert Region.objects.aggregate(all=Sum("population_2024")) == {"all": 36_828_330}


def test_regions_bear_their_official_names_and_no_other_country() -> None:
    reference.load()
    assert list(Region.objects.values_list("code", flat=True)) == [f"MA-{n:02}" for n in range(1, 13)]
    names = [value for row in Region.objects.values_list("name_fr", "name_ar", "name_en") for value in row]
    assert [name for name in names if "EH" in name.replace("EL", "") or "(" in name] == []


def test_what_no_source_confirms_is_marked() -> None:
    reference.load()
    assert list(Airport.objects.filter(verified=False).values_list("iata", flat=True)) == ["GLN"]
    assert Council.objects.get(region__code="MA-11").status == "general-knowledge"
    assert set(Market.objects.filter(verified=False).values_list("code", flat=True)) == {"GCC", "CN"}
    unsure = LegalCategory.objects.filter(Q(verified=False) | Q(law_verified=False))
    assert LegalCategory.objects.get(code="hotel") not in unsure
    assert LegalCategory.objects.get(code="golf") in unsure
    assert Region.objects.get(code="MA-06").name_zgh_status != "attested"


def test_aerodromes_without_flights_are_no_airports() -> None:
    reference.load()
    assert list(Airport.objects.filter(region__code="MA-06").values_list("iata", flat=True)) == ["CMN"]


def test_the_holidays_of_2026_are_known_and_islamic_ones_are_estimates() -> None:
    reference.load()
    fixed = Holiday.objects.filter(estimated=False).values_list("day", flat=True)
    assert {date(2027, 1, 14), date(2027, 10, 31)} <= set(fixed)
    estimated = Holiday.objects.filter(estimated=True)
    assert estimated.count() == 7
    assert [row for row in estimated if not (row.window_start and row.window_start <= row.day)] == []
    assert Holiday.objects.filter(day__range=(date(2026, 12, 3), date(2026, 12, 31))).count() == 0


def test_every_legal_category_has_its_family_in_three_languages() -> None:
    reference.load()
    columns = ("group_name_fr", "group_name_ar", "group_name_en", "name_fr", "name_ar", "name_en")
    rows = LegalCategory.objects.values_list(*columns)
    assert [row for row in rows if not all(row)] == []


def test_markets_have_a_tier() -> None:
    reference.load()
    assert set(Market.objects.values_list("tier", flat=True)) == set(MarketTier.values)


def test_what_the_staff_changed_stays() -> None:
    reference.load()
    Council.objects.filter(region__code="MA-11").update(
        name_fr="CRT Laâyoune", status="confirmé par la Wilaya"
    )
    Region.objects.get(code="MA-12").strengths.clear()
    tallies = {tally.model: tally for tally in reference.load()}
    assert Council.objects.get(region__code="MA-11").status == "confirmé par la Wilaya"
    assert Region.objects.get(code="MA-12").strengths.count() == 0
    assert (tallies[Council].kept, tallies[Council].updated) == (1, 0)


def test_refresh_gives_the_files_values_back() -> None:
    reference.load()
    Council.objects.filter(region__code="MA-11").update(name_fr="CRT Laâyoune")
    tallies = {tally.model: tally for tally in reference.load(refresh=True)}
    assert Council.objects.get(region__code="MA-11").name_fr == "CRT Laâyoune-Sakia El Hamra"
    assert (tallies[Council].kept, tallies[Council].updated) == (0, 1)


def test_a_holiday_moved_to_the_day_announced_does_not_come_back() -> None:
    reference.load()
    Holiday.objects.filter(code="aid-al-fitr-2027-2").update(day=date(2027, 3, 11))
    reference.load()
    assert list(Holiday.objects.filter(name_fr="Aïd Al-Fitr").values_list("day", flat=True)) == [
        date(2027, 3, 9),
        date(2027, 3, 11),
    ]


def test_a_holiday_that_the_staff_typed_first_is_the_same() -> None:
    Holiday.objects.create(
        day=date(2027, 10, 31), name_fr="Aïd Al Wahda (Fête de l’Unité)", name_ar="x", name_en="y"
    )
    reference.load()
    assert Holiday.objects.get(day=date(2027, 10, 31)).code == "aid-al-wahda-2027"


def test_a_load_that_fails_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(rows: object) -> object:
        raise KeyError("a file that somebody spoilt")

    monkeypatch.setattr(reference, "holidays", broken)
    with pytest.raises(KeyError):
        call_command("load_reference", verbosity=0)
    assert Region.objects.count() == 0


def test_the_outlines_and_the_regions_have_the_same_codes() -> None:
    reference.load()
    outlines = Path(reference.DATA / "outlines.json").read_text(encoding="utf-8")
    assert set(re.findall(r'"(MA-\d\d)"', outlines)) == set(Region.objects.values_list("code", flat=True))


def test_what_a_region_is_seen_for_is_translated_point_by_point_and_said_to_be_ours() -> None:
    for row in reference.read("regions.json")["regions"]:
        lists = [row[f"highlights_{language}"] for language in ("fr", "ar", "en")]
        assert len({len(points) for points in lists}) == 1, row["code"]
        assert all(all(points) for points in lists)
        assert all(re.search("[\u0600-\u06ff]", point) for point in row["highlights_ar"]), row["code"]
        assert row["highlights_translation"] == "ours, to be reviewed by the ONMT"
    call_command("load_reference", verbosity=0)
    assert Region.objects.get(code="MA-12").highlights_ar[1] == "الكثيب الأبيض"
