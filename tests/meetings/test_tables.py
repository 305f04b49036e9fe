"""The table opens in a spreadsheet as what it says, and runs nothing."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings import agenda, lifecycle, releases, tables
from tests.factories import make_meeting, make_stop, make_venue

EVIL = ['=HYPERLINK("https://x.example")', "+1+1", "-1", "@SUM(A1)", "\tx", "\r=1", "\n=1", "＝1"]


def read(file: bytes) -> list[dict[str, str]]:
    """What a spreadsheet set to French reads."""
    assert file.startswith(b"\xef\xbb\xbf")
    text = io.StringIO(file.decode("utf-8-sig"), newline="")
    return list(csv.DictReader(text, delimiter=";", strict=True))


@pytest.mark.parametrize("text", EVIL)
def test_a_cell_that_begins_like_a_formula_is_made_inert(text: str):
    assert tables.inert(text) == f"'{text}"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_no_cell_of_any_text_begins_like_a_formula_and_each_stays_one_cell(text: str):
    file = tables.write([text], [[text, "end"]])
    first, second = csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""), delimiter=";", strict=True)
    assert first == [tables.inert(text)]
    assert second == [tables.inert(text), "end"]
    assert not first[0].startswith(tables.FORMULA_STARTS)


@pytest.mark.django_db
def test_each_public_meeting_has_a_line():
    stop = make_stop(published=False, venue=make_venue(name_fr="Palais des congrès"))
    make_meeting(stop, title_fr="Point presse", kind="press", room="Salle 2")
    make_meeting(stop, title_fr="Avec le CRT", kind="council", visibility="invited")
    releases.publish(stop, by=None)
    lines = read(tables.agenda(agenda.stops(), "fr"))
    assert [(line["Rencontre"], line["Type"], line["Salle"]) for line in lines] == [
        ("Séance plénière", "Séance plénière", ""),
        ("Point presse", "Point presse", "Salle 2"),
    ]
    assert {(line["Région"], line["Lieu"], line["État"], line["Version"]) for line in lines} == {
        ("Dakhla-Oued Ed-Dahab", "Palais des congrès", "Annoncée", "1")
    }


@pytest.mark.django_db
def test_a_stop_without_public_meetings_has_a_line_too():
    stop = make_stop(published=False, meetings=False)
    make_meeting(stop, visibility="invited")
    releases.publish(stop, by=None)
    (line,) = read(tables.agenda(agenda.stops(), "fr"))
    assert (line["Ville"], line["Rencontre"]) == ("Dakhla", "")


@pytest.mark.django_db
def test_texts_of_staff_and_telephones_do_not_run_as_formulas():
    make_stop(city_fr="=1+1", contact_function_fr="@Secrétariat", contact_phone="+212500000000")
    (line,) = read(tables.agenda(agenda.stops(), "fr"))
    assert line["Ville"] == "'=1+1"
    assert line["Contact"] == "'@Secrétariat"
    assert line["Téléphone"] == "'+212500000000"


@pytest.mark.django_db
def test_a_cancelled_stop_says_so():
    stop = make_stop()
    lifecycle.cancel(stop, by=None)
    (line,) = read(tables.agenda(agenda.stops(), "fr"))
    assert line["État"] == "Annulée"
