"""Files as spreadsheets write them."""

import io
from collections.abc import Sequence

import openpyxl


def csv_of(table: list[list[str]], *, delimiter: str = ";", encoding: str = "utf-8-sig") -> bytes:
    quoted = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in table]
    return "\r\n".join(delimiter.join(row) for row in quoted).encode(encoding)


def xlsx_of(table: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in table:
        book.active.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
