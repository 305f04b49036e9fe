"""Files of the agenda over HTTP: types, names, revalidation, and that only what was released is in them."""

import io
import itertools
import sys
import time
from email.message import Message
from pathlib import Path
from typing import Any

import icalendar
import openpyxl
import pypdfium2
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from meetings import agenda, downloads, handing_out, lifecycle, printing, releases
from meetings.models import House, Stop, Visibility
from onmt_tour import public_pages
from outbox import stopping
from tests.factories import make_meeting, make_staff, make_stop, make_tour

pytestmark = pytest.mark.django_db

KINDS = ["pdf", "ics", "csv", "xlsx", "json"]
LANGUAGES = ["fr", "ar", "en"]
REAL_PATIENCE = handing_out.PATIENCE
EVERY = list(itertools.product(KINDS, LANGUAGES))
STOP = "etapes/dakhla-oued-ed-dahab"


@pytest.fixture(autouse=True)
def _own_documents(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DOCUMENT_DIR = tmp_path / "documents"
    monkeypatch.setattr(handing_out, "PATIENCE", 60.0)  # a busy machine is not what is tested


def words(kind: str, content: bytes) -> str:
    """What a reader finds in the file, whatever breaks its lines."""
    if kind == "pdf":
        with pypdfium2.PdfDocument(io.BytesIO(content)) as pdf:
            return "\n".join(page.get_textpage().get_text_bounded() for page in pdf)
    if kind == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(content))
        return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    return content.decode().replace("\r\n ", "")


