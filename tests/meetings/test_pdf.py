"""The printed agenda, typeset for real and opened again."""

import io
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import segno

from meetings import agenda, documents, lifecycle, pdf, printing, releases
from meetings.models import Stop
from meetings.typesetting import mending
from tests.factories import make_held, make_meeting, make_stop, make_tour, make_venue

pytestmark = pytest.mark.django_db

MM = 72 / 25.4  # in points


@pytest.fixture(autouse=True)
def _own_documents(tmp_path: Path, settings: Any) -> None:
    settings.DOCUMENT_DIR = tmp_path / "documents"


def typeset(language: str, *, slug: str = "", key: str = "") -> bytes:
    tour = make_tour()
    if slug:
        stop = agenda.stop(slug)
        assert stop is not None
        words = pdf.one_stop(stop, language, tour=tour)
    else:
        words = pdf.tour(agenda.stops(), language, tour=tour)
    return printing.document(f"{language}-{slug}-{key}", lambda: words, patience=60)


@contextmanager
def opened(content: bytes) -> Iterator[pypdfium2.PdfDocument]:
    with pypdfium2.PdfDocument(io.BytesIO(content)) as found:
        yield found


def normal(text: str) -> str:
    """As a reader copies it, without marks of direction."""
    return " ".join(mending.INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).split())


def read(content: bytes) -> str:
    """All the words, with single spaces."""
    with opened(content) as found:
        return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in found)


def test_a_sheet_says_where_when_what_and_whom_to_ask():
    stop = make_stop(date=date(2026, 12, 24), venue=make_venue(name_fr="Palais des congrès", confirmed=False))
    found = read(typeset("fr", slug=stop.slug))
    for words in (
        "Office National Marocain du Tourisme",
        "Dakhla-Oued Ed-Dahab",
        "Étape 1 sur 1",
        "Jeudi 24 décembre 2026",
        "10:00 heure du Maroc UTC+00:00",
        "Annoncée 10:00 – 13:30",
        "Palais des congrès (à confirmer) Boulevard de la Marche",
        "Annoncée",
        "Séance plénière",
        "10:30 Point 2",
        "Contact Secrétariat de la tournée +212 5 00 00 00 00 secretariat@portal.example "
        "du lundi au vendredi, 9h00–16h00",
        "Contact presse, ONMT Service de presse +212 5 00 00 00 00 presse@portal.example",
        "Contact presse, agence Pas encore connu.",
        "Version 1 du",
        "localhost:8000/i/dakhla-oued-ed-dahab",
        "1 / 1",
    ):
        assert words in found


def test_the_tours_agenda_has_every_stop_at_a_glance_and_in_full():
    first = make_stop(date=date(2026, 12, 24))
    make_stop(region="MA-11", date=date(2027, 1, 7), starts=time(9), venue=None)
    found = read(typeset("fr"))
    assert "2 étapes annoncées, du 24 décembre 2026 au 7 janvier 2027." in found
    assert found.count("Laâyoune-Sakia El Hamra") == 4  # what is new, at a glance, above its page, on it
    assert "09:00 – 13:30" in found
    assert "Le lieu sera annoncé dès sa confirmation." in found
    assert first.contact_email in found


def test_a_stop_that_was_held_promises_no_venue_and_its_version_stands_beside_its_rank():
    """At the end of its page the version now and then had a page to itself."""
    make_held(date=date(2026, 12, 24), venue=None)
    found = read(typeset("fr"))
    assert "Le lieu sera annoncé" not in found
    assert re.search(r"Étape 1 sur 1 Version 1 du [^:]*:\d\d Dakhla-Oued Ed-Dahab", found)


def test_english_has_its_own_words():
    make_stop(date=date(2026, 12, 24))
    found = read(typeset("en"))
    assert "24 December 2026" in found
    assert "Plenary session" in found


