"""Typeset one agenda, in a process of its own that takes the compiler's memory away with it.

    python compile.py TARGET < words.json

Knows nothing of the portal: the words come in as JSON (meetings/pdf.py), the file appears at TARGET
whole or not at all.
"""

import json
import os
import re
import resource
import sys
import unicodedata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst
from fontTools.ttLib import TTFont

TEMPLATE = Path(__file__).with_name("agenda.typ")
ROOT = TEMPLATE.parent.parent.parent
FONT_PACKAGES = ("fontpkg_ibm_plex_sans", "fontpkg_ibm_plex_sans_arabic")
FONTS_READ = ("IBMPlexSans[wdth,wght].ttf", "IBMPlexSansArabic-Regular.ttf")

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


def font_folders() -> list[Path]:
    folders = []
    for package in FONT_PACKAGES:
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise SystemExit(f"{package} is not installed")
        folders.append(Path(spec.submodule_search_locations[0]) / "files")
    return folders


def drawn(folders: list[Path]) -> set[str]:
    """Every character that the fonts of both scripts can draw between them."""
    characters = {"\n", "\t", *DIRECTION}
    for folder, name in zip(folders, FONTS_READ, strict=True):
        with TTFont(folder / name, lazy=True) as font:
            characters |= {chr(code) for code in font.getBestCmap()}
    # Fonts keep drawings of their own at private places, which PDF/A refuses.
    return {character for character in characters if unicodedata.category(character) not in ("Co", "Cn")}


def printable(text: str, characters: set[str]) -> str:
    """The text, with a visible sign in place of each character that cannot be drawn."""
    text = UNSEEN.sub("", unicodedata.normalize("NFC", text))
    return "".join(character if character in characters else MISSING for character in text)


def each_text(value: Any, characters: set[str]) -> Any:
    if isinstance(value, str):
        return printable(value, characters)
    if isinstance(value, list):
        return [each_text(item, characters) for item in value]
    if isinstance(value, dict):
        return {key: each_text(item, characters) for key, item in value.items()}
    return value


def main(target: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    folders = font_folders()
    words = each_text(json.load(sys.stdin), drawn(folders))
    pdf = typst.compile(
        TEMPLATE,
        root=ROOT,
        sys_inputs={"data": json.dumps(words)},
        font_paths=folders,
        ignore_system_fonts=True,
        pdf_standards=["ua-1", "a-2a"],
    )
    unfinished = target.with_name(f"{target.name}.{os.getpid()}.part")
    unfinished.write_bytes(pdf)
    unfinished.replace(target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
