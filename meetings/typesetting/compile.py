"""Typeset one document, in a process of its own that takes the compiler's memory away with it.

    python -m meetings.typesetting.compile TARGET FONTS < words.json

Knows nothing of the portal: the words come in as JSON (meetings/pdf.py, posters.py), with the name of
their template; the file, PDF or PNG by its ending, appears at TARGET whole or not at all. The Arabic
face is built below FONTS when it is not there yet.
"""

import json
import re
import resource
import sys
import unicodedata
from pathlib import Path
from typing import Any

import typst
from fontTools.ttLib import TTFont

from meetings.typesetting.arabic import has_arabic, steady
from meetings.typesetting.letterfont import FILES, arabic_face, package
from meetings.typesetting.whole import write

FOLDER = Path(__file__).parent
TEMPLATES = {
    name: FOLDER / f"{name}.typ"
    for name in ("agenda", "poster", "notice", "sheet", "badges", "place_cards", "briefing", "letter")
}
ROOT = FOLDER.parent.parent
LATIN = "IBMPlexSans[wdth,wght].ttf"

MEMORY = 2 * 1024**3
CPU_SECONDS = 30

# Seen in place of what no font here draws: with PDF/UA one such character would stop the compiler.
MISSING = "\N{REPLACEMENT CHARACTER}"
# Marks of direction are not drawn, but the compiler knows them.
DIRECTION = "\u061c\u200e\u200f\u2066\u2067\u2068\u2069"
# Left out without a trace: control characters, overrides of direction, choices between drawings.
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u2060\u202a-\u202e\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]"
)


def drawn(latin: Path, arabic: Path) -> set[str]:
    """Every character that the faces of both scripts can draw between them."""
    characters = {"\n", "\t", *DIRECTION}
    for path in (latin / LATIN, arabic / next(iter(FILES))):
        with TTFont(path, lazy=True) as font:
            characters |= {chr(code) for code in font.getBestCmap()}
    # Fonts keep drawings of their own at private places, which PDF/A refuses.
    return {character for character in characters if unicodedata.category(character) not in ("Co", "Cn")}


def printable(text: str, characters: set[str]) -> str:
    """The text, with a visible sign in place of each character that cannot be drawn."""
    text = UNSEEN.sub("", unicodedata.normalize("NFC", text))
    return "".join(character if character in characters else MISSING for character in text)


def each_text(value: Any, characters: set[str]) -> Any:
    if isinstance(value, str):
        return steady(printable(value, characters))
    if isinstance(value, list):
        return [each_text(item, characters) for item in value]
    if isinstance(value, dict):
        return {key: each_text(item, characters) for key, item in value.items()}
    return value


def typeset(words: Any, fonts: Path, *, picture: bool = False) -> bytes:
    """A tagged PDF, or its first page as a PNG with a pixel for each point."""
    latin, arabic = package("fontpkg_ibm_plex_sans"), arabic_face(fonts)
    characters = drawn(latin, arabic)
    # The title stands in the file's own properties, where nothing is set: as it was written.
    ready = each_text(words, characters) | {"title": printable(words["title"], characters)}
    data = json.dumps(ready, ensure_ascii=False)
    common: dict[str, Any] = {
        "root": ROOT,
        "sys_inputs": {"data": data},
        "font_paths": [latin, arabic],
        "ignore_system_fonts": True,
    }
    template = TEMPLATES[words["template"]]
    if picture:
        return bytes(typst.compile(template, format="png", ppi=72, **common))
    pdf = typst.compile(template, pdf_standards=["ua-1", "a-2a"], **common)
    if not has_arabic(data):
        return pdf
    # Loading it takes as long as setting a page; somebody waits for the page.
    from meetings.typesetting.mending import mend

    return mend(pdf)


def main(target: Path, fonts: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    write(target, typeset(json.load(sys.stdin), fonts, picture=target.suffix == ".png"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
