"""The typesetter by itself: what it can draw, and whether Arabic words can be read back from the file."""

import copy
import io
import json
import re
import shutil
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import typst
from django.conf import settings
from fontTools.ttLib import TTFont

from meetings import agenda, lifecycle, pdf, releases
from meetings.models import Stop
from meetings.typesetting import arabic, letterfont, mending
from meetings.typesetting import compile as typesetter
from tests.factories import make_meeting, make_stop, make_tour, make_venue

Reader = Callable[[bytes], str]

FONTS = Path(settings.FONT_DIR)
EVERYTHING = "".join(
    chr(code) for code in [*range(1, 0xD800), *range(0xE000, 0x10000), *range(0x1F300, 0x1F700)]
)
HARD = [
    "شكرًا جزيلًا، ومرحبًا بكم. يُرجى التأكّد من التسجيل أولًا.",
    "الاثنين 1 فبراير 2027: أڭادير، ڤيلا، لا لأن الآن الأعمال",
    "لا تتجاوز 3 دقائق لكل متدخّل، وتختتم الأشغال يوم 24 مارس 2027",
    "بين مهنيي القطاع: حوار، ثم توقيع الاتفاقية في المغرب العربي",
    "اجتماعات B2B مع الفاعلين من 10:00 إلى 12:30، ثم استراحة غداء في فندق Atlas الرباط",
    "الأسئلة والملاحظات: يُختتم اللقاء بكلمة المدير العام للمكتب، وتُنشر الخلاصات خلال شهر",
]


def with_pdfium(content: bytes) -> str:
    with pypdfium2.PdfDocument(io.BytesIO(content)) as found:
        return "\n".join(page.get_textpage().get_text_bounded() for page in found)


def with_poppler(content: bytes) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is missing. On Debian: apt install poppler-utils")
    asked = ["pdftotext", "-enc", "UTF-8", "-", "-"]
    return subprocess.run(asked, input=content, capture_output=True, check=True).stdout.decode()


READERS = [with_pdfium, with_poppler]


def normal(text: str) -> str:
    """Words compared alike: compatibility forms resolved, marks of direction and lengthening left out."""
    return (
        mending.INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
        .translate(mending.PLAIN)
        .replace("–", "-")
    )


def each_shown(value: Any) -> Iterator[str]:
    """Every text with Arabic letters in it, wherever it stands."""
    if isinstance(value, str) and arabic.has_arabic(value):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from each_shown(item)


def phrases_of(words: dict[str, Any]) -> list[str]:
    """What the whole agenda sets in Arabic."""
    kept = ("office", "eyebrow", "heading", "version", "changes", "lead", "stops", "press")
    return list(each_shown([words[name] for name in kept]))


def missed(read: str, phrases: list[str]) -> list[str]:
    """The words of `phrases` that were not read, as often as they stand there."""
    found = Counter(normal(read).split())
    return sorted((Counter(asked(phrases)) - found).elements())


def asked(phrases: list[str]) -> list[str]:
    return [word for phrase in phrases for word in normal(phrase).split()]


@pytest.fixture
def words(db: None) -> dict[str, Any]:
    """The agenda of a tour with the names of all regions and sentences that are hard to read back."""
    for number in range(1, 13):
        stop = make_stop(
            region=f"MA-{number:02}",
            published=False,
            meetings=False,
            venue=make_venue() if number % 2 else None,
            date=date(2026, 12, 24),
            intro_ar=HARD[number % len(HARD)],
        )
        make_meeting(stop, title_ar="جلسة عامة مع مهنيي السياحة", room="")
        releases.publish(stop, by=None)
    changes = {"date": date(2027, 1, 7), "starts": time(9), "venue": make_venue(region=stop.region)}
    lifecycle.change(Stop.objects.get(pk=stop.pk), changes=changes, by=None)
    return pdf.tour(agenda.stops(), "ar", tour=make_tour())


@pytest.mark.parametrize("reader", READERS)
def test_arabic_words_are_read_back_from_the_file(words: dict[str, Any], reader: Reader):
    phrases = phrases_of(words)
    assert len(asked(phrases)) > 650
    assert missed(reader(typesetter.typeset(words, FONTS)), phrases) == []


