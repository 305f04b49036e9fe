"""What a file says, whatever its format: the words of a page, a PDF, a workbook, a calendar."""

import re
from io import BytesIO

import openpyxl
import pypdfium2


def spoken(content: bytes, content_type: str) -> str:
    """What an answer says, unfolded and unpacked. Of a picture nobody can read it: KeyError."""
    if content_type.startswith("image/"):
        raise KeyError(content_type)
    if content_type.startswith("application/pdf"):
        pages = pypdfium2.PdfDocument(BytesIO(content))
        return "\n".join(page.get_textpage().get_text_range() for page in pages)
    if content_type.endswith("spreadsheetml.sheet"):
        book = openpyxl.load_workbook(BytesIO(content))
        return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    return re.sub(r"\r\n[ \t]", "", content.decode())
