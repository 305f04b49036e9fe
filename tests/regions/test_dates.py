"""Dates and hours in words."""

from datetime import UTC, date, datetime, time

import pytest

from regions import dates

OPENING = date(2026, 12, 3)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", "jeudi 3 décembre 2026"),
        ("ar", "الخميس 3 دجنبر 2026"),
        ("en", "Thursday 3 December 2026"),
    ],
)
def test_a_long_date_reads_as_people_write_it(language: str, words: str) -> None:
    assert dates.long_date(OPENING, language).replace(dates.NO_BREAK, " ") == words


def test_the_day_and_its_month_stay_on_one_line() -> None:
    assert dates.day_and_month(OPENING, "fr") == f"3{dates.NO_BREAK}décembre"


def test_french_says_first_of_the_month() -> None:
    new_year = date(2027, 1, 1)
    found = [dates.full_date(new_year, language).replace(dates.NO_BREAK, " ") for language in dates.MONTHS]
    assert found == ["1er janvier 2027", "1 يناير 2027", "1 January 2027"]


def test_arabic_months_are_those_of_morocco() -> None:
    assert dates.MONTHS["ar"] == (
        *("يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو"),
        *("يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر"),
    )


def test_short_dates_and_months_in_three_languages() -> None:
    found = [
        (dates.short_date(OPENING, language), dates.month_and_year(OPENING, language))
        for language in ("fr", "ar", "en")
    ]
    assert [(short.replace(dates.NO_BREAK, " "), month) for short, month in found] == [
        ("jeu. 3 décembre", "décembre 2026"),
        ("الخميس 3 دجنبر", "دجنبر 2026"),
        ("Thu 3 December", "December 2026"),
    ]


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "de 10h00 à 13h30"), ("ar", "من 10:00 إلى 13:30"), ("en", "10:00 to 13:30")],
)
def test_hours_in_words_hold_in_both_directions(language: str, words: str) -> None:
    assert dates.hours(time(10), time(13, 30), language) == words


def test_an_instant_is_shown_on_moroccan_clocks_before_and_after_the_change_of_legal_time() -> None:
    """UTC+1 until 20 September 2026, UTC since."""
    before = dates.moment(datetime(2026, 9, 1, 18, 5, tzinfo=UTC), "en")
    after = dates.moment(datetime(2026, 11, 20, 18, 5, tzinfo=UTC), "ar")
    assert [before, after] == [
        f"1{dates.NO_BREAK}September 2026, 19:05",
        f"20{dates.NO_BREAK}نونبر 2026، 18:05",
    ]


def test_the_offset_is_that_of_the_day() -> None:
    assert dates.offset(OPENING, time(10)) == "UTC+00:00"
    assert dates.offset(date(2026, 7, 1), time(10)) == "UTC+01:00"