@pytest.mark.parametrize("reader", READERS)
def test_what_keeps_arabic_together_does_so(words: dict[str, Any], reader: Reader):
    """Set in Plex as it comes, nothing mended, many words are lost: if not, the test above proves nothing."""
    plex = letterfont.package("fontpkg_ibm_plex_sans_arabic")
    template = typesetter.TEMPLATES["agenda"].read_text().replace("Agenda Arabic", "IBM Plex Sans Arabic")
    content = typst.compile(  # type: ignore[misc]
        template.encode(),
        root=typesetter.ROOT,
        sys_inputs={"data": json.dumps(words)},
        font_paths=[plex, letterfont.package("fontpkg_ibm_plex_sans")],
        ignore_system_fonts=True,
        pdf_standards=["ua-1", "a-2a"],
    )
    phrases = phrases_of(words)
    assert len(missed(reader(content), phrases)) > 0.1 * len(asked(phrases))


def test_hours_mail_and_telephone_keep_their_order_in_arabic(words: dict[str, Any]):
    found = normal(with_pdfium(typesetter.typeset(words, FONTS)))
    assert found.count("10:00 - 13:30") >= 24  # at a glance, and for each stop
    for upright in ("secretariat@portal.example", "+212 5 00 00 00 00", "UTC+00:00", "24 دجنبر 2026"):
        assert upright in found


def test_a_screen_reader_is_told_arabic_in_reading_order(words: dict[str, Any]):
    with pikepdf.open(io.BytesIO(typesetter.typeset(words, FONTS))) as found:
        told = " ".join(
            str(thing.ActualText)
            for thing in found.objects
            if isinstance(thing, pikepdf.Dictionary) and "/ActualText" in thing
        )
    for phrase in [*HARD, "طنجة-تطوان-الحسيمة", "جلسة عامة مع مهنيي السياحة"]:
        assert normal(phrase) in normal(told)


def test_a_file_without_arabic_is_left_as_the_compiler_made_it(db: None):
    make_stop()
    french = pdf.tour(agenda.stops(), "fr", tour=make_tour())
    assert not arabic.has_arabic(json.dumps(french, ensure_ascii=False))
    assert with_pdfium(typesetter.typeset(french, FONTS)).count("Dakhla-Oued Ed-Dahab") == 3


def test_every_character_there_is_can_be_typeset(words: dict[str, Any]):
    """Each is drawn, shown as missing or left out: none stops the compiler, in either direction."""
    latin = letterfont.package("fontpkg_ibm_plex_sans")
    characters = typesetter.drawn(latin, letterfont.arabic_face(FONTS))
    shown = sorted(set(typesetter.printable(EVERYTHING, characters)))
    assert {"é", "ي", "ڭ", "–", "«", "\N{REPLACEMENT CHARACTER}"} <= set(shown)
    words["stops"] = words["stops"][:1]
    words["stops"][0]["intro"] = {"text": " ".join(shown), "lang": "ar"}
    words["stops"][0]["meetings"][0]["title"] = {"text": " ".join(shown), "lang": "ar"}
    french = copy.deepcopy(words) | {"lang": "fr"}
    for data in (words, french):
        assert typesetter.typeset(data, FONTS).startswith(b"%PDF-")


def test_tifinagh_and_emoji_are_seen_to_be_missing():
    assert typesetter.printable("ⴷⴰ 🌊\ufe0f", set("a ")) == "�� �"


def test_steady_text_reads_the_same():
    for phrase in HARD:
        assert normal(arabic.steady(phrase)) == normal(phrase)
    assert arabic.steady("Rien d’arabe : 10:00 – 12:30.") == "Rien d’arabe : 10:00 – 12:30."


def test_the_rebuilt_face_keeps_its_licence_and_not_the_reserved_name():
    face = letterfont.arabic_face(FONTS)
    with TTFont(face / "AgendaArabic-Regular.ttf") as font:
        names = {record.nameID: record.toUnicode() for record in font["name"].names}
    assert names[1] == "Agenda Arabic"
    assert "Plex" not in names[4] + names[6]
    assert re.search("SIL Open Font License", names[13])


def test_the_face_is_built_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    first = letterfont.arabic_face(tmp_path)
    monkeypatch.setattr(letterfont, "LetterFont", None)  # would fail
    assert letterfont.arabic_face(tmp_path) == first
