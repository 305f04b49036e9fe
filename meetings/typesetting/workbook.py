"""Write one workbook, in a process of its own: the library that knows the format weighs as much as a worker.

    python -m meetings.typesetting.workbook TARGET FONTS < words.json

Knows nothing of the portal: sheets, columns and cells come in as JSON (meetings/workbooks.py), each column
with its kind. Dates and hours are written as such, so that they sort and count; whatever people typed is
text and stays text, a formula too.
"""

import io
import json
import sys
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from meetings.typesetting.whole import write

# The colours of static/tokens.css.
GREEN, ON_GREEN, LINE, BLUE, SOFT = "0F4C3A", "FBF6EA", "DFD3BD", "3B36A8", "54605A"
RULE = Border(bottom=Side(style="thin", color=LINE))
LONGEST_CELL = 32_767
# Begins like what a spreadsheet computes: shown as typed, and not computed when somebody edits the cell.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
READ: dict[str, Callable[[str], Any]] = {
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "moment": datetime.fromisoformat,
}


def workbook(words: dict[str, Any]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    book.properties.title = plain(words["title"])
    book.properties.creator = words["office"]
    book.properties.language = words["lang"]
    for sheet in words["sheets"]:
        _fill(book.create_sheet(plain(sheet["name"])[:31]), sheet, words)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(page: Worksheet, sheet: dict[str, Any], words: dict[str, Any]) -> None:
    page.append([plain(column["name"]) for column in sheet["columns"]])
    for row in sheet["rows"]:
        page.append([None] * len(row))
        for place, (value, column) in enumerate(zip(row, sheet["columns"], strict=True), start=1):
            _put(page.cell(page.max_row, place), value, column["kind"], words["formats"])
    for place, column in enumerate(sheet["columns"], start=1):
        page.column_dimensions[get_column_letter(place)].width = column["width"]
        head = page.cell(1, place)
        head.font = Font(bold=True, color=ON_GREEN)
        head.fill = PatternFill("solid", fgColor=GREEN)
        head.alignment = Alignment(vertical="center", wrap_text=True)
        head.data_type = "s"
    page.row_dimensions[1].height = 32
    page.freeze_panes = "A2"
    page.auto_filter.ref = page.dimensions
    page.sheet_view.rightToLeft = words["rtl"]
    _print(page, words)


def _print(page: Worksheet, words: dict[str, Any]) -> None:
    """On paper: across, as wide as the sheet, the head on each page, the version at its foot."""
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"
    page.oddFooter.left.text = plain(words["version"]).replace("&", "&&")
    page.oddFooter.right.text = "&P / &N"


def _put(cell: Cell, value: Any, kind: str, formats: dict[str, str]) -> None:
    cell.border = RULE
    cell.alignment = Alignment(vertical="top", wrap_text=kind in ("text", "verbatim"))
    value = plain(value) if isinstance(value, str) else value
    if value is None or value == "":
        return
    if kind in READ:
        cell.value = READ[kind](value)
        cell.number_format = formats[kind]
    elif kind == "number":
        cell.value = value
    else:
        cell.value = value
        cell.data_type = "s"
        cell.quotePrefix = kind == "verbatim" or value.startswith(FORMULA_STARTS)
    if kind == "link":
        cell.hyperlink = value
        cell.font = Font(color=BLUE, underline="single")


def plain(text: str) -> str:
    """What a cell can hold: no control characters, and not too much."""
    return ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_CELL]


def main(target: Path) -> None:
    write(target, workbook(json.load(sys.stdin)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
