"""So that Arabic words come back from a PDF in their order: after the compiler (`arabic`: before it).

Two readers were measured, poppler and pdfium. What each line mends stands beside it; tests/meetings keeps
the score.
"""

import io
import re
from typing import Any

import pikepdf

from meetings.typesetting.arabic import has_arabic
from meetings.typesetting.letterfont import MARK_WIDTH, MARKS

INVISIBLE = re.compile("[\u0640\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
PLAIN = {0x2010: "-", 0xA0: " "}
BFCHAR = re.compile(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>")
A_MARK = re.compile(f"[{chr(MARKS[0])}-{chr(MARKS[-1])}]")


def mend(pdf: bytes) -> bytes:
    """One character per glyph for letters with marks, which typst gives the text of the whole cluster."""
    with pikepdf.open(io.BytesIO(pdf)) as doc:
        for thing in doc.objects:
            if (
                isinstance(thing, pikepdf.Dictionary)
                and thing.get("/Type") == "/Font"
                and "/ToUnicode" in thing
            ):
                _mend_map(thing)
        # With it pdfium turns French lines and hours round on an Arabic page.
        if "/Direction" in doc.Root.ViewerPreferences:
            del doc.Root.ViewerPreferences["/Direction"]
        for page in doc.pages:
            kept = _without_actual_text(pikepdf.parse_content_stream(page))
            if kept is not None:
                page.Contents = doc.make_stream(pikepdf.unparse_content_stream(kept))
        _spell_out(doc)
        out = io.BytesIO()
        doc.save(out, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
        return out.getvalue()


def _mend_map(font: Any) -> None:
    widths = _widths(font.DescendantFonts[0].get("/W", []))
    codes = {width: code for code, width in MARK_WIDTH.items()}

    def one(match: re.Match[str]) -> str:
        text = bytes.fromhex(match[2]).decode("utf-16-be")
        if len(text) < 2 or not A_MARK.search(text):
            return match[0]
        width = widths.get(int(match[1], 16))
        text = chr(codes[width]) if width in codes else A_MARK.sub("", text)
        return f"<{match[1]}> <{text.encode('utf-16-be').hex().upper()}>"

    before = font.ToUnicode.read_bytes().decode("latin-1")
    font.ToUnicode.write(
        re.sub(r"(?s)(?<=beginbfchar).*?(?=endbfchar)", lambda m: BFCHAR.sub(one, m[0]), before).encode(
            "latin-1"
        )
    )


def _widths(table: Any) -> dict[int, int]:
    """The /W array of a CID font, spelt out: glyph -> width."""
    found: dict[int, int] = {}
    items = list(table)
    while items:
        first, second = int(items.pop(0)), items.pop(0)
        if isinstance(second, pikepdf.Array):
            found |= {first + n: round(float(width)) for n, width in enumerate(second)}
        else:
            width = round(float(items.pop(0)))
            found |= dict.fromkeys(range(first, int(second) + 1), width)
    return found


def _without_actual_text(operations: Any) -> list[Any] | None:
    """The stream without the /ActualText that typst puts round letters with marks; None if there was none."""
    kept: list[Any] = []
    opened: list[bool] = []
    dropped = 0
    for operands, operator in operations:
        name = str(operator)
        if name in ("BDC", "BMC"):
            properties = operands[1] if name == "BDC" else {}
            drop = (
                isinstance(properties, pikepdf.Dictionary)
                and "/MCID" not in properties
                and bool(A_MARK.search(str(properties.get("/ActualText", ""))))
            )
            opened.append(drop)
        elif name == "EMC":
            drop = opened.pop()
        else:
            drop = False
        dropped += drop
        if not drop:
            kept.append((operands, operator))
    return kept if dropped else None


def _spell_out(doc: pikepdf.Pdf) -> None:
    """/ActualText, in reading order, on each tag that holds Arabic: the page's own text stands as painted."""
    fonts: dict[tuple[int, int], dict[str, str]] = {}
    texts = {page.objgen: _marked_texts(page, fonts) for page in doc.pages}
    todo: list[Any] = [doc.Root.StructTreeRoot]
    while todo:
        element = todo.pop()
        held = element.get("/K", [])
        kids: list[Any] = list(held) if isinstance(held, pikepdf.Array) else [held]
        todo += [kid for kid in kids if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]
        if not kids or not all(isinstance(kid, int) for kid in kids):
            continue
        runs = [texts[element.Pg.objgen][mcid] for mcid in kids if mcid in texts[element.Pg.objgen]]
        text, last_line = "", runs[0][0] if runs else 0.0
        for line, run in runs:
            wrapped = abs(line - last_line) > 6 and text[-1:] not in ("", " ", "-")
            text, last_line = text + " " * wrapped + run, line
        if has_arabic(text):
            element.ActualText = INVISIBLE.sub("", text).translate(PLAIN).strip()


def _marked_texts(
    page: pikepdf.Page, fonts: dict[tuple[int, int], dict[str, str]]
) -> dict[int, tuple[float, str]]:
    """Marked content number -> its height on the page and its text in reading order."""
    for each in page.Resources.Font.values():
        if each.objgen not in fonts:
            fonts[each.objgen] = _characters(each)
    maps = {name: fonts[each.objgen] for name, each in page.Resources.Font.items()}
    found: dict[int, tuple[float, list[str]]] = {}
    font: dict[str, str] = {}
    mcid: int | None = None
    line = 0.0
    instructions: Any = pikepdf.parse_content_stream(page)
    for operands, operator in instructions:
        name = str(operator)
        if name == "BDC" and isinstance(operands[1], pikepdf.Dictionary) and "/MCID" in operands[1]:
            mcid = int(operands[1].MCID)
        elif name == "cm":
            line = float(operands[5])
        elif name == "Tf":
            font = maps[str(operands[0])]
        elif name in ("Tj", "TJ") and mcid is not None:
            shown = operands[0] if name == "TJ" else [operands[0]]
            codes = b"".join(bytes(part) for part in shown if isinstance(part, pikepdf.String))
            painted = "".join(font.get(codes[n : n + 2].hex().upper(), "") for n in range(0, len(codes), 2))
            found.setdefault(mcid, (line, []))[1].append(painted)
    runs = {number: (height, "".join(parts)) for number, (height, parts) in found.items()}
    return {number: (height, run[::-1] if has_arabic(run) else run) for number, (height, run) in runs.items()}


def _characters(font: Any) -> dict[str, str]:
    table = font.ToUnicode.read_bytes().decode("latin-1")
    blocks = re.findall(r"(?s)beginbfchar(.*?)endbfchar", table)
    return {
        code.upper(): bytes.fromhex(text).decode("utf-16-be")
        for block in blocks
        for code, text in BFCHAR.findall(block)
    }
