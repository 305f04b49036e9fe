"""Figures of the regions: each with its source, doubtful ones marked."""

import pytest

from regions import figures, reference
from regions.models import RegionFigure

pytestmark = pytest.mark.django_db


def test_each_figure_says_where_it_comes_from() -> None:
    reference.load()
    found = RegionFigure.objects.filter(region__code="MA-12")
    assert [(one.label_fr, one.value, one.period, one.source, one.verified) for one in found] == [
        ("Population légale", "219\u202f965", "2024", "HCP, RGPH 2024", True),
        ("Ménages", "54\u202f161", "2024", "HCP, RGPH 2024", True),
        ("Provinces", "2", "2024", "HCP, RGPH 2024", True),
        ("Communes", "13", "2024", "HCP, RGPH 2024", True),
        ("Superficie (km²)", "130\u202f898", "", "HCP et sources publiques recoupées", False),
    ]


def test_a_figure_that_staff_corrected_stays() -> None:
    reference.load()
    RegionFigure.objects.filter(code="ma-12-area").update(value="142\u202f865")
    reference.load()
    assert RegionFigure.objects.get(code="ma-12-area").value == "142\u202f865"


def test_thousands_stand_apart() -> None:
    assert [figures.grouped(number) for number in (7, 1000, 4030222)] == [
        "7",
        "1\u202f000",
        "4\u202f030\u202f222",
    ]