def test_a_cancelled_stop_gives_its_reason_and_no_programme():
    stop = make_stop()
    lifecycle.cancel(stop, by=None, reason={"fr": "Intempéries.", "ar": "أحوال الطقس.", "en": "Weather."})
    found = read(typeset("fr", slug=stop.slug))
    assert "Annulée" in found
    assert "Intempéries." in found
    assert "Séance plénière" not in found


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_a_file_says_that_it_is_tagged_archivable_and_in_which_language(language: str):
    make_stop()
    with pikepdf.open(io.BytesIO(typeset(language))) as found:
        assert str(found.Root.Lang).startswith(language)
        assert bool(found.Root.MarkInfo.Marked)
        with found.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
            assert metadata["dc:title"].startswith(("Agenda – ", "البرنامج – "))


def test_a_missing_text_comes_in_french_and_is_marked_so():
    stop = make_stop(published=False, meetings=False)
    make_meeting(stop, room="", title_fr="Atelier", title_ar="", title_en="Workshop")
    Stop.objects.filter(pk=stop.pk).update(contact_hours_ar="")
    document = documents.build(Stop.objects.get(pk=stop.pk))
    assert pdf.said(document["meetings"][0]["title"], "ar") == {"text": "Atelier", "lang": "fr"}
    assert pdf.said(document["meetings"][0]["title"], "en") == {"text": "Workshop", "lang": "en"}


@pytest.mark.parametrize(
    "text",
    [
        '#import "x": *; $x^2$ *gras* _x_ `x` <l> @ref \\ #panic("x")',
        '"] #read("/manage.py")',
        "</svg>\\u{0}",
    ],
)
def test_what_people_type_is_never_markup(text: str):
    stop = make_stop(intro_fr=text, contact_function_fr=text)
    assert " ".join(text.split()) in read(typeset("fr", slug=stop.slug))


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_characters_that_no_font_draws_are_seen_to_be_missing_and_break_nothing(language: str):
    typed = "Dakhla ⴷⴰⵅⵍⴰ 🌊 e\u0301te\u0301 \u202eabc\ufeff"
    make_stop(intro_fr=typed, intro_ar=typed, intro_en=typed)
    found = read(typeset(language, slug="dakhla-oued-ed-dahab"))
    assert "�����" in found
    if language == "fr":
        assert "Dakhla ����� � été abc" in found


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_long_name_stays_in_its_band(language: str):
    """The band ends 45 mm below the edge, the text under it begins later."""
    tour = make_tour()
    long = {"name_fr": "Tournée régionale d’écoute et de relance du tourisme marocain, deuxième édition"}
    long["name_ar"] = "الجولة الجهوية للإنصات والإنعاش السياحي بالمغرب في دورتها الثانية"
    type(tour).objects.filter(pk=tour.pk).update(**long)
    make_stop()
    with opened(typeset(language)) as found:
        page = found[0].get_textpage()
        letters = [page.get_charbox(n) for n in range(page.count_chars())]
    edge = 842 - 45 * MM
    assert not [box for box in letters if box[1] < edge < box[3] and box[2] > box[0]]


def long_agenda(language: str) -> bytes:
    """One meeting with more points than a page holds."""
    stop = make_stop(published=False, meetings=False)
    make_meeting(stop, points=60)
    releases.publish(stop, by=None)
    return typeset(language, slug=stop.slug)


@pytest.mark.parametrize(
    ("language", "columns", "version"),
    [
        ("fr", ["Horaires", "Rencontre", "Salle"], "Version 1 du "),
        ("ar", ["التوقيت", "اللقاء", "القاعة"], "النسخة 1 بتاريخ "),
        ("en", ["Times", "Meeting", "Room"], "Version 1 of "),
    ],
)
def test_every_page_says_its_version_and_address_and_what_its_columns_are(
    language: str, columns: list[str], version: str
):
    with opened(long_agenda(language)) as found:
        assert len(found) > 1
        for number, page in enumerate(found, start=1):
            said = normal(page.get_textpage().get_text_bounded())
            assert version in said
            assert "localhost:8000/i/dakhla-oued-ed-dahab" in said
            assert f"{number} / {len(found)}" in said
            for column in columns:
                assert column in said


