"""What is done at the desk: plain forms, from a telephone."""

from datetime import time, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from meetings.models import Answer, Campaign, House, Invitation, PressContact
from press.models import Journalist, Photo, PressRelease
from regions import legal_time
from tests.factories import make_stop, make_tour, make_user
from tests.press.rows import make_journalist, make_photo, make_press_release, picture_bytes
from tests.regions.tables import csv_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_user(role="press"))
    return client


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def test_photos_come_by_several_whatever_their_names_and_the_bad_one_is_named(desk: Client) -> None:
    photos = [sent("IMG_1.heic", picture_bytes()), sent("vacances.jpg", b"%PDF-1.7")]
    typed = {"photos": photos, "credit": "Agence", "rights": "Libre"}
    answer = desk.post(reverse("press_desk:photos"), typed)
    assert (answer.status_code, Photo.objects.count()) == (422, 1)
    assert "vacances.jpg" in answer.content.decode()
    one = desk.post(
        reverse("press_desk:photos"),
        {"photos": sent("b.png", picture_bytes((640, 640))), "credit": "Agence", "rights": "Libre"},
    )
    assert one["Location"] == reverse("press_desk:photo", args=[Photo.objects.latest("pk").pk])


def test_a_photo_without_credit_is_not_taken(desk: Client) -> None:
    answer = desk.post(reverse("press_desk:photos"), {"photos": sent("a.jpg", picture_bytes())})
    assert (answer.status_code, Photo.objects.count()) == (422, 0)


def test_a_photo_is_described_published_and_withdrawn(desk: Client) -> None:
    photo = make_photo(published_at=None, alt_fr="")
    page = reverse("press_desk:photo", args=[photo.pk])
    common = {"credit": photo.credit, "rights": photo.rights}
    assert desk.post(page, {"act": "publish", **common}).status_code == 422
    desk.post(page, {"act": "publish", "alt_fr": "La salle", **common})
    photo.refresh_from_db()
    assert (photo.alt_fr, photo.published_at is not None) == ("La salle", True)
    desk.post(page, {"act": "withdraw"})
    desk.post(page, {"act": "remove"})
    assert Photo.objects.count() == 0


def test_a_communique_is_written_published_under_embargo_taken_back_and_corrected(desk: Client) -> None:
    day = legal_time.today() + timedelta(days=2)
    typed = {"language": "fr", "title": "Titre", "body": "Texte", "embargo_on": day, "embargo_at": "18:00"}
    desk.post(reverse("press_desk:new_communique"), typed)
    release = PressRelease.objects.get()
    assert (release.published_at, release.embargo_at) == (None, time(18))
    page = reverse("press_desk:communique", args=[release.pk])
    desk.post(page, {**typed, "act": "publish"})
    desk.post(page, {"act": "take_back"})
    desk.post(page, {**typed, "embargo_on": "", "embargo_at": "", "act": "publish"})
    desk.post(page, {**typed, "title": "Changé", "act": "save"})
    desk.post(page, {"act": "discard"})
    release.refresh_from_db()
    assert (release.title, release.published_at is not None) == ("Titre", True)
    answer = desk.post(page, {"act": "correct"})
    correction = PressRelease.objects.get(corrects=release)
    assert answer["Location"] == reverse("press_desk:communique", args=[correction.pk])


@pytest.mark.parametrize(
    "typed",
    [
        {"title": "", "body": "Texte"},
        {"title": "Titre", "body": "Texte", "embargo_on": "2030-01-01"},
        {"title": "Titre", "body": "Texte", "document": SimpleUploadedFile("a.pdf", b"PK un .docx")},
    ],
)
def test_what_cannot_be_written_is_asked_again_and_leaves_nothing(
    desk: Client, typed: dict[str, object]
) -> None:
    answer = desk.post(reverse("press_desk:new_communique"), {"language": "fr", **typed})
    assert (answer.status_code, PressRelease.objects.count()) == (422, 0)