@pytest.mark.parametrize(
    ("kind", "type_"),
    [
        ("pdf", "application/pdf"),
        ("ics", "text/calendar; charset=utf-8"),
        ("csv", "text/csv; charset=utf-8; header=present"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("json", "application/json"),
    ],
)
@pytest.mark.parametrize("folder", ["agenda", STOP])
def test_a_file_has_its_type_and_may_be_kept_but_is_asked_after(
    client: Client, kind: str, type_: str, folder: str
):
    make_stop()
    client.force_login(make_staff())
    answer = client.get(f"/fr/{folder}/agenda.{kind}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == type_
    assert answer["Cache-Control"] == "public, no-cache"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["ETag"].startswith('W/"')
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")


@pytest.mark.parametrize(
    ("address", "plain", "name"),
    [
        ("/fr/agenda/agenda.csv", "agenda-tournee-fr.csv", "Agenda – Tournée régionale.csv"),
        (f"/en/{STOP}/agenda.ics", "agenda-dakhla-oued-ed-dahab-en.ics", "Dakhla-Oued Ed-Dahab.ics"),
        (f"/ar/{STOP}/agenda.json", "agenda-dakhla-oued-ed-dahab-ar.json", "الداخلة-وادي الذهب.json"),
    ],
)
def test_a_file_has_a_name_in_ascii_and_one_in_the_readers_letters(
    client: Client, address: str, plain: str, name: str
):
    make_stop()
    header = client.get(address)["Content-Disposition"]
    assert header.isascii()
    assert f'attachment; filename="{plain}"; ' in header
    parsed = Message()
    parsed["Content-Disposition"] = header.replace(f'filename="{plain}"; ', "")
    assert (parsed.get_filename() or "").endswith(name)


@pytest.mark.parametrize(("kind", "language"), EVERY)
@pytest.mark.parametrize("folder", ["agenda", STOP])
def test_who_has_the_file_already_gets_304(client: Client, kind: str, language: str, folder: str):
    make_stop()
    address = f"/{language}/{folder}/agenda.{kind}"
    first = client.get(address)
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (again["ETag"], again["Cache-Control"]) == (first["ETag"], first["Cache-Control"])


def test_languages_kinds_and_subjects_are_never_taken_for_one_another(client: Client):
    make_stop()
    tags = [
        client.get(f"/{language}/{folder}/agenda.{kind}")["ETag"]
        for kind, language in EVERY
        for folder in ("agenda", STOP)
    ]
    assert len(set(tags)) == len(EVERY) * 2


@pytest.mark.parametrize(("kind", "language"), EVERY)
@pytest.mark.parametrize("folder", ["agenda", STOP])
def test_the_very_next_request_after_a_release_shows_it(
    client: Client, kind: str, language: str, folder: str
):
    stop = make_stop()
    address = f"/{language}/{folder}/agenda.{kind}"
    tag = client.get(address)["ETag"]
    Stop.objects.filter(pk=stop.pk).update(contact_email="nouveau@portal.example")
    assert client.get(address, headers={"if-none-match": tag}).status_code == 304
    releases.release_changes(stop, by=None)
    after = client.get(address, headers={"if-none-match": tag})
    assert after.status_code == 200
    assert "nouveau@portal.example" in words(kind, after.content)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("pdf", "Annulée"),
        ("ics", "STATUS:CANCELLED"),
        ("csv", ";Annulée;"),
        ("xlsx", "\nAnnulée\n"),
        ("json", '"cancelled"'),
    ],
)
@pytest.mark.parametrize("folder", ["agenda", STOP])
def test_the_very_next_request_after_a_cancellation_says_so(
    client: Client, kind: str, said: str, folder: str
):
    stop = make_stop()
    address = f"/fr/{folder}/agenda.{kind}"
    before = client.get(address)
    assert said not in words(kind, before.content)
    lifecycle.cancel(stop, by=None)
    after = client.get(address, headers={"if-none-match": before["ETag"]})
    assert said in words(kind, after.content)


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_nothing_but_what_was_released_to_everybody_is_in_a_file(client: Client, kind: str, language: str):
    secret: dict[str, Any] = {f"{field}_{each}": "Zzsecret" for field in ("title",) for each in LANGUAGES}
    stop = make_stop(published=False)
    make_meeting(stop, visibility=Visibility.INVITED, room="Zzsecret", **secret)
    make_meeting(stop, visibility=Visibility.REGISTERED, **secret)
    stop.notes = "Zzsecret"
    stop.save(update_fields=["notes"])
    releases.publish(stop, by=None)
    make_meeting(stop, **secret)  # public one day, not released
    Stop.objects.filter(pk=stop.pk).update(intro_fr="Zzsecret", intro_ar="Zzsecret", intro_en="Zzsecret")
    make_stop(region="MA-11", published=False, city_fr="Zzsecret", city_ar="Zzsecret", city_en="Zzsecret")
    for folder in ("agenda", STOP):
        answer = client.get(f"/{language}/{folder}/agenda.{kind}")
        assert answer.status_code == 200
        found = words(kind, answer.content)
        assert "secretariat@portal.example" in found
        assert "Zzsecret" not in found


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_answers_like_no_stop_at_all(client: Client, kind: str):
    make_tour()
    make_stop(published=False)
    draft = client.get(f"/fr/{STOP}/agenda.{kind}")
    nothing = client.get(f"/fr/etapes/nulle-part/agenda.{kind}")
    assert (draft.status_code, nothing.status_code) == (404, 404)


@pytest.mark.parametrize("kind", KINDS)
def test_a_tour_without_released_stops_has_its_files_all_the_same(client: Client, kind: str):
    make_tour()
    assert client.get(f"/ar/agenda/agenda.{kind}").status_code == 200


def test_without_a_current_tour_there_is_nothing_to_take_away(client: Client):
    assert client.get("/fr/agenda/agenda.pdf").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_feed_is_the_tours_alone_and_read_in_place(client: Client, language: str):
    stop = make_stop()
    answer = client.get(f"/{language}/agenda/agenda.atom")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert answer["Content-Disposition"].startswith(f'inline; filename="agenda-tournee-{language}.atom"')
    assert client.get(f"/{language}/{STOP}/agenda.atom").status_code == 404
    tag = {"if-none-match": answer["ETag"]}
    assert client.get(f"/{language}/agenda/agenda.atom", headers=tag).status_code == 304
    lifecycle.cancel(stop, by=None)
    after = client.get(f"/{language}/agenda/agenda.atom", headers=tag)
    assert (after.status_code, after.content.count(b"<entry>")) == (200, 2)


