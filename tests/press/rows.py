"""Rows of the press room: plain functions, everything has a default."""

import io
import itertools
from typing import Any

from PIL import Image

from outbox import clock
from press import files
from press.models import Journalist, Photo, PressRelease
from professionals import names

_numbers = itertools.count(1)


def make_press_release(**fields: Any) -> PressRelease:
    """A communiqué that everybody may read; a draft with `published_at=None`."""
    number, now = next(_numbers), clock.now()
    defaults: dict[str, Any] = {
        "title": f"Communiqué {number}",
        "body": "La tournée commence.\n\nElle passe par les douze régions.",
        "created_at": now,
        "published_at": now,
    }
    return PressRelease.objects.create(**defaults | fields)


def make_photo(**fields: Any) -> Photo:
    """A photo that everybody may see, its files on disk; a draft with `published_at=None`."""
    number, now = next(_numbers), clock.now()
    defaults: dict[str, Any] = {
        "file": files.save(picture_bytes(), "jpg"),
        "thumbnail": files.save(picture_bytes((64, 48)), "jpg"),
        "digest": f"{number:064x}",
        "width": 800,
        "height": 600,
        "size": 12_345,
        "credit": "Photographe de l’ONMT",
        "rights": "Libre pour la presse",
        "alt_fr": f"La salle plénière, vue {number}",
        "created_at": now,
        "published_at": now,
    }
    return Photo.objects.create(**defaults | fields)


def picture_bytes(size: tuple[int, int] = (800, 600), form: str = "JPEG", **options: Any) -> bytes:
    """A photo of one colour."""
    written = io.BytesIO()
    Image.new("RGB", size, "#0f4c3a").save(written, form, **options)
    return written.getvalue()


def make_journalist(**fields: Any) -> Journalist:
    """Somebody of the national press, in the file lawfully, who may be written to in French."""
    number = next(_numbers)
    name = fields.pop("name", None) or f"Rédactrice en chef {number}"
    defaults: dict[str, Any] = {
        "name": name,
        "name_key": names.normalise(name),
        "outlet": "Le Quotidien (exemple)",
        "email": f"redaction-{number}@media.example",
        "phone": f"+2125{number:08d}",
        "source": "Fichier de l’agence",
        "legal_basis": "Intérêt légitime",
        "created_at": clock.now(),
    }
    return Journalist.objects.create(**defaults | fields)
