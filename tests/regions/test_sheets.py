"""Tables as spreadsheets write them, read as text."""

import contextlib
import io
from datetime import date, time

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regions import sheets
from regions.sheets import Row, Sheet, Unreadable, folded, read, tidy
from tests.regions.tables import csv_of, xlsx_of

KNOWN = ["institution", "fonction", "nom"]
TABLE = [
    ["Institution", "Fonction", "Nom"],
    ["CRT", "Président(e)", "M’hamed ; فاطمة"],
    ["CNT", "Délégué à l’été", ""],
]


def cells(sheet: Sheet) -> list[list[str]]:
    return [list(sheet.header), *(list(row.cells) for row in sheet.rows)]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_is_read_in_every_encoding_with_every_separator(delimiter: str, encoding: str) -> None:
    assert cells(read(csv_of(TABLE, delimiter=delimiter, encoding=encoding), known=KNOWN)) == TABLE


def test_csv_of_a_french_windows_is_read() -> None:
    words = "Délégué « général » à l’œuvre – 5 € créée AGRÉÉE Où ÎLE Ça, à São Tomé ; Ærø, Žižek, nº 3"
    table = [["Institution", "Fonction"], ["CRT", words]]
    assert cells(read(csv_of(table, encoding="cp1252"), known=KNOWN)) == table


def test_csv_of_an_arabic_windows_is_read() -> None:
    table = [["institution", "الاسم", "fonction"], ["CRT", "فاطمة الزهراء العلوي", "Délégué à l’été"]]
    assert cells(read(csv_of(table, encoding="cp1256"), known=KNOWN)) == table


@pytest.mark.parametrize("text", ["=1+1", "-", "n/a", "#REF!", "??", "'=1", "''@x", "＝1", "+212 6"])
def test_what_is_written_as_text_is_read_as_it_stands(text: str) -> None:
    [row] = read(csv_of([["Institution", "Nom"], ["CRT", sheets.quoted(text)]]), known=KNOWN).rows
    assert row == Row(2, ("CRT", text), quoted=frozenset({1}))
    assert sheets.quoted("O'Neil") == "O'Neil"


def test_a_cell_that_a_workbook_marks_as_text_is_read_as_it_stands() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Institution", "Nom"])
    book.active.append(["CRT", "x"])
    book.active["B2"].value, book.active["B2"].data_type, book.active["B2"].quotePrefix = "=1+1", "s", True
    out = io.BytesIO()
    book.save(out)
    assert read(out.getvalue(), known=KNOWN).rows == (Row(2, ("CRT", "=1+1"), quoted=frozenset({1})),)


def test_an_excel_workbook_is_read() -> None:
    assert cells(read(xlsx_of(TABLE), known=KNOWN)) == TABLE


def test_numbers_of_a_workbook_read_as_written() -> None:
    table = [["Institution", "Fonction", "Nom"], [612345678, 3.0, 2.5], [True, None, False]]
    assert [row.cells for row in read(xlsx_of(table), known=KNOWN).rows] == [
        ("612345678", "3", "2.5"),
        ("oui", "", "non"),
    ]


def test_cells_that_hold_a_moment_are_marked() -> None:
    table = [["Institution", "Fonction", "Nom"], ["CRT", date(2026, 12, 3), time(10, 30)]]
    assert read(xlsx_of(table), known=KNOWN).rows[0].moments == {1, 2}


def test_the_headings_may_stand_under_a_title() -> None:
    table = [["Liste des invités", "", ""], ["", "", ""], *TABLE]
    sheet = read(csv_of(table), known=KNOWN)
    assert sheet.header == ("Institution", "Fonction", "Nom")
    assert [row.number for row in sheet.rows] == [4, 5]


def test_rows_keep_the_number_that_the_spreadsheet_shows() -> None:
    content = b'Institution;Fonction\r\n"CRT";"sur\r\ndeux lignes"\r\n\r\nCNT;Membre\r\n'
    assert [(row.number, row.cells[1]) for row in read(content, known=KNOWN).rows] == [
        (2, "sur deux lignes"),
        (4, "Membre"),
    ]


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://a.example")'])
def test_what_a_spreadsheet_would_compute_is_marked_and_not_computed(formula: str) -> None:
    for content in (
        csv_of([["Institution", "Nom"], ["CRT", formula]]),
        xlsx_of([["Institution", "Nom"], ["CRT", formula]]),
    ):
        assert read(content, known=KNOWN).rows == (Row(2, ("CRT", formula), frozenset({1})),)