@pytest.mark.parametrize("codes", [["MA-12"], [f"MA-{number:02}" for number in range(1, 13)]])
def test_the_feed_costs_five_queries_the_first_time_and_two_later(client: Client, codes: list[str]):
    for code in codes:
        make_stop(region=code)
    with CaptureQueriesContext(connection) as first:
        client.get("/fr/agenda/agenda.atom")
    public_pages.forget()
    with CaptureQueriesContext(connection) as again:
        client.get("/fr/agenda/agenda.atom")
    assert (len(first), len(again)) == (5, 2)


@pytest.mark.parametrize(
    ("address", "name", "source", "page"),
    [
        ("/fr/agenda/agenda.ics", "Tournée régionale", "/fr/agenda/agenda.ics", "/fr/agenda/"),
        (
            f"/ar/{STOP}/agenda.ics",
            "الداخلة-وادي الذهب – الجولة الجهوية",
            f"/ar/{STOP}/agenda.ics",
            f"/ar/{STOP}/",
        ),
    ],
)
def test_a_calendar_says_where_it_is_read_again(
    client: Client, address: str, name: str, source: str, page: str
):
    make_stop()
    file = icalendar.Calendar.from_ical(client.get(address).content)
    assert str(file["NAME"]) == name
    assert str(file["SOURCE"]) == f"http://localhost:8000{source}"
    assert str(file["URL"]) == f"http://localhost:8000{page}"


def test_other_endings_and_other_methods_are_refused(client: Client):
    make_stop()
    assert client.get("/fr/agenda/agenda.exe").status_code == 404
    assert client.get(f"/fr/{STOP}/agenda.xml").status_code == 404
    assert client.post("/fr/agenda/agenda.csv").status_code == 405


def test_head_answers_like_get_without_the_file(client: Client):
    make_stop()
    got, asked = client.get("/fr/agenda/agenda.csv"), client.head("/fr/agenda/agenda.csv")
    assert (asked.status_code, asked.content) == (200, b"")
    for name in ("ETag", "Content-Type", "Content-Disposition"):
        assert asked[name] == got[name]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("codes", [["MA-12"], [f"MA-{number:02}" for number in range(1, 13)]])
@pytest.mark.parametrize("folder", ["agenda", STOP])
def test_a_file_costs_at_most_five_queries_the_first_time_and_two_later(
    client: Client, kind: str, codes: list[str], folder: str
):
    for code in codes:
        make_stop(region=code)
    address = f"/fr/{folder}/agenda.{kind}"
    with CaptureQueriesContext(connection) as first:
        answer = client.get(address)
    public_pages.forget()
    with CaptureQueriesContext(connection) as again:
        client.get(address)
    public_pages.forget()
    with CaptureQueriesContext(connection) as unchanged:
        client.get(address, headers={"if-none-match": answer["ETag"]})
    compares = kind == "pdf" and folder == "agenda" and len(codes) > 1  # with the version before
    assert (len(first), len(again), len(unchanged)) == (5 if compares else 4, 2, 2)


def test_a_file_made_after_another_release_than_it_was_asked_for_has_the_key_of_what_it_says(
    client: Client, monkeypatch: pytest.MonkeyPatch
):
    """Released between the look at the states and the reading: the answer is new, and so is its tag."""
    stop = make_stop()
    real, before = agenda.states, client.get("/fr/agenda/agenda.json")["ETag"]

    def then_release(*args: Any) -> Any:
        found = real(*args)
        Stop.objects.filter(pk=stop.pk).update(contact_email="nouveau@portal.example")
        releases.release_changes(stop, by=None)
        return found

    downloads.kept.files.clear()
    public_pages.forget()
    monkeypatch.setattr(agenda, "states", then_release)
    raced = client.get("/fr/agenda/agenda.json")
    monkeypatch.undo()
    after = client.get("/fr/agenda/agenda.json")
    assert "nouveau" in raced.content.decode()
    assert before != raced["ETag"] == after["ETag"]


