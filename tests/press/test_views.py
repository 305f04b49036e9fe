"""The press room as everybody reads it."""

import io
import re
import zipfile
from datetime import time, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from meetings import lifecycle, releases
from meetings.models import MeetingKind, PressContact
from press import bundle, files, room
from tests.factories import make_meeting, make_press_contact, make_stop, make_tour, make_venue, next_thursday
from tests.press.rows import make_photo, make_press_release

pytestmark = pytest.mark.django_db


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.parametrize("many", [1, 3])
def test_the_room_asks_the_same_few_questions(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, many: int
) -> None:
    for number in range(many):
        make_stop(region=f"MA-{12 - number:02}", date=next_thursday() + timedelta(weeks=number))
        make_press_release(corrects=make_press_release())
        make_photo()
    with django_assert_num_queries(5):
        client.get("/fr/presse/")


def test_communique_and_notice_ask_few_questions(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    stop, release = make_stop(), make_press_release()
    with django_assert_num_queries(2):
        client.get(f"/fr/presse/communiques/{release.pk}/")
    with django_assert_num_queries(2):
        client.get(f"/fr/etapes/{stop.slug}/avis-de-presse/")


def test_a_correction_and_what_it_corrects_lead_to_each_other_in_plain_sight(client: Client) -> None:
    release = make_press_release(title="Neuf heures")
    correction = make_press_release(title="Dix heures", corrects=release)
    page = read(client, "/fr/presse/")
    assert (page.count(">Rectificatif</span>"), page.count(">Rectifié</span>")) == (1, 1)
    corrected = read(client, f"/fr/presse/communiques/{release.pk}/")
    assert corrected.count(f'href="/fr/presse/communiques/{correction.pk}/"') == 1
    assert "Ce communiqué a été rectifié." in corrected
    correcting = read(client, f"/fr/presse/communiques/{correction.pk}/")
    assert correcting.count(f'href="/fr/presse/communiques/{release.pk}/"') == 1


def test_a_communique_in_another_language_is_marked_as_such(client: Client) -> None:
    release = make_press_release(language="ar", title="بلاغ")
    page = read(client, f"/fr/presse/communiques/{release.pk}/")
    assert page.count('<h1 lang="ar" dir="rtl">بلاغ</h1>') == 1


def test_contacts_that_nobody_verified_are_not_known_yet_and_never_made_up(client: Client) -> None:
    tour = make_tour()
    PressContact.objects.update(verified=False)
    make_press_contact(tour, house="agency", email="agence@agence.example", verified=False)
    page = read(client, "/fr/presse/")
    assert (page.count("Pas encore connu."), page.count("mailto:")) == (2, 0)
    PressContact.objects.update(verified=True)
    assert re.findall(r'mailto:([^"]+)', read(client, "/fr/presse/")) == [
        "presse@portal.example", "agence@agence.example",
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["", "agenda/", "regions/", "etapes/dakhla-oued-ed-dahab/"])
def test_contacts_stand_at_the_foot_of_the_pages(client: Client, path: str) -> None:
    make_stop()
    foot = read(client, f"/fr/{path}").partition('<footer class="foot">')[2]
    assert (foot.count("presse@portal.example"), foot.count("Pas encore connu.")) == (2, 1)


def test_files_are_typed_by_us_checked_and_revalidated(client: Client) -> None:
    photo = make_photo()
    first = client.get(f"/fr/presse/photos/{photo.pk}.jpg")
    assert (first["Content-Type"], first["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert b"".join(first) == files.path(photo.file).read_bytes()
    again = client.get(f"/fr/presse/photos/{photo.pk}.jpg", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again["ETag"]) == (304, first["ETag"])
    room.Photo.objects.update(published_at=None)
    gone = client.get(f"/fr/presse/photos/{photo.pk}.jpg", headers={"if-none-match": first["ETag"]})
    assert gone.status_code == 404


def test_the_archive_has_all_that_is_public_and_says_whose_it_is(client: Client) -> None:
    release = make_press_release(title="Neuf heures", document=files.save(b"%PDF-1.7", "pdf"))
    make_press_release(title="Dix heures", corrects=release)
    photo = make_photo(alt_ar="القاعة")
    make_photo(published_at=None)
    answer = client.get("/ar/presse/tout.zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert [name.partition("/")[0] for name in names] == ["communiques"] * 3 + ["photos"] * 2
        assert archive.read(f"photos/{photo.pk}.jpg") == files.path(photo.file).read_bytes()
        assert "القاعة" in archive.read("photos/credits.txt").decode("utf-8-sig")
        corrected = next(name for name in names if name.endswith(f"-{release.pk}-fr.txt"))
        words = archive.read(corrected).decode("utf-8-sig")
        assert "ce communiqué a été rectifié par «\u202fDix heures\u202f»" in words.replace("\xa0", "\u202f")
    again = client.get("/ar/presse/tout.zip", headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304


def test_the_archive_is_written_piece_by_piece() -> None:
    """No piece is larger than what is read of a file at once, and a little."""
    photo = make_photo()
    files.path(photo.file).write_bytes(b"x" * 1_000_000)
    pieces = list(bundle.archive(bundle.parts([], [photo], "fr")))
    assert max(map(len, pieces)) < 70_000
    assert sum(map(len, pieces)) > 1_000_000


def test_an_archive_of_nothing_is_not_there(client: Client) -> None:
    assert client.get("/fr/presse/tout.zip").status_code == 404
    assert "tout.zip" not in read(client, "/fr/presse/")


def test_a_draft_has_no_notice(client: Client) -> None:
    stop = make_stop(published=False)
    for path in ("avis-de-presse/", "avis-de-presse.pdf"):
        assert client.get(f"/fr/etapes/{stop.slug}/{path}").status_code == 404


def test_the_notice_says_what_when_where_who_and_the_hour_of_the_press_point(client: Client) -> None:
    stop = make_stop(
        published=False, venue=make_venue(name_fr="Palais"), speakers_fr="Wali\nDirecteur général"
    )
    make_meeting(
        stop,
        kind=MeetingKind.PRESS,
        starts=time(12, 30),
        ends=time(13),
        title_fr="Point presse",
        room="Salon",
    )
    releases.publish(stop, by=None)
    page = read(client, f"/fr/etapes/{stop.slug}/avis-de-presse/")
    for words in (
        "Palais",
        "<p>Wali</p><p>Directeur général</p>",
        "de 12h30 à 13h00",
        "Salon",
        "carte de presse",
    ):
        assert words in page
    assert "secretariat@portal.example" in page


def test_what_is_not_known_yet_of_a_stop_is_said_to_be_so(client: Client) -> None:
    stop = make_stop(venue=None)
    page = read(client, f"/fr/etapes/{stop.slug}/avis-de-presse/")
    for words in (
        "Le lieu sera annoncé dès sa confirmation.",
        "L’heure du point presse n’est pas encore connue.",
        "Les intervenants seront précisés.",
    ):
        assert words in page


def test_the_notice_of_a_stop_called_off_says_so_and_promises_nothing(client: Client) -> None:
    stop = make_stop()
    lifecycle.cancel(stop, by=None)
    page = read(client, f"/fr/etapes/{stop.slug}/avis-de-presse/")
    assert ("Annulée" in page, "<s>" in page, "Accréditation" in page) == (True, True, False)
