"""Photos as they come out of a telephone, made fit to be given away.

A photo is known by its content, never by its name; it is drawn anew, so that what the camera noted (where,
when, whose, which device) and whatever else the file carried stays behind.
"""

import contextlib
import hashlib
import io
import struct
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from press.files import LARGEST_PHOTO, Unusable

MOST_PIXELS = 60_000_000
SMALLEST_SIDE = 600  # of the longer side: less is of no use in print
LONGER_SIDE, THUMBNAIL_SIDE = 4000, 640
QUALITY, THUMBNAIL_QUALITY = 88, 78
# Of the file type box: what telephones call the format that browsers and newspapers do not read.
HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
# What Pillow raises over damaged files.
DAMAGED = (OSError, ValueError, SyntaxError, EOFError, struct.error, Image.DecompressionBombError)


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo drawn anew, and the same small."""

    content: bytes
    thumbnail: bytes
    width: int
    height: int
    digest: str  # of what was sent


def read(content: bytes) -> Picture:
    """The photo in `content`: JPEG, PNG or WebP. Raises Unusable."""
    if len(content) > LARGEST_PHOTO:
        raise Unusable(_("Cette photo dépasse 25 Mo : envoyez-la en moins grand."))
    if content[4:8] == b"ftyp" and content[8:12] in HEIC:
        raise Unusable(
            _(
                "Cette photo est au format HEIC, que les rédactions ne lisent pas. Sur l’iPhone : Réglages, "
                "Appareil photo, Formats, « Le plus compatible » ; ou envoyez-la depuis l’application Photos."
            )
        )
    try:
        return _drawn(content)
    except DAMAGED as error:
        raise Unusable(_("Ce fichier n’est pas une photo JPEG, PNG ou WebP, ou il est abîmé.")) from error


def _drawn(content: bytes) -> Picture:
    image: Any = Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP"))
    if image.width * image.height > MOST_PIXELS:
        raise Unusable(_("Cette photo a plus de 60 millions de points : envoyez-la en moins grand."))
    if max(image.size) < SMALLEST_SIDE:
        raise Unusable(_("Cette photo est trop petite : au moins 600 points de côté."))
    # A JPEG far larger than wanted is read at a half or a quarter, which spares most of the memory.
    image.draft("RGB", (LONGER_SIDE, LONGER_SIDE))
    image = _plain(ImageOps.exif_transpose(image))
    image.thumbnail((LONGER_SIDE, LONGER_SIDE), Image.Resampling.LANCZOS)
    small = image.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return Picture(
        content=_jpeg(image, QUALITY),
        thumbnail=_jpeg(small, THUMBNAIL_QUALITY),
        width=image.width,
        height=image.height,
        digest=hashlib.sha256(content).hexdigest(),
    )


def _plain(image: Any) -> Any:
    """In the colours every screen knows (sRGB), on white where it was transparent, without its notes."""
    profile = image.info.get("icc_profile")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        seen = image.convert("RGBA")
        ground = Image.new("RGBA", seen.size, "white")
        image = Image.alpha_composite(ground, seen)
    if profile and image.mode in ("RGB", "CMYK"):
        # A profile nobody can read is as good as none.
        with contextlib.suppress(ImageCms.PyCMSError):
            image = ImageCms.profileToProfile(image, io.BytesIO(profile), _screen(), outputMode="RGB")
    image = image.convert("RGB")
    image.info.clear()
    return image


@cache
def _screen() -> Any:
    return ImageCms.createProfile("sRGB")


def _jpeg(image: Any, quality: int) -> bytes:
    written = io.BytesIO()
    image.save(written, "JPEG", quality=quality, optimize=True, progressive=True)
    return written.getvalue()
