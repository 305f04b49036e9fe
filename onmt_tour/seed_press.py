"""A press room to look at: communiqués with a correction, photos, a press file. For development only.

Pictures are drawn, people are functions, addresses end in `.invalid`; nothing here is written to anybody.
"""

import io
import math
import random
from datetime import datetime

from django.db import transaction
from PIL import Image, ImageDraw

from meetings.models import Stop
from outbox import clock
from press import files, pictures
from press.models import Journalist, MediaKind, Photo, PressRelease
from professionals.names import normalise

COMMUNIQUES = (
    (
        "fr",
        "Exemple : la tournée des 12 régions s’ouvre à neuf heures",
        "L’ONMT ouvre sa tournée régionale.\n\nDouze étapes, une feuille de route.",
    ),
    (
        "ar",
        "مثال: انطلاق جولة الجهات الاثنتي عشرة",
        "يفتتح المكتب الوطني المغربي للسياحة جولته الجهوية.\n\nاثنتا عشرة محطة وخارطة طريق واحدة.",
    ),
)
CORRECTION = "Exemple, rectificatif : la tournée s’ouvre à dix heures"
SCENES = (
    ("Exemple d’image : motif de zellige vert", "مثال صورة: زخرف زليج أخضر", "#0f4c3a", "#c9a66b"),
    ("Exemple d’image : motif de zellige terre cuite", "مثال صورة: زخرف زليج آجري", "#a23f23", "#f3ecde"),
    ("Exemple d’image : motif de zellige bleu", "مثال صورة: زخرف زليج أزرق", "#3b36a8", "#e7e6f7"),
)
SIZE, STAR = (1800, 1200), 150


@transaction.atomic
def seed(stops: list[Stop], *, journalists: int, draw: random.Random) -> None:
    """Fill the press room and the press file. Raises ValueError when they were filled before."""
    if Journalist.objects.filter(email__endswith="@seed.invalid").exists():
        raise ValueError("these data were made before")
    now = clock.now()
    first, *_others = [
        PressRelease.objects.create(
            stop=stops[0], language=language, title=title, body=body, created_at=now, published_at=now
        )
        for language, title, body in COMMUNIQUES
    ]
    PressRelease.objects.create(
        stop=stops[0], title=CORRECTION, body=first.body, corrects=first, created_at=now, published_at=now
    )
    for fr, ar, ground, line in SCENES:
        _photo(stops[0], fr, ar, picture(ground, line), now=now)
    Journalist.objects.bulk_create(
        _journalist(number, stops, now=now, draw=draw) for number in range(journalists)
    )


def picture(ground: str, line: str) -> bytes:
    """Rows of eight-pointed stars."""
    image = Image.new("RGB", SIZE, ground)
    pen = ImageDraw.Draw(image)
    for across in range(0, SIZE[0] + STAR, STAR):
        for down in range(0, SIZE[1] + STAR, STAR):
            points = [
                (
                    across + STAR * (0.48 if turn % 2 else 0.36) * math.cos(turn * math.pi / 8),
                    down + STAR * (0.48 if turn % 2 else 0.36) * math.sin(turn * math.pi / 8),
                )
                for turn in range(16)
            ]
            pen.polygon(points, outline=line, width=5)
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def _photo(stop: Stop, fr: str, ar: str, content: bytes, *, now: datetime) -> None:
    made = pictures.read(content)
    Photo.objects.create(
        stop=stop,
        file=files.save(made.content, "jpg"),
        thumbnail=files.save(made.thumbnail, "jpg"),
        digest=made.digest,
        width=made.width,
        height=made.height,
        size=len(made.content),
        credit="Dessin du portail",
        rights="Exemple, libre de droits",
        alt_fr=fr,
        alt_ar=ar,
        created_at=now,
        published_at=now,
    )


def _journalist(number: int, stops: list[Stop], *, now: datetime, draw: random.Random) -> Journalist:
    name = f"Chef de rubrique n° {number:04d}"
    return Journalist(
        name=name,
        name_key=normalise(name),
        name_ar=f"رئيس قسم رقم {number:04d}" if number % 3 == 0 else "",
        outlet=f"Média d’exemple n° {number // 3:03d}",
        kind=draw.choice(MediaKind.values),
        function="Rubrique économie et tourisme",
        email=f"redaction-{number}@seed.invalid",
        language=draw.choice(["fr", "fr", "ar"]),
        region=draw.choice(stops).region if number % 2 else None,
        source="Données d’exemple",
        legal_basis="Aucune personne réelle",
        created_at=now,
    )
