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

LARGEST_FILE = 4_000_000  # bytes
LARGEST_UNPACKED = 60_000_000
MOST_ROWS = 2_000
HIGHEST_HEADER = 10  # the headings stand within the first ten rows
DELIMITERS = (";", ",", "\t")
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# Marks without shape that come along when text is copied: they would make two equal names differ.
SHAPELESS = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
FORMULA = ("=", "+", "-", "@")
FULL_WIDTH = ("＝", "＋", "－", "＠")
# What a spreadsheet shows where it failed to compute, in English and in French.
FAILURES = {"#REF!", "#N/A", "#NAME?", "#NOM?", "#VALUE!", "#VALEUR!", "#DIV/0!", "#NULL!", "#NUL!", "#NUM!"}
# What people write where there is nothing to say.
NOTHING = {"-", "–", "—", "/", "néant", "Néant", "NÉANT", "n/a", "N/A"}
# What Excel leaves of Arabic in a CSV that is not UTF-8.
LOST = re.compile("\\?{2,}|\ufffd")
# How other old encodings look when they are read as cp1252: Arabic as whole words without a letter of
# ASCII, which French has none of; those of Mac and DOS as signs and capitals in the middle of words.
ARABIC_GARBLED = re.compile(r"(?<!\w)[^\W\d_a-zA-Z]{2,}(?!\w)")
OTHERS_GARBLED = re.compile("[a-z][‚ƒ„†‡ˆŠŽ™“”˜][a-z]")
# The article, and what becomes of it when ISO 8859-6 is read as Windows-1256.
ARTICLE, NO_ARTICLE = re.compile(r"\bال\w"), re.compile(r"\bان\w")
TWO_SCRIPTS = re.compile(r"(?=\w*[a-zA-Zà-ÿ])\w*[\u0621-\u064a]\w*|[\u0621-\u064a]\w*[a-zA-Zà-ÿ]")
TEXT = ("s", "inlineStr", "str")  # types of cells
PLAIN = (str, bool, int, float, date, time, timedelta)


class Unreadable(Exception):
    """The file cannot be taken as a table; the message is a sentence for whoever chose it."""


@dataclass(frozen=True, slots=True)
class Row:
    number: int  # as the spreadsheet shows it
    cells: tuple[str, ...]
    formulas: frozenset[int] = frozenset()  # positions of cells that would be computed
    moments: frozenset[int] = frozenset()  # positions of cells that hold a date or an hour
    quoted: frozenset[int] = frozenset()  # positions of cells marked as text: taken as they stand


@dataclass(frozen=True, slots=True)
class Sheet:
    header: tuple[str, ...]
    rows: tuple[Row, ...]


def read(content: bytes, *, known: Collection[str], most_rows: int = MOST_ROWS) -> Sheet:
    """The table in `content`: CSV (UTF-8, cp1252 or cp1256; `;`, `,` or tab) or the first sheet of an XLSX.

    `known` are the headings that somebody expects, folded: by them the separator and the row of
    headings are recognised, which may stand under a title. Empty rows are left out. Raises Unreadable.
    """
    if len(content) > LARGEST_FILE:
        raise Unreadable(_("Ce fichier dépasse 4 Mo."))
    if content.startswith(OLD_EXCEL):
        raise Unreadable(_("Ancien format Excel (.xls) : enregistrez le classeur en .xlsx."))
    rows = excel(content) if content.startswith(ZIP) else separated(decoded(content), known=known)
    filled = list(islice((row for row in rows if any(row.cells)), most_rows + HIGHEST_HEADER))
    if not filled:
        raise Unreadable(_("Ce fichier est vide."))
    headings = [headings_in(row, known) for row in filled[:HIGHEST_HEADER]]
    top = headings.index(max(headings))
    if len(filled) - top > most_rows:
        raise Unreadable(_("Plus de %(number)d lignes : partagez le fichier.") % {"number": most_rows})
    return Sheet(filled[top].cells, tuple(filled[top + 1 :]))


def headings_in(row: Row, known: Collection[str]) -> int:
    return len({folded(cell) for cell in row.cells}.intersection(known))


def decoded(content: bytes) -> str:
    """UTF-8, with or without a byte order mark, else what Excel writes on a French or an Arabic Windows.

    Any bytes can be read as cp1252 or cp1256: what then looks garbled is refused, not guessed.
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
            return arabic(content)
        if encoding == "cp1252" and OTHERS_GARBLED.search(text):
            break
        return text
    raise Unreadable(_("Encodage inconnu : enregistrez le fichier en « CSV UTF-8 » ou en .xlsx."))


def arabic(content: bytes) -> str:
    """What an Arabic Windows wrote. Raises Unreadable where that is not certain."""
    text = content.decode("cp1256")
    articles, others = len(ARTICLE.findall(text)), len(NO_ARTICLE.findall(text))
    if articles > others and not TWO_SCRIPTS.search(text):
        return text
    raise Unreadable(
        _(
            "Ce fichier contient sans doute de l’arabe dans un ancien encodage, qui serait lu de travers : "
            "enregistrez-le en « CSV UTF-8 » ou en .xlsx."
        )
    )


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
            written_out = [tidy(cell) for cell in cells]
            quoted = frozenset(place for place, cell in enumerate(written_out) if is_quoted(cell))
            plain = [cell[1:] if place in quoted else cell for place, cell in enumerate(written_out)]
            yield row_of(number, plain, quoted=quoted)
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
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        moments = (
            place for place, cell in enumerate(cells) if isinstance(cell.value, date | time | timedelta)
        )
        quoted = (
            place
            for place, cell in enumerate(cells)
            if cell.data_type in TEXT and cell.style_array.quotePrefix
        )
        yield row_of(number, [written(cell.value) for cell in cells], moments=moments, quoted=quoted)


def row_of(
    number: int, cells: Sequence[str], *, moments: Iterable[int] = (), quoted: Iterable[int] = ()
) -> Row:
    """Marks what a spreadsheet would compute: an XLSX formula reads "=…" too, it is not evaluated."""
    as_text = frozenset(quoted)
    computed = {place for place, cell in enumerate(cells) if cell.startswith(FORMULA)}
    return Row(number, tuple(cells), frozenset(computed - as_text), frozenset(moments), as_text)


def amiss(text: str) -> bool:
    """Whether a spreadsheet, or whoever reads a table here, would take the text for something else."""
    strange = text.upper() in FAILURES or text in NOTHING or LOST.search(text)
    return text.startswith((*FORMULA, *FULL_WIDTH)) or bool(strange)


def is_quoted(cell: str) -> bool:
    return cell.startswith("'") and amiss(cell.lstrip("'"))


def quoted(text: str) -> str:
    """The text as a cell of a CSV file that is read back as it stands, and that nothing computes."""
    text = tidy(text)
    return f"'{text}" if amiss(text.lstrip("'")) else text


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
