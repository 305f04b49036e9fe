"""« Tout télécharger »: every photo and communiqué that is public now, as one ZIP file.

It is written while it is read, a piece at a time: whatever its size, the process that answers holds one
piece of one photo. Photos are compressed already and are stored as they are.
"""

import hashlib
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from press import files
from press.models import Photo
from press.room import Communique
from regions import dates, legal_time
from regions.languages import pick

EPOCH = (1980, 1, 1, 0, 0, 0)  # of the format; the same files make the same archive


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the archive: a file of ours, or a text."""

    name: str
    file: str = ""
    text: str = ""


class _Passage:
    """What the archive is written to: it keeps nothing but what was not handed on yet."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.position = 0

    def write(self, data: bytes) -> int:
        self.written.append(bytes(data))
        self.position += len(data)
        return len(data)

    def tell(self) -> int:
        return self.position

    def flush(self) -> None:
        return

    def taken(self) -> bytes:
        data = b"".join(self.written)
        self.written.clear()
        return data


def parts(communiques: Sequence[Communique], photos: Sequence[Photo], language: str) -> list[Part]:
    """What the archive is made of, in order; credits and rights stand in a text beside the photos."""
    found = []
    for one in communiques:
        stem = f"communiques/{legal_time.wall_clock(one.at):%Y-%m-%d}-{one.row.pk}-{one.row.language}"
        found.append(Part(f"{stem}.txt", text=_said(one)))
        if one.row.document:
            found.append(Part(f"{stem}.pdf", file=one.row.document))
    found += [Part(f"photos/{photo.pk}.jpg", file=photo.file) for photo in photos]
    if photos:
        found.append(Part("photos/credits.txt", text=_credits(photos, language)))
    return found


def key(found: Sequence[Part]) -> str:
    """Stands for everything the archive says."""
    said = repr([(part.name, part.file, part.text) for part in found])
    return hashlib.sha256(said.encode()).hexdigest()[:40]


def archive(found: Sequence[Part]) -> Iterator[bytes]:
    """The ZIP file, piece by piece."""
    passage = _Passage()
    with zipfile.ZipFile(passage, "w") as written:  # type: ignore[call-overload]
        for part in found:
            about = zipfile.ZipInfo(part.name, EPOCH)
            about.compress_type = zipfile.ZIP_STORED if part.file else zipfile.ZIP_DEFLATED
            with written.open(about, "w") as entry:
                for piece in files.pieces(part.file) if part.file else [part.text.encode()]:
                    entry.write(piece)
                    yield passage.taken()
            yield passage.taken()
    yield passage.taken()


def _said(one: Communique) -> str:
    """A communiqué as plain text, with what a reader must know of it first."""
    row = one.row
    with translation.override(row.language):
        lines = [_("Office National Marocain du Tourisme")]
        if one.corrects:
            lines.append(_("Rectificatif du communiqué « %(title)s ».") % {"title": one.corrects.title})
        lines += [
            _("Attention : ce communiqué a été rectifié par « %(title)s ».") % {"title": later.title}
            for later in one.corrected_by
        ]
        lines += [dates.moment(one.at, row.language), "", row.title, "", row.body, ""]
    return "\ufeff" + "\r\n".join("\n".join(lines).splitlines()) + "\r\n"


def _credits(photos: Sequence[Photo], language: str) -> str:
    with translation.override(language):
        lines = [
            _("%(file)s – %(words)s – Crédit : %(credit)s – Droits : %(rights)s")
            % {
                "file": f"{photo.pk}.jpg",
                "words": pick(photo.alt, language),
                "credit": photo.credit,
                "rights": photo.rights,
            }
            for photo in photos
        ]
    return "\ufeff" + "\r\n".join(lines) + "\r\n"