def test_a_process_keeps_no_more_than_its_room(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(downloads.Kept, "ROOM", 10)
    kept = downloads.Kept()
    for key in "abc":
        kept.add(handing_out.File(key=key, content=b"1234", content_type=""))
        kept.get("a")
    assert set(kept.files) == {"a", "c"}  # "b" was not asked for


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pdf_in_the_making_says_when_to_come_back(
    client: Client, monkeypatch: pytest.MonkeyPatch, language: str
):
    make_stop()

    def too_slow(*args: Any, **kwargs: Any) -> bytes:
        raise printing.NotReady

    monkeypatch.setattr(printing, "document", too_slow)
    answer = client.get(f"/{language}/agenda/agenda.pdf")
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "5", "no-store")
    assert "ETag" not in answer
    with translation.override(language):
        assert translation.gettext("Document en préparation") in answer.content.decode()


def test_documents_prepared_after_a_release_are_not_made_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
):
    make_stop()
    downloads.prepare()

    def begin(*args: Any) -> None:
        raise AssertionError("made again")

    monkeypatch.setattr(printing, "_begin", begin)
    for language in LANGUAGES:
        for folder in ("agenda", STOP):
            for kind in downloads.MADE_APART:
                assert client.get(f"/{language}/{folder}/agenda.{kind}").status_code == 200


def test_a_worker_told_to_stop_begins_no_other_document(monkeypatch: pytest.MonkeyPatch):
    make_stop()
    made: list[str] = []

    def make(key: str, *words: Any, **patience: Any) -> bytes:
        made.append(key)
        return b"%PDF"

    monkeypatch.setattr(printing, "document", make)
    monkeypatch.setattr(stopping, "told", lambda: len(made) == 2)
    downloads.prepare()
    assert len(made) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_agenda_page_offers_every_file_the_feed_and_the_subscription(client: Client, language: str):
    make_stop()
    page = client.get(f"/{language}/agenda/").content.decode()
    here = f"/{language}/agenda/agenda"
    for kind in downloads.CONTENT_TYPES:
        assert f'<a href="{here}.{kind}">' in page
    assert f'<a href="webcal://localhost:8000{here}.ics">' in page
    assert '<link rel="alternate" type="application/atom+xml"' in page
    stop = client.get(f"/{language}/{STOP}/").content.decode()
    for kind in KINDS:
        assert f'<a href="agenda.{kind}">' in stop


def test_a_reader_waits_no_longer_than_five_seconds(client: Client, monkeypatch: pytest.MonkeyPatch):
    """The typesetter hangs: the answer comes all the same, and says when to ask again."""
    assert REAL_PATIENCE == 5
    make_stop()
    monkeypatch.setattr(handing_out, "PATIENCE", 0.5)
    monkeypatch.setattr(printing, "TYPESETTER", [sys.executable, "-c", "import time; time.sleep(20)"])
    began = time.monotonic()
    answer = client.get("/fr/agenda/agenda.pdf")
    assert time.monotonic() - began < 20 - 0.5  # the typesetter was not waited for
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_another_press_contact_is_in_the_next_pdf_of_tour_and_stop(client: Client):
    """The contacts are read live: no release says that they changed."""
    stop = make_stop()
    contact = stop.tour.press_contacts.get(house=House.ONMT)
    contact.verified, contact.phone = True, "+212600000001"
    contact.save(update_fields=["verified", "phone"])
    for folder in ("agenda", STOP):
        first = client.get(f"/fr/{folder}/agenda.pdf")
        assert words("pdf", first.content).count("+212\xa06\xa000\xa000\xa000\xa001") == 1
    contact.phone = "+212600000002"
    contact.save(update_fields=["phone"])
    for folder in ("agenda", STOP):
        said = words("pdf", client.get(f"/fr/{folder}/agenda.pdf").content)
        assert [said.count(f"+212\xa06\xa000\xa000\xa000\xa00{last}") for last in (1, 2)] == [0, 1]
