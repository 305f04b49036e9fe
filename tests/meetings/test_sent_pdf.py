"""PDFs that people sent: what they carry along stays behind, what is none is refused."""

import io

import pikepdf
import pytest

from meetings import sent_pdf
from meetings.stored_files import Unusable
from tests.factories import make_pdf


def test_a_pdf_loses_its_author_and_what_it_could_do() -> None:
    with pikepdf.open(io.BytesIO(sent_pdf.cleaned(make_pdf()))) as document:
        assert (len(document.pages), "/OpenAction" in document.Root) == (1, False)
        assert "/Info" not in document.trailer


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 un .docx", b"%PDF-1.7 rien", b"%PDF-1.7" + b"x" * 10_000_000]
)
def test_what_is_no_pdf_is_refused(content: bytes) -> None:
    with pytest.raises(Unusable):
        sent_pdf.cleaned(content)


def test_a_locked_pdf_is_refused() -> None:
    locked = make_pdf(encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(Unusable) as refused:
        sent_pdf.cleaned(locked)
    assert str(refused.value) == "Ce PDF est protégé par un mot de passe."