def test_a_contact_is_shown_once_it_is_verified_and_reaches_somebody(desk: Client, client: Client) -> None:
    make_tour()
    page = reverse("press_desk:contact", args=["agency"])
    assert desk.post(page, {"verified": "on"}).status_code == 422
    desk.post(page, {"function_fr": "Relations presse", "email": "agence@agence.example"})
    assert Client().get("/fr/presse/").content.decode().count("agence@agence.example") == 0
    desk.post(page, {"function_fr": "Relations presse", "email": "agence@agence.example", "verified": "on"})
    assert PressContact.objects.get(house=House.AGENCY).verified is True
    assert Client().get("/fr/presse/").content.decode().count("mailto:agence@agence.example") == 1


def test_the_press_is_invited_and_accredited_from_the_page_of_the_stop(desk: Client) -> None:
    stop, journalist = make_stop(), make_journalist()
    page = reverse("press_desk:stop", args=[stop.slug])
    desk.post(page, {"act": "invite"})
    desk.post(page, {"act": "invite"})
    assert [campaign.audiences for campaign in Campaign.objects.all()] == [["press"]]
    desk.post(page, {"act": "comes", "journalist": journalist.pk})
    assert Invitation.objects.get().answer == Answer.ACCEPTED
    assert desk.post(page, {"act": "comes", "journalist": "9" * 30}).status_code == 404
    make_journalist(name="=HYPERLINK(1)", outlet="+Le Quotidien")
    desk.post(page, {"act": "comes", "journalist": Journalist.objects.latest("pk").pk})
    table = desk.get(reverse("press_desk:door_table", args=[stop.slug])).content.decode("utf-8-sig")
    assert table.splitlines()[1] == "'+Le Quotidien;'=HYPERLINK(1);;"
    assert journalist.email not in table


def test_a_file_is_read_before_it_is_imported(desk: Client) -> None:
    content = csv_of(
        [["Nom", "Média", "Adresse électronique"], ["Une personne", "Le Quotidien", "a@b.example"]]
    )
    page, origin = reverse("press_desk:import"), {"source": "Agence", "legal_basis": "intérêt légitime"}
    read = desk.post(page, {**origin, "file": SimpleUploadedFile("f.csv", content), "read": "1"})
    assert ("Une personne" in read.content.decode(), Journalist.objects.count()) == (True, 0)
    carried = {name: read.context["form"].data[name] for name in ("content", "seen")}
    desk.post(page, {**origin, **carried, "write": "1"})
    assert [row.name for row in Journalist.objects.all()] == ["Une personne"]


def test_people_are_found_added_corrected_and_erased(desk: Client) -> None:
    typed = {"name": "Rédactrice", "outlet": "Média Atlas", "kind": "web", "language": "fr", "active": "on",
             "email": "A@media.example", "source": "Agence", "legal_basis": "intérêt légitime"}  # fmt: skip
    new = reverse("press_desk:new_journalist")
    desk.post(new, typed)
    assert desk.post(new, typed).status_code == 422
    row = Journalist.objects.get()
    assert row.email == "a@media.example"
    make_journalist(outlet="Autre")
    found = desk.get(reverse("press_desk:file"), {"q": "media atl"}).content.decode()
    assert ("Rédactrice" in found, "Autre" in found) == (True, False)
    page = reverse("press_desk:journalist", args=[row.pk])
    desk.post(page, {**typed, "outlet": "Autre média"})
    row.refresh_from_db()
    assert row.outlet == "Autre média"
    desk.post(page, {"act": "erase"})
    assert Journalist.objects.count() == 1


@pytest.mark.parametrize("many", [1, 3])
@pytest.mark.parametrize(("view", "queries"), [("index", 9), ("file", 4), ("photos", 5), ("stop", 12)])
def test_lists_ask_the_same_few_questions(
    desk: Client, django_assert_num_queries: object, many: int, view: str, queries: int
) -> None:
    stop = make_stop()
    for _ in range(many):
        make_journalist()
        make_photo()
        make_press_release()
    path = reverse(f"press_desk:{view}", args=[stop.slug] if view == "stop" else [])
    with django_assert_num_queries(queries):  # type: ignore[operator]
        desk.get(path)
