"""Photos out of telephones: known by their content, drawn anew without what the camera noted."""

import io
import warnings

import pytest
from PIL import Image, ImageCms

from press import pictures
from press.files import Unusable
from tests.press.rows import picture_bytes

TURNED = 6  # EXIF: the camera was held upright
WORDS = "36.7538 N, Appareil de la directrice"


def noted() -> bytes:
    """A photo whose camera noted place, owner and how it was held."""
    exif = Image.Exif()
    exif[0x0112] = TURNED
    exif[0x013B] = WORDS
    exif.get_ifd(0x8825)[2] = (36.0, 45.0, 13.0)
    return picture_bytes((800, 600), exif=exif, comment=WORDS.encode())


def test_what_the_camera_noted_stays_behind_and_the_photo_stands_upright() -> None:
    sent = noted()
    assert WORDS.encode() in sent
    made = pictures.read(sent)
    assert (made.width, made.height) == (600, 800)
    for content in (made.content, made.thumbnail):
        image = Image.open(io.BytesIO(content))
        assert (image.format, dict(image.getexif()), image.info.get("comment")) == ("JPEG", {}, None)
        assert WORDS.encode() not in content


def test_other_colours_become_those_of_every_screen_and_the_profile_goes() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    made = pictures.read(picture_bytes(icc_profile=profile))
    image = Image.open(io.BytesIO(made.content))
    assert (image.mode, image.info.get("icc_profile")) == ("RGB", None)


def test_a_profile_nobody_can_read_is_left_out() -> None:
    made = pictures.read(picture_bytes(icc_profile=b"not a profile"))
    assert Image.open(io.BytesIO(made.content)).info.get("icc_profile") is None


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_other_forms_become_jpeg_on_white(form: str) -> None:
    written = io.BytesIO()
    Image.new("RGBA", (700, 700), (255, 0, 0, 0)).save(written, form)
    image = Image.open(io.BytesIO(pictures.read(written.getvalue()).content))
    assert (image.format, image.getpixel((5, 5))) == ("JPEG", (255, 255, 255))


def test_a_large_photo_is_made_smaller_in_proportion() -> None:
    made = pictures.read(picture_bytes((6000, 1500)))
    assert (made.width, made.height) == (4000, 1000)
    assert Image.open(io.BytesIO(made.thumbnail)).size == (640, 160)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "Cette photo est au format HEIC"),
        (b"%PDF-1.7 photo.jpg", "Ce fichier n’est pas une photo JPEG, PNG ou WebP, ou il est abîmé."),
        (b"<svg onload='alert(1)'>", "Ce fichier n’est pas une photo JPEG, PNG ou WebP, ou il est abîmé."),
        (picture_bytes(form="GIF"), "Ce fichier n’est pas une photo JPEG, PNG ou WebP, ou il est abîmé."),
        (picture_bytes()[:900], "Ce fichier n’est pas une photo JPEG, PNG ou WebP, ou il est abîmé."),
        (b"", "Ce fichier n’est pas une photo JPEG, PNG ou WebP, ou il est abîmé."),
        (picture_bytes((200, 200)), "Cette photo est trop petite : au moins 600 points de côté."),
    ],
)
def test_what_is_no_photo_is_refused_whatever_its_name(content: bytes, words: str) -> None:
    with pytest.raises(Unusable) as refused:
        pictures.read(content)
    assert str(refused.value).replace("\u202f:", " :").startswith(words)


def test_a_photo_of_too_many_points_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", 100_000)
    with warnings.catch_warnings(), pytest.raises(Unusable):
        pictures.read(picture_bytes())
    monkeypatch.setattr(pictures, "LARGEST_PHOTO", 10)
    with pytest.raises(Unusable):
        pictures.read(picture_bytes())
