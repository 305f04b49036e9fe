"""Importing professionals in the administration: read first, then exactly that."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from professionals.models import Professional
from tests.factories import make_category, make_professional, make_region, make_staff, make_user
from tests.regions.tables import csv_of

pytestmark = pytest.mark.django_db
PAGE = "admin:professionals_professional_import"
TABLE = [
    ["Nom", "Fonction", "Établissement", "Région", "Catégorie", "E-mail"],
    ["Gérante", "Gérante", "Riad", "MA-12", "Hôtel", "a@b.example"],
]
ORIGIN = {"source": "Liste du CRT", "legal_basis": "intérêt légitime"}


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_staff())
    make_region("MA-12")
    make_category()
    return client


def read(staff: Client, table: list[list[str]] = TABLE) -> Any:
    file = SimpleUploadedFile("liste.csv", csv_of(table))
    return staff.post(reverse(PAGE), {"file": file, **ORIGIN, "read": "1"})


def press_import(staff: Client, shown: Any) -> Any:
    carried = {name: shown.context["form"][name].value() for name in ("content", "seen")}
    return staff.post(reverse(PAGE), {**carried, **ORIGIN, "write": "1"})


def test_a_file_is_read_first_and_imported_on_a_second_press(staff: Client) -> None:
    shown = read(staff)
    assert (dict(shown.context["counts"])["à créer"], Professional.objects.count()) == (1, 0)
    assert press_import(staff, shown).status_code == 302
    assert Professional.objects.get().source == "Liste du CRT"
    again = read(staff)
    assert (again.context["rows"], again.context["same"]) == ([], [2])


def test_what_changed_since_it_was_read_is_shown_again_and_not_written(staff: Client) -> None:
    press_import(staff, read(staff))
    shown = read(staff, [TABLE[0], [TABLE[1][0], "Directrice", *TABLE[1][2:]]])
    Professional.objects.update(function="Cheffe")
    again = press_import(staff, shown)
    assert Professional.objects.get().function == "Cheffe"
    assert [row.told for row in again.context["rows"]] == [[("fonction", "Cheffe", "Directrice")]]
    assert press_import(staff, again).status_code == 302
    assert Professional.objects.get().function == "Directrice"


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_page_says_row_by_row_what_would_happen(staff: Client, language: str) -> None:
    press_import(staff, read(staff))
    staff.cookies["django_language"] = language
    rows = [
        TABLE[0],
        [TABLE[1][0], "Directrice", *TABLE[1][2:]],
        ["Guide", "", "Riad", "MA-12", "Hôtel", "c@d.example"],
        ["Sans adresse", "", "Riad", "MA-12", "Hôtel", ""],
    ]
    page = read(staff, rows).content.decode()
    assert [page.count(text) for text in ("Directrice", "Gérante »", "Sans adresse", 'name="write"')][2:] == [
        1,
        0,
    ]
    assert ("style=" in page, "<script>" in page) == (False, False)


def test_a_row_that_changes_nothing_shows_what_somebody_wrote_otherwise(staff: Client) -> None:
    make_professional(name="Gérante", email="a@b.example", function="Directrice")
    shown = read(staff)
    assert ([row.number for row in shown.context["rows"]], shown.context["same"]) == ([2], [])
    assert "Rien ne change" in shown.text
    assert "fonction (Gérante)" in shown.text


def test_importing_and_exporting_need_their_rights(client: Client) -> None:
    client.force_login(make_user(is_staff=True))
    for name in ("import", "export_csv", "export_xlsx"):
        assert client.get(reverse(f"admin:professionals_professional_{name}")).status_code == 403
