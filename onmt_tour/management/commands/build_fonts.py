"""`manage.py build_fonts`: the faces of the pages, cut out of IBM Plex as its packages bring it.

The results are not committed: `make` builds them before the static files are collected. Latin text takes
one variable file (weights 400 to 600), Arabic one file per weight, and the word « العربية » of the language
switch a file of its own, so that a French page loads no Arabic face for a single word. The Arabic face of
the PDFs is drawn here too, which the first of them would else wait for.
"""

from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from meetings.typesetting import letterfont

FOLDER = Path(settings.BASE_DIR) / "static" / "fonts"

# French, English and their neighbours, typographic signs, arrows, the few symbols texts may carry.
# static/css/portal.css announces the same ranges: what is not here comes from the reader's own faces.
LATIN = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *(0x152, 0x153, 0x178),
    *(0x2010, 0x2011, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x202F),
    *(0x20AC, 0x2192, 0x2190, 0x2212),
]
# The letters of Arabic with its vowel signs and punctuation, and five that Moroccan names borrow.
# Digits are Western and come from the Latin face.
ARABIC = [
    *(0x60C, 0x61B, 0x61F, 0x66A, 0x66B, 0x66C, 0x670, 0x671),
    *range(0x621, 0x63B),
    *range(0x640, 0x656),
    *(0x67E, 0x686, 0x6A4, 0x6AD, 0x6AF),
]
SWITCH = [ord(letter) for letter in "العربية"]
FEATURES = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "init", "medi", "fina", "rlig"]


def source(package: str, name: str) -> Path:
    """A file of one of the font packages. Raises FileNotFoundError naming the package."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"{package} is not installed")
    return Path(spec.submodule_search_locations[0]) / "files" / name


def cut(font: TTFont, characters: list[int]) -> TTFont:
    options = Options()
    options.layout_features = FEATURES
    options.hinting = False
    options.name_IDs = [0, 1, 2, 13, 14]  # the licence travels with the file
    options.drop_tables += ["DSIG", "meta"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    return font


def packed(font: TTFont) -> bytes:
    font.flavor = "woff2"
    out = BytesIO()
    font.save(out)
    return out.getvalue()


def latin() -> bytes:
    font = cut(TTFont(source("fontpkg_ibm_plex_sans", "IBMPlexSans[wdth,wght].ttf")), LATIN)
    return packed(instancer.instantiateVariableFont(font, {"wdth": 100, "wght": (400, 400, 600)}))


def arabic(weight: str, characters: list[int]) -> bytes:
    font = TTFont(source("fontpkg_ibm_plex_sans_arabic", f"IBMPlexSansArabic-{weight}.ttf"))
    return packed(cut(font, characters))


def faces() -> dict[str, bytes]:
    return {
        "plex-latin.woff2": latin(),
        "plex-arabic-regular.woff2": arabic("Regular", ARABIC),
        "plex-arabic-semibold.woff2": arabic("SemiBold", ARABIC),
        "plex-arabic-switch.woff2": arabic("Regular", SWITCH),
    }


class Command(BaseCommand):
    help = "Cuts the web fonts of the portal into static/fonts (not committed)."
    requires_system_checks: list[Any] = []

    def handle(self, *args: Any, **options: Any) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, data in faces().items():
            (FOLDER / name).write_bytes(data)
            self.stdout.write(f"{name} {len(data):,} bytes")
        letterfont.arabic_face(Path(settings.FONT_DIR))