@pytest.mark.parametrize(("language", "left"), [("fr", 20), ("ar", 210 - 20 - 15)])
def test_the_code_on_every_page_leads_to_the_short_address(language: str, left: int):
    """Each page is drawn, and every field of its code looked at."""
    wanted = segno.make("http://localhost:8000/i/dakhla-oued-ed-dahab", error="m", micro=False).matrix
    with opened(long_agenda(language)) as found:
        for page in found:
            picture = page.render(scale=4, grayscale=True).to_numpy()
            assert code_at(picture, left, len(wanted)) == [[bool(field) for field in row] for row in wanted]


def code_at(picture: Any, left: int, size: int) -> list[list[bool]]:
    """The fields of a code 15 mm wide, `left` mm from the edge, its top found by its first dark line."""
    dots, width = 4 * MM, 15 * MM * 4
    column = picture[int(268 * dots) : int(290 * dots), int(left * dots + width / size / 2)]
    top = int(268 * dots) + int((column < 128).argmax())
    centres = [(n + 0.5) * width / size for n in range(size)]
    return [[bool(picture[int(top + y), int(left * dots + x)] < 128) for x in centres] for y in centres]


def test_bookmarks_lead_to_each_stop():
    make_stop(date=date(2026, 12, 24))
    make_stop(region="MA-11", date=date(2027, 1, 7))
    with opened(typeset("fr")) as found:
        marks = [(mark.level, mark.get_title(), mark.get_dest().get_index()) for mark in found.get_toc()]
    assert marks == [
        (0, "Tournée régionale", 0),
        (1, "Ce qui change depuis la version 1", 0),
        (1, "Dakhla-Oued Ed-Dahab", 1),
        (2, "Programme", 1),
        (1, "Laâyoune-Sakia El Hamra", 2),
        (2, "Programme", 2),
        (1, "Contact presse, ONMT", 2),
        (1, "Contact presse, agence", 2),
    ]


def test_a_first_version_has_nothing_to_compare_and_a_second_begins_with_what_changed(set_clock: Any):
    stop = make_stop(date=date(2026, 12, 24))
    assert "Ce qui change" not in read(typeset("fr", slug=stop.slug))
    assert "Ce qui change" not in read(typeset("fr"))
    set_clock(datetime(2026, 12, 2, 18, 5, tzinfo=UTC))
    lifecycle.change(stop, changes={"starts": time(9)}, by=None)
    told = (
        "Nouveaux horaires : de 09h00 à 13h30 (avant : de 10h00 à 13h30). Le programme est décalé d’autant."
    )
    printing.sweep()
    sheet, whole = (read(typeset("fr", slug=slug, key="after")) for slug in (stop.slug, ""))
    assert sheet.index(f"Ce qui change depuis la version 1 {told}") < sheet.index("Jeudi 24 décembre 2026")
    assert f"Ce qui change depuis la version 1 Dakhla-Oued Ed-Dahab {told}" in whole
    for found in (sheet, whole):
        assert "Version 2 du 2 décembre 2026, 18:05" in found


def test_the_tours_version_counts_every_release_and_a_new_stop_is_told_as_such():
    for region in ("MA-12", "MA-11", "MA-10"):
        make_stop(region=region)
    found = read(typeset("fr"))
    assert "Version 3 du" in found
    assert "Ce qui change depuis la version 2 Guelmim-Oued Noun Nouvelle étape dans l’agenda." in found


def test_a_press_contact_that_nobody_verified_is_not_known_yet():
    make_tour().press_contacts.update(verified=False)
    make_stop()
    found = read(typeset("fr", slug="dakhla-oued-ed-dahab"))
    assert found.count("Pas encore connu.") == 2
    assert "presse@portal.example" not in found


def test_a_meeting_whose_only_point_says_the_same_is_one_line():
    stop = make_stop(published=False, meetings=False)
    make_meeting(stop, points=1, title_fr="Point presse")
    releases.publish(stop, by=None)
    found = read(typeset("fr", slug=stop.slug))
    assert ("10:00 – 13:30 Point presse" in found, "Point 1" in found) == (True, False)


def test_the_compiler_stays_out_of_the_web_process():
    look = (
        "import django, sys; django.setup(); from onmt_tour import urls; "
        "sys.exit(bool({'typst', 'fontTools', 'pikepdf'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0
