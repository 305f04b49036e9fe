"""Letters on paper as files: tagged, each on pages of its own, readable from right to left."""

import io
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings

from meetings import correspondence, letter_words
from meetings.models import Tour
from meetings.typesetting import compile as typesetter
from regions import legal_time
from tests.factories import make_official, make_stop
from tests.meetings.test_typesetting import normal, with_pdfium

LONG = "عبد الرحمان بن عبد العزيز بن محمد العلوي الإدريسي المريني الفاسي الفهري السجلماسي التطواني"


@pytest.mark.django_db
def test_letters_in_two_languages_stand_in_one_file_each_with_its_own_pages():
    stop = make_stop()
    Tour.objects.update(signatory_fr="Le Directeur général de l’Office")
    make_official(by_letter=True, protocol_rank=1, civility="Monsieur le", title="Wali")
    make_official(by_letter=True, protocol_rank=2, language="ar", name_ar=LONG, function_ar="والي الجهة")
    made = correspondence.make(stop, dated=legal_time.today(), by=None).letters
    content = typesetter.typeset(
        letter_words.printed([one.words for one in made], title="Courriers"), Path(settings.FONT_DIR)
    )
    with pikepdf.open(io.BytesIO(content)) as found:
        assert len(found.pages) == 4  # a letter and its programme, twice
        assert found.Root.MarkInfo.Marked
        assert str(found.Root.Lang) == "fr-MA"
    said = normal(with_pdfium(content))
    for number, phrase in enumerate(("Le Directeur général de l’Office", "Monsieur le Wali")):
        assert (number, normal(phrase) in said) == (number, True)
    assert set(normal(LONG).split()) <= set(said.split())
    assert [said.count(one) for one in ("1 / 2", "2 / 2")] == [2, 2]
    year = legal_time.today().year
    assert [said.count(f"000{n}/{year}") for n in (1, 2)] == [2, 2]  # on each page of its own letter
