"""Tables that people hand over: CSV as spreadsheets write it, or XLSX; read as text, never evaluated."""

import contextlib
import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

LARGEST_FILE = 2_000_000  # bytes
LARGEST_UNPACKED = 60_000_000
MOST_ROWS = 2_000
HIGHEST_HEADER = 10  # the headings stand within the first ten rows
DELIMITERS = (";", ",", "\t")
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# Marks without shape that come along when text is copied: they would make two equal names differ.
SHAPELESS = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
FORMULA = ("=", "+", "-", "@")
# What a spreadsheet shows where it failed to compute, in English and in French.
FAILURES = {"#REF!", "#N/A", "#NAME?", "#NOM?", "#VALUE!", "#VALEUR!", "#DIV/0!", "#NULL!", "#NUL!", "#NUM!"}
# How other old encodings look when they are read as cp1252: Arabic as whole words without a letter of
# ASCII, which French has none of; those of Mac and DOS as signs and capitals in the middle of words.
ARABIC_GARBLED = re.compile(r"(?<!\w)[^\W\d_a-zA-Z]{2,}(?!\w)")
OTHERS_GARBLED = re.compile("[a-z][‚ƒ„†‡ˆŠŽ™“”˜][a-z]")
PLAIN = (str, bool, int, float, date, time, timedelta)


class Unreadable(Exception):
    """The file cannot be taken as a table; the message is a sentence for whoever chose it."""


@dataclass(frozen=True, slots=True)
class Row:
    number: int  # as the spreadsheet shows it
    cells: tuple[str, ...]
    formulas: frozenset[int] = frozenset()  # positions of cells that would be computed
    moments: frozenset[int] = frozenset()  # positions of cells that hold a date or an hour


@dataclass(frozen=True, slots=True)
class Sheet:
    header: tuple[str, ...]
    rows: tuple[Row, ...]


def read(content: bytes, *, known: Collection[str]) -> Sheet:
    """The table in `content`: CSV (UTF-8 or cp1252; `;`, `,` or tab) or the first sheet of an XLSX.

    `known` are the headings that somebody expects, folded: by them the separator and the row of
    headings are recognised, which may stand under a title. Empty rows are left out. Raises Unreadable.
    """
    if len(content) > LARGEST_FILE:
        raise Unreadable(_("Ce fichier dépasse 2 Mo."))
    if content.startswith(OLD_EXCEL):
        raise Unreadable(_("Ancien format Excel (.xls) : enregistrez le classeur en .xlsx."))
    rows = excel(content) if content.startswith(ZIP) else separated(decoded(content), known=known)
    filled = list(islice((row for row in rows if any(row.cells)), MOST_ROWS + HIGHEST_HEADER))
    if not filled:
        raise Unreadable(_("Ce fichier est vide."))
    headings = [headings_in(row, known) for row in filled[:HIGHEST_HEADER]]
    top = headings.index(max(headings))
    if len(filled) - top > MOST_ROWS:
        raise Unreadable(_("Plus de %(number)d lignes : partagez le fichier.") % {"number": MOST_ROWS})
    return Sheet(filled[top].cells, tuple(filled[top + 1 :]))


def headings_in(row: Row, known: Collection[str]) -> int:
    return len({folded(cell) for cell in row.cells}.intersection(known))


def decoded(content: bytes) -> str:
    """UTF-8, with or without a byte order mark, else what Excel writes on a French Windows.

    Any bytes can be read as cp1252: what then looks garbled is refused, not guessed.
    """
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        if encoding == "cp1252" and ARABIC_GARBLED.search(text):
            raise Unreadable(
                _(
                    "Ce fichier contient sans doute de l’arabe dans un ancien encodage (Windows-1256), qui "
                    "serait lu de travers : enregistrez-le en « CSV UTF-8 » ou en .xlsx."
                )
            )
        if encoding == "cp1252" and OTHERS_GARBLED.search(text):
            break
        return text
    raise Unreadable(_("Encodage inconnu : enregistrez le fichier en « CSV UTF-8 » ou en .xlsx."))


def separated(text: str, *, known: Collection[str]) -> Iterator[Row]:
    """Rows of a CSV file, split by the separator that makes out most headings."""

    def headings_found(delimiter: str) -> int:
        most = 0
        # The wrong separator may cut through quotes: what was read before that counts.
        with contextlib.suppress(Unreadable):
            for row in islice(split(text, delimiter), HIGHEST_HEADER):
                most = max(most, headings_in(row, known))
        return most

    return split(text, max(DELIMITERS, key=headings_found))


def split(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            yield row_of(number, [tidy(cell) for cell in cells])
    except csv.Error as error:
        raise Unreadable(
            _("Ligne %(number)d : guillemets mal fermés ou cellule trop longue.")
            % {"number": reader.line_num}
        ) from error


def excel(content: bytes) -> Iterator[Row]:
    """Rows of the first sheet. Formulas are seen as formulas, not as what they once computed."""
    try:
        yield from first_sheet(content)
    except Unreadable:
        raise
    # Over damaged files zipfile, the XML parser and openpyxl fail in more ways than can be listed.
    except Exception as error:
        raise Unreadable(_("Ce classeur est abîmé ou n’est pas un fichier .xlsx.")) from error


def first_sheet(content: bytes) -> Iterator[Row]:
    from openpyxl import load_workbook

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
            raise Unreadable(_("Ce classeur est trop volumineux."))
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # some programs write a size that cuts rows off
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        moments = (place for place, cell in enumerate(cells) if isinstance(cell, date | time | timedelta))
        yield row_of(number, [written(cell) for cell in cells], moments=moments)


def row_of(number: int, cells: Sequence[str], *, moments: Iterable[int] = ()) -> Row:
    """Marks what a spreadsheet would compute: an XLSX formula reads "=…" too, it is not evaluated."""
    computed = (place for place, cell in enumerate(cells) if cell.startswith(FORMULA))
    return Row(number, tuple(cells), frozenset(computed), frozenset(moments))


def written(value: Any) -> str:
    """What one reads in the cell. A telephone kept as a number comes without its decimals."""
    if value is None:
        return ""
    if not isinstance(value, PLAIN):
        return "="  # an array formula
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return tidy(str(value))


def tidy(text: str) -> str:
    """One spelling for what looks the same: composed letters, single blanks, no shapeless marks."""
    composed = unicodedata.normalize("NFC", SHAPELESS.sub("", text))
    return " ".join(composed.split())


def folded(text: str) -> str:
    """For comparing headings and choices: without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    letters = "".join(sign if sign.isalnum() else " " for sign in plain if not unicodedata.combining(sign))
    return " ".join(letters.split())
