"""What the pages load: faces cut from IBM Plex, the stylesheet, the zellige; compressed and hashed."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client, override_settings
from fontTools.ttLib import TTFont

from onmt_tour import zellige
from onmt_tour.management.commands import build_fonts

ROOT = Path(settings.BASE_DIR)
CSS = (ROOT / "static" / "css" / "portal.css").read_text()
TOKENS = (ROOT / "static" / "css" / "tokens.css").read_text()
# What a first view loads of letters, in bytes.
LETTERS_AT_MOST = 55_000


@pytest.fixture(scope="module")
def faces() -> dict[str, bytes]:
    return build_fonts.faces()


def letters(face: bytes) -> set[int]:
    return set(TTFont(BytesIO(face)).getBestCmap())


def announced(file: str) -> set[int]:
    """The range the stylesheet gives a face: outside it, a browser never loads the file."""
    rule = next(rule for rule in re.findall(r"@font-face{([^}]*)}", CSS) if file in rule)
    found: set[int] = set()
    for part in re.search(r"unicode-range:([^;]+)", rule)[1].split(","):
        first, _dash, last = part.strip().removeprefix("U+").partition("-")
        found |= set(range(int(first, 16), int(last or first, 16) + 1))
    return found


def test_the_stylesheet_announces_every_letter_of_each_face(faces: dict[str, bytes]) -> None:
    for name, face in faces.items():
        assert letters(face) - announced(name) == set(), name


def test_latin_pages_announce_no_arabic_and_arabic_faces_no_latin(faces: dict[str, bytes]) -> None:
    assert [point for point in announced("plex-latin.woff2") if 0x600 <= point <= 0x6FF] == []
    for name in ("plex-arabic-regular.woff2", "plex-arabic-semibold.woff2"):
        assert [point for point in announced(name) if not 0x600 <= point <= 0x6FF] == []


def written() -> str:
    """Everything the portal itself writes: sentences in three languages and the reference data."""
    catalogues = [polib.pofile(str(path)) for path in sorted((ROOT / "locale").rglob("*.po"))]
    sentences = [
        words
        for catalogue in catalogues
        for entry in catalogue
        for words in (entry.msgid, entry.msgstr, *entry.msgstr_plural.values())
    ]
    data = json.loads((ROOT / "regions" / "data" / "regions.json").read_text())["regions"]
    names = [value for region in data for key, value in region.items() if key[:5] in {"name_", "capit"}]
    tifinagh = re.compile("[\u2d30-\u2d7f]")
    return "".join(
        [*sentences, *(name for name in names if isinstance(name, str) and not tifinagh.search(name))]
    )


def test_every_letter_the_portal_writes_is_in_its_faces(faces: dict[str, bytes]) -> None:
    drawn = set().union(*map(letters, faces.values()))
    missing = {sign for sign in written() if ord(sign) not in drawn and sign.isprintable()}
    assert missing == set()


def test_the_language_switch_spells_its_word_with_its_own_face(faces: dict[str, bytes]) -> None:
    assert {ord(letter) for letter in "العربية"} <= letters(faces["plex-arabic-switch.woff2"])
    assert len(faces["plex-arabic-switch.woff2"]) < 4_000


@pytest.mark.parametrize(
    "loaded",
    [("latin", "arabic-switch"), ("latin", "arabic-regular", "arabic-semibold")],
    ids=["french and english", "arabic"],
)
def test_the_letters_of_a_first_view_stay_light(faces: dict[str, bytes], loaded: tuple[str, ...]) -> None:
    assert sum(len(faces[f"plex-{name}.woff2"]) for name in loaded) <= LETTERS_AT_MOST


def test_the_licence_travels_with_the_faces(faces: dict[str, bytes]) -> None:
    for face in faces.values():
        names = TTFont(BytesIO(face))["name"]
        assert "Open Font License" in str(names.getName(13, 3, 1))


def test_the_committed_zellige_is_the_one_the_command_draws() -> None:
    committed = {path.name: path.read_text() for path in (ROOT / "static" / "img").glob("zellige*.svg")}
    assert committed == {name: draw() for name, draw in zellige.FILES.items()}


def test_colours_stand_in_the_tokens_alone() -> None:
    """Masks take black for « whole » (#000), print has colours of its own."""
    screen = re.sub(r"@media print{\n.*?\n}\n", "", CSS, flags=re.DOTALL)
    screen = re.sub(r"mask-image:[^;}]*", "", screen)
    assert re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(", screen) == []


# What Chrome 80 does not know, or what a right-to-left page would have to undo.
TOO_NEW = (
    r":has\(|:is\(|:where\(|@layer|@container|\binset:|(?:margin|padding)-(?:inline|block):"
    r"|display:(?:inline-)?flex[^}]*[;-]gap:"
)
ONE_SIDED = (
    r"(?:margin|padding|border)-(?:left|right)\b(?!:(?:auto|0|1rem|1\.25rem|1\.5rem)\b)"
    r"|text-align:(?:left|right)|float:"
)


def test_the_stylesheet_keeps_to_its_floor_and_to_logical_properties() -> None:
    """Left and right stand only where both sides are equal, and in the rules that turn something round."""
    rules = re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)
    assert re.findall(TOO_NEW, rules) == []
    assert re.findall(ONE_SIDED, rules) == []


def test_the_floor_test_sees_what_is_too_new() -> None:
    for wrong in (
        "a:has(b){}",
        "p{inset:0}",
        "p{margin-inline:1rem}",
        "@layer x{}",
        "p{display:flex;gap:1rem}",
    ):
        assert re.findall(TOO_NEW, wrong) != [], wrong
    for wrong in ("p{margin-left:2px}", "p{text-align:right}", "p{border-right:1px solid}"):
        assert re.findall(ONE_SIDED, wrong) != [], wrong


def test_the_dark_scheme_is_the_same_whether_the_system_or_an_element_asks() -> None:
    media, _end, forced = TOKENS[TOKENS.index("@media screen") :].partition("[data-scheme=dark]")
    body = re.compile(r"{\s*(--page[^}]*)}")
    assert body.search(media)[1] == body.search(forced)[1]


@pytest.fixture
def collected(tmp_path: Path) -> Iterator[Path]:
    """The static files as production serves them, without the admin's."""
    if finders.find("fonts/plex-latin.woff2") is None:
        call_command("build_fonts", verbosity=0)
    storages = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=storages, DEBUG=False):
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["admin", "account"])
        yield tmp_path


@pytest.mark.django_db
def test_production_serves_hashed_compressed_files_that_find_each_other(
    collected: Path, client: Client
) -> None:
    html = client.get("/ar/mentions/").content.decode()
    loaded = re.findall(r'<link rel="(?:stylesheet|icon|preload)" href="/static/([^"]*)"', html)
    assert len(loaded) == 5
    for name in loaded:
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", name), name
        assert (collected / name).is_file()
    style = next(name for name in loaded if "portal" in name)
    assert (collected / f"{style}.br").is_file()
    assert (collected / f"{style}.gz").is_file()
    inner = re.findall(r"url\(([^)]*)\)", (collected / style).read_text())
    assert inner
    for address in inner:
        assert (collected / style).parent.joinpath(address.strip("\"'")).resolve().is_file(), address
