from datetime import date

import pytest
from django.utils import translation
from django.utils.dates import MONTHS, MONTHS_3, MONTHS_ALT, MONTHS_AP
from django.utils.formats import date_format

MOROCCAN = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "ماي",
    "يونيو",
    "يوليوز",
    "غشت",
    "شتنبر",
    "أكتوبر",
    "نونبر",
    "دجنبر",
]


@pytest.mark.parametrize("names", [MONTHS, MONTHS_3, MONTHS_ALT, MONTHS_AP])
def test_arabic_months_are_those_of_morocco_also_in_django_s_own_pages(names):
    with translation.override("ar"):
        assert [str(names[number]) for number in range(1, 13)] == MOROCCAN


def test_a_date_of_the_admin_reads_as_in_morocco():
    with translation.override("ar"):
        assert "دجنبر" in date_format(date(2026, 12, 3))
