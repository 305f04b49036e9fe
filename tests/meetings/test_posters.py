"""meetings/posters.py: what spreads the word of a stop, from its release."""

import io
import struct
from pathlib import Path

import pypdfium2
import pytest
import segno
from django.conf import settings
from django.db import transaction
from django.test import Client
from PIL import Image

from meetings import agenda, gate, lifecycle, posters, wording
from meetings.agenda import PublicStop
from meetings.models import Stop, StopStatus
from meetings.posters import Call
from meetings.typesetting.compile import typeset
from tests.factories import make_stop, make_venue

pytestmark = pytest.mark.django_db
BRICK = (0xA2, 0x3F, 0x23)  # of the badge of what is called off
CALL = Call("Inscrivez-vous", "Une minute suffit.", "https://tournee.example/fr/")


def public(stop: Stop) -> PublicStop:
    found = agenda.stop(stop.slug)
    assert found is not None
    return found


def size(picture: bytes) -> tuple[int, int]:
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def test_a_poster_says_what_was_released_and_where_to_register() -> None:
    stop = make_stop(venue=make_venue(name_fr="Palais des congrès", confirmed=False))
    Stop.objects.filter(pk=stop.pk).update(intro_fr="un brouillon")
    words = posters.of_stop(public(stop), "fr", shape="poster", call=CALL)
    assert words["heading"] == {"text": "Dakhla-Oued Ed-Dahab", "lang": "fr"}
    assert words["starts"] == "10:00"
    assert words["zone"] == "heure du Maroc (UTC+00:00)"
    assert words["venue"] == {"text": "Palais des congrès", "lang": "fr"}
    assert words["unconfirmed"] == "(à confirmer)"
    assert words["status"] is None
    assert words["address"] == "localhost:8000/i/dakhla-oued-ed-dahab"
    drawing = io.BytesIO()
    segno.make(CALL.address, error="m", micro=False).save(
        drawing, kind="svg", border=0, dark="#1c2723", xmldecl=False
    )
    assert words["code"] == drawing.getvalue().decode()


def test_a_stop_that_is_off_says_so_and_calls_nobody(client: Client) -> None:
    stop = make_stop(venue=make_venue())
    lifecycle.cancel(stop, by=None)
    words = posters.of_stop(public(stop), "fr", shape="poster")
    assert words["status"] == "Annulée"
    assert words["venue"] is None
    answer = client.get(f"/fr/etapes/{stop.slug}/affiche.pdf")
    said = read(answer.content)
    assert "Annulée" in said
    assert "Inscrivez-vous" not in said


def read(pdf: bytes) -> str:
    pages = pypdfium2.PdfDocument(io.BytesIO(pdf))
    assert len(pages) == 1
    return str(pages[0].get_textpage().get_text_range())


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_every_shape_is_made_in_every_language(client: Client, language: str) -> None:
    stop = make_stop()
    at = f"/{language}/etapes/{stop.slug}"
    assert client.get(f"{at}/affiche.pdf").content.startswith(b"%PDF-")
    assert size(client.get(f"{at}/image.png").content) == (1080, 1080)
    assert size(client.get(f"{at}/partage.png").content) == (1200, 630)
    assert size(client.get(f"/{language}/partage.png").content) == (1200, 630)


def test_a_longest_name_stays_on_one_sheet(client: Client) -> None:
    long = "Chambre de commerce et d’industrie, " * 4
    stop = make_stop(venue=make_venue(name_fr=long.strip()[:120]))
    assert "Inscrivez-vous" in read(client.get(f"/fr/etapes/{stop.slug}/affiche.pdf").content)


def test_who_has_the_picture_is_told_so_until_the_stop_changes(client: Client) -> None:
    stop = make_stop()
    address = f"/fr/etapes/{stop.slug}/partage.png"
    first = client.get(address)
    assert first["Content-Type"] == "image/png"
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    lifecycle.cancel(stop, by=None)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert again.content != first.content


def test_a_draft_has_no_picture(client: Client) -> None:
    stop = make_stop(published=False)
    for name in ("partage.png", "affiche.pdf", "image.png", "diffusion/"):
        assert client.get(f"/fr/etapes/{stop.slug}/{name}").status_code == 404


def test_a_reader_is_asked_to_come_again_while_it_is_made(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stop = make_stop()

    def not_ready(*_args: object, **_options: object) -> bytes:
        raise posters.printing.NotReady

    monkeypatch.setattr(posters.printing, "document", not_ready)
    answer = client.get(f"/fr/etapes/{stop.slug}/partage.png")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer["Cache-Control"] == "no-store"


MARGINS = {"poster": 18, "square": 14, "card": 18}  # of 210, 210 and 300 units across
ACROSS = {"poster": 210, "square": 210, "card": 300}
NAMES = [
    ("fr", "Guelmim-Oued Noun"),
    ("fr", "Tanger-Tétouan-Al Hoceima"),
    ("fr", "Provinces-du-Moyen-Atlas-et-du-Haut-Atlas-réunies"),  # no region's: one word, nowhere to break
    ("fr", "Ville de Casablanca, préfectures d’arrondissements et provinces du littoral atlantique"),
    ("ar", "العيون-الساقية الحمراء"),
    ("ar", "طنجة-تطوان-الحسيمة"),
    ("ar", "جهة الداخلة-وادي الذهب والعيون-الساقية الحمراء وكلميم-واد نون مجتمعة"),
]


@pytest.mark.parametrize("shape", ["poster", "square", "card"])
@pytest.mark.parametrize(("language", "name"), NAMES)
def test_the_longest_names_keep_the_margins(shape: posters.Shape, language: str, name: str) -> None:
    """In both scripts; every letter of the sheet stands between its margins, the name below the emblem."""
    stop = public(make_stop())
    words = posters.of_stop(stop, language, shape=shape, call=CALL)
    words["heading"] = {"text": name, "lang": language}
    with pypdfium2.PdfDocument(typeset(words, settings.FONT_DIR)) as pdf:
        (page,) = pdf
        unit, text = page.get_width() / ACROSS[shape], page.get_textpage()
        boxes = [text.get_charbox(number) for number in range(text.count_chars())]
        seen = [box for box in boxes if box[2] > box[0]]
        assert min(left for left, *_ in seen) >= (MARGINS[shape] - 1) * unit
        assert max(right for _, _, right, _ in seen) <= (ACROSS[shape] - MARGINS[shape] + 1) * unit
        office = max(top for *_, top in seen)  # the emblem's words stand first
        tall = [box for box in seen if box[3] - box[1] > 6 * unit]
        assert max(top for *_, top in tall) < office - 8 * unit


@pytest.mark.parametrize(("status", "off"), [("held", False), ("postponed", True), ("cancelled", True)])
def test_only_what_is_called_off_is_struck_out(status: str, off: bool) -> None:
    stop = make_stop()
    with transaction.atomic(), gate.opened():
        Stop.objects.filter(pk=stop.pk).update(status=status)
    words = posters.of_stop(public(stop), "fr", shape="card")
    assert words["status"] == str(wording.state(StopStatus(status)))
    assert words["called_off"] is off
    picture = Image.open(io.BytesIO(typeset(words, settings.FONT_DIR, picture=True))).convert("RGB")
    colours = {colour for _number, colour in picture.getcolors(2**24) or []}
    assert (BRICK in colours) is off