def test_shapeless_marks_and_double_blanks_are_dropped() -> None:
    assert tidy("\ufeff Wali\u200f  de\u00a0la\trégion ") == "Wali de la région"
    assert tidy("e\u0301te\u0301") == "été"


def test_headings_are_compared_without_case_accents_and_punctuation() -> None:
    assert {
        folded(text) for text in ("Adresse électronique", "ADRESSE ELECTRONIQUE :", "adresse-électronique")
    } == {"adresse electronique"}


UNKNOWN = "Encodage inconnu : enregistrez le fichier en « CSV UTF-8 » ou en .xlsx."
ARABIC = (
    "Ce fichier contient sans doute de l’arabe dans un ancien encodage, qui serait lu de travers : "
    "enregistrez-le en « CSV UTF-8 » ou en .xlsx."
)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Ce fichier est vide."),
        (b"\xef\xbb\xbf\r\n;;\r\n", "Ce fichier est vide."),
        (b"a" * 4_000_001, "Ce fichier dépasse 4 Mo."),
        (b"\xd0\xcf\x11\xe0" + b"0" * 99, "Ancien format Excel (.xls) : enregistrez le classeur en .xlsx."),
        (b"PK\x03\x04 not a workbook", "Ce classeur est abîmé ou n’est pas un fichier .xlsx."),
        (b"nom;\x81", UNKNOWN),
        (b'nom\r\n"a"b;c', "Ligne 2 : guillemets mal fermés ou cellule trop longue."),
        (b"nom\n" + b"a\n" * 2001, "Plus de 2000 lignes : partagez le fichier."),
        ("institution;nom\nCRT;فاطمة\n".encode("cp1256"), ARABIC),  # too little to be certain
        ("institution;nom\nCRT;فاطمة الزهراء\n".encode("iso8859-6"), ARABIC),
        ("institution;nom\nCRT;Иван Алексеевич\n".encode("cp1251"), ARABIC),
        ("institution;nom\nCRT;محمد\n".encode("iso8859-6"), ARABIC),
        ("institution;fonction\nCRT;Président\n".encode("mac_roman"), UNKNOWN),
        ("institution;fonction\nCRT;Président\n".encode("cp850"), UNKNOWN),
        ("institution;fonction\nCRT;President\n".encode("utf-16-le"), UNKNOWN),
        (b"institution;fonction\nCRT;Pr\0sident\n", UNKNOWN),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, sentence: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(content, known=KNOWN)
    assert str(refused.value) == sentence


def test_a_workbook_that_unpacks_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "LARGEST_UNPACKED", 100)
    with pytest.raises(Unreadable, match=r"Ce classeur est trop volumineux\."):
        read(xlsx_of(TABLE), known=KNOWN)


@given(st.binary(max_size=400))
def test_whatever_is_handed_over_is_read_or_refused_in_words(content: bytes) -> None:
    with contextlib.suppress(Unreadable):
        assert read(content, known=KNOWN).header


@given(st.binary(max_size=60), st.integers(min_value=0, max_value=4000))
def test_a_damaged_workbook_is_read_or_refused_in_words(noise: bytes, place: int) -> None:
    whole = xlsx_of(TABLE)
    place = min(place, len(whole))
    with contextlib.suppress(Unreadable):
        assert read(whole[:place] + noise + whole[place + len(noise) :], known=KNOWN).header


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20)


@given(st.lists(st.lists(texts, min_size=3, max_size=3), max_size=6), st.sampled_from([";", ",", "\t"]))
def test_every_text_survives_a_csv(rows: list[list[str]], delimiter: str) -> None:
    sheet = read(csv_of([["Institution", "Fonction", "Nom"], *rows], delimiter=delimiter), known=KNOWN)
    told = [[tidy(cell) for cell in row] for row in rows]
    assert [list(row.cells) for row in sheet.rows] == [row for row in told if any(row)]
