"""PDFs that people sent, made fit to be given away: known by their content, without what they carry along."""

import io
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from meetings.stored_files import Unusable

if TYPE_CHECKING:
    import pikepdf

LARGEST = 10_000_000  # bytes
# What a PDF may do or carry along besides its pages.
ACTIVE = ("/OpenAction", "/AA", "/AcroForm", "/Metadata", "/PieceInfo")
ACTIVE_NAMES = ("/JavaScript", "/EmbeddedFiles")


def cleaned(content: bytes) -> bytes:
    """A PDF without what its program noted and without what it could do. Raises Unusable."""
    import pikepdf  # five megabytes of every web process, for a few documents a month

    if len(content) > LARGEST:
        raise Unusable(_("Ce document dépasse 10 Mo."))
    if not content.startswith(b"%PDF-"):
        raise Unusable(_("Ce fichier n’est pas un PDF : enregistrez le document en PDF."))
    written = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            _strip(pdf)
            pdf.save(written)
    except pikepdf.PasswordError as error:
        raise Unusable(_("Ce PDF est protégé par un mot de passe.")) from error
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise Unusable(_("Ce PDF est abîmé.")) from error
    return written.getvalue()


def _strip(pdf: "pikepdf.Pdf") -> None:
    for name in ACTIVE:
        if name in pdf.Root:
            del pdf.Root[name]
    if "/Names" in pdf.Root:
        for name in ACTIVE_NAMES:
            if name in pdf.Root.Names:
                del pdf.Root.Names[name]
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
