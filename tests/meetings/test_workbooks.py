"""The workbook, written for real and opened again: typed, frozen, inert, and from right to left in Arabic."""

import io
import json
from datetime import UTC, date, datetime, time
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from meetings import agenda, lifecycle, releases, workbooks
from meetings.typesetting import workbook
from tests.factories import make_meeting, make_stop, make_tour, make_venue


def opened(language: str = "fr") -> Workbook:
    words = workbooks.agenda(agenda.stops(), language, title="Tournée régionale")
    return openpyxl.load_workbook(io.BytesIO(workbook.workbook(json.loads(json.dumps(words)))))


def rows(sheet: Worksheet) -> list[dict[str, Any]]:
    head, *found = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in found]


@pytest.mark.django_db
def test_dates_hours_and_numbers_are_typed(set_clock: Any):
    set_clock(datetime(2026, 12, 2, 18, 5, 42, tzinfo=UTC))
    make_stop(date=date(2026, 12, 24), venue=make_venue(name_fr="Palais des congrès"))
    (stop,) = rows(opened()["Étapes"])
    typed = ("Étape", "Date", "Début (heure du Maroc)", "Fin (heure du Maroc)", "Version", "Publiée le")
    assert [stop[name] for name in typed] == [
        *(1, datetime(2026, 12, 24), time(10), time(13, 30), 1, datetime(2026, 12, 2, 18, 5))  # noqa: DTZ001
    ]
    assert (stop["Région"], stop["Lieu"], stop["État"]) == (
        *("Dakhla-Oued Ed-Dahab", "Palais des congrès", "Annoncée"),
    )


@pytest.mark.django_db
def test_a_day_is_shown_before_its_month_and_hours_with_their_minutes():
    make_stop()
    sheet = opened()["Étapes"]
    assert [sheet.cell(2, place).number_format for place in (4, 5, 6, 16)] == [
        *("dd/mm/yyyy", "hh:mm", "hh:mm", "dd/mm/yyyy hh:mm")
    ]


@pytest.mark.django_db
def test_the_programme_has_a_line_for_each_point_and_for_a_meeting_without_any():
    stop = make_stop(published=False)
    make_meeting(stop, points=0, title_fr="Point presse", kind="press", room="Salle 2")
    make_meeting(stop, title_fr="Avec le CRT", visibility="invited")
    releases.publish(stop, by=None)
    names = ("Rencontre", "Salle", "Début du point", "Durée (minutes)", "Point de l’ordre du jour")
    assert [tuple(row[name] for name in names) for row in rows(opened()["Programme"])] == [
        ("Séance plénière", None, time(10), 30, "Point 1"),
        ("Séance plénière", None, time(10, 30), 30, "Point 2"),
        ("Point presse", "Salle 2", None, None, None),
    ]


@pytest.mark.django_db
def test_what_became_of_a_stop_and_why_stands_in_its_line():
    stop = make_stop(venue=None)
    lifecycle.cancel(stop, by=None, reason={"fr": "Intempéries.", "ar": "أحوال الطقس.", "en": "Weather."})
    (line,) = rows(opened()["Étapes"])
    assert (line["État"], line["Motif"], line["Lieu"], line["Version"]) == (
        *("Annulée", "Intempéries.", None, 2),  # no venue is to be confirmed any more
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "names", "from_the_right"),
    [
        ("fr", ["Étapes", "Programme", "À propos"], False),
        ("ar", ["المحطات", "البرنامج", "حول الملف"], True),
        ("en", ["Stops", "Programme", "About"], False),
    ],
)
def test_each_sheet_has_a_frozen_head_widths_and_the_direction_of_its_language(
    language: str, names: list[str], from_the_right: bool
):
    make_stop()
    book = opened(language)
    assert book.sheetnames == names
    for sheet in book:
        assert bool(sheet.sheet_view.rightToLeft) == from_the_right
        assert sheet.freeze_panes == "A2"
        assert (sheet.print_title_rows, sheet.page_setup.orientation) == ("$1:$1", "landscape")
        for column in range(1, sheet.max_column + 1):
            head = sheet.cell(1, column)
            assert head.font.bold
            assert sheet.column_dimensions[head.column_letter].width >= 8


@pytest.mark.django_db
def test_a_tour_without_stops_has_its_sheets_all_the_same():
    make_tour()
    assert rows(opened("ar")["المحطات"]) == []


@pytest.mark.django_db
def test_the_page_of_a_stop_is_a_link():
    make_stop()
    cell = opened()["Étapes"].cell(2, 14)
    assert cell.hyperlink.target == cell.value == "http://localhost:8000/fr/etapes/dakhla-oued-ed-dahab/"


def of_one_cell(text: str) -> Worksheet:
    words = {
        "title": text,
        "office": "ONMT",
        "lang": "fr",
        "rtl": False,
        "version": text,
        "formats": workbooks.FORMATS,
        "sheets": [
            {"name": "A", "columns": [{"name": text, "kind": "text", "width": 10}], "rows": [[text], [text]]}
        ],
    }
    return openpyxl.load_workbook(io.BytesIO(workbook.workbook(words)))["A"]


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("https://x.example")', "+1+1", "-1", "@SUM(A1)", "\t=1", "＝1", "{=1}", "#REF!"]
)
def test_what_people_typed_is_never_computed(text: str):
    sheet = of_one_cell(text)
    for place in (1, 2, 3):
        assert (sheet.cell(place, 1).value, sheet.cell(place, 1).data_type) == (text, "s")
    # A spreadsheet that edits the cell leaves it as it is.
    assert bool(sheet.cell(2, 1).quotePrefix) == text.startswith(workbook.FORMULA_STARTS)


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60))
def test_any_text_comes_back_as_text(text: str):
    found = of_one_cell(text).cell(2, 1)
    assert found.data_type in ("s", "n")
    assert one_line_end(found.value or "") == one_line_end(workbook.plain(text))


def one_line_end(text: str) -> str:
    """Line ends are one and the same in XML."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
