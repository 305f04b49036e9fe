"""The notice on paper, typeset for real and opened again."""

import pypdfium2
import pytest

from meetings import agenda, printing
from meetings.models import Stop
from press import notices
from tests.factories import make_stop

pytestmark = pytest.mark.django_db


def sheet(stop: Stop, language: str, key: str) -> str:
    public = agenda.stop(stop.slug)
    assert public
    content = printing.document(key, lambda: notices.sheet(public, language), patience=60)
    pages = list(pypdfium2.PdfDocument(content))
    assert len(pages) == 1
    return " ".join(pages[0].get_textpage().get_text_range().split())


def test_the_sheet_says_what_when_where_who_and_whom_to_ask(settings: object, tmp_path: object) -> None:
    settings.DOCUMENT_DIR = tmp_path  # type: ignore[attr-defined]
    stop = make_stop(speakers_fr="Wali de la région\nPrésidente du CRT")
    found = sheet(stop, "fr", "a")
    for words in (
        "Avis de presse · Tournée régionale",
        "Dakhla-Oued Ed-Dahab",
        "Wali de la région Présidente du CRT",
        "L’heure du point presse n’est pas encore connue.",
        "Le jour même Secrétariat de la tournée",
        "Contact presse, ONMT Service de presse",
        "Contact presse, agence Pas encore connu.",
        "localhost:8000/i/dakhla-oued-ed-dahab",
        "1 / 1",
    ):
        assert words in found
    assert "المداخلات" in sheet(stop, "ar", "b")
