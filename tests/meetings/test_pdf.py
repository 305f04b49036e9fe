"""The printed agenda, typeset for real and opened again."""

import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from meetings import agenda, documents, lifecycle, pdf, printing, releases
from meetings.models import Stop
from regions.languages import texts
from tests.factories import make_meeting, make_stop, make_tour, make_venue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_documents(tmp_path: Path, settings: Any) -> None:
    settings.DOCUMENT_DIR = tmp_path / "documents"


def typeset(language: str, *, slug: str = "") -> bytes:
    tour = make_tour()
    if slug:
        stop = agenda.stop(slug)
        assert stop is not None
        words = pdf.one_stop(stop, language)
    else:
        words = pdf.tour(agenda.stops(), language, name=texts(tour, "name"))
    return printing.document(f"{language}-{slug}", lambda: words, patience=60)


@contextmanager
def opened(content: bytes) -> Iterator[pypdfium2.PdfDocument]:
    with pypdfium2.PdfDocument(io.BytesIO(content)) as found:
        yield found


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
        "10:00 UTC+00:00",
        "10:00 – 13:30 · heure du Maroc",
        "Palais des congrès · Boulevard de la Marche (à confirmer)",
        "Annoncée",
        "Séance plénière",
        "10:30 Point 2",
        "Contact · Secrétariat de la tournée · du lundi au vendredi, 9h00–16h00",
        "+212500000000 · secretariat@portal.example",
        "Version 1 du",
        "localhost:8000/fr/etapes/dakhla-oued-ed-dahab/",
        "1 / 1",
    ):
        assert words in found


def test_the_tours_agenda_has_every_stop_at_a_glance_and_in_full():
    first = make_stop(date=date(2026, 12, 24))
    make_stop(region="MA-11", date=date(2027, 1, 7), starts=time(9), venue=None)
    found = read(typeset("fr"))
    assert "2 étapes annoncées, du 24 décembre 2026 au 7 janvier 2027." in found
    assert found.count("Laâyoune-Sakia El Hamra") == 2
    assert "09:00 – 13:30" in found
    assert "Le lieu sera annoncé dès sa confirmation." in found
    assert first.contact_email in found


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
def test_a_long_name_stands_beside_the_code_and_not_under_it(language: str):
    """The code begins 46 mm before the edge; no letter of the band reaches it."""
    tour = make_tour()
    long = {"name_fr": "Tournée régionale d’écoute et de relance du tourisme marocain, deuxième édition"}
    long["name_ar"] = "الجولة الجهوية للإنصات والإنعاش السياحي بالمغرب في دورتها الثانية"
    type(tour).objects.filter(pk=tour.pk).update(**long)
    make_stop()
    with opened(typeset(language)) as found:
        page = found[0].get_textpage()
        band = [page.get_charbox(n) for n in range(page.count_chars())]
    code = (page_edge := 595) - 43 * 72 / 25.4
    for left, bottom, right, _top in band:
        if bottom > 842 - 46 * 72 / 25.4 and right > left:
            assert (right < code) if language == "fr" else (left > page_edge - code)


def test_a_long_agenda_runs_over_pages():
    stop = make_stop(published=False, meetings=False)
    make_meeting(stop, points=60)
    releases.publish(stop, by=None)
    with opened(typeset("ar", slug=stop.slug)) as found:
        assert len(found) >= 2


def test_the_compiler_stays_out_of_the_web_process():
    look = (
        "import django, sys; django.setup(); from onmt_tour import urls; "
        "sys.exit(bool({'typst', 'fontTools', 'pikepdf'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0
