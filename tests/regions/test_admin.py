"""The regions in the administration: lists ask a constant number of questions, forms save little."""

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry
from regions import reference, table_upload
from regions.models import (
    Airport,
    Body,
    Council,
    Holiday,
    LegalCategory,
    Market,
    Official,
    Region,
    Strength,
)
from tests.admin_pages import filled_in
from tests.factories import make_official, make_region, make_staff, make_user
from tests.regions.tables import csv_of

CODES = ("MA-12", "MA-11", "MA-10")


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_staff())
    return client


def region(code: str) -> None:
    row = make_region(code)
    Council.objects.create(region=row, name_fr=f"CRT {code}", status="verified")


def airport(code: str) -> None:
    Airport.objects.create(region=make_region(code), iata=code[-3:], name="x", verified=True)


def category(code: str) -> None:
    LegalCategory.objects.create(
        code=code.lower(), group="x", group_name_fr="x", name_fr=code, position=int(code[-2:])
    )


MAKERS: dict[str, Callable[[str], Any]] = {
    "region": region,
    "council": region,
    "airport": airport,
    "official": lambda code: make_official(region=make_region(code), body=Body.CRT),
    "market": lambda code: Market.objects.create(
        code=code, name_fr=code, name_ar=code, name_en=code, tier="main", verified=True
    ),
    "legalcategory": category,
    "holiday": lambda code: Holiday.objects.create(
        day=date(2027, 1, int(code[-2:])), name_fr=code, name_ar=code, name_en=code
    ),
    "strength": lambda code: Strength.objects.create(
        code=code.lower(), name_fr=code, name_ar=code, name_en=code
    ),
}
# Session, user, the rows twice counted, the rows; the dates of a hierarchy, the choices of a filter.
QUERIES = {
    "region": 6,
    "council": 5,
    "airport": 6,
    "official": 6,
    "market": 5,
    "legalcategory": 6,
    "holiday": 7,
    "strength": 5,
}


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("model", MAKERS)
def test_a_list_asks_as_many_questions_whatever_its_length(
    model: str, rows: int, language: str, staff: Client
) -> None:
    for code in CODES[:rows]:
        MAKERS[model](code)
    staff.cookies["django_language"] = language
    with CaptureQueriesContext(connection) as asked:
        page = staff.get(reverse(f"admin:regions_{model}_changelist"))
    assert f'<html lang="{language}"' in page.content.decode()
    assert page.context["cl"].result_count == rows
    assert len(asked) == QUERIES[model], [query["sql"] for query in asked]


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_a_region_with_its_provinces_asks_a_constant_number_of_questions(rows: int, staff: Client) -> None:
    reference.load()
    kept = Region.objects.get(code="MA-01")
    for province in list(kept.provinces.all())[rows:]:
        province.delete()
    address = reverse("admin:regions_region_change", args=[kept.pk])
    staff.get(address)  # content types are remembered after the first page
    with CaptureQueriesContext(connection) as asked:
        assert staff.get(address).status_code == 200
    assert len(asked) == 8, [query["sql"] for query in asked]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("fes", "MA-03"),
        ("Laayoune", "MA-11"),
        ("الداخلة", "MA-12"),
        ("Oued Eddahab", "MA-12"),
        ("zagora", "MA-08"),
    ],
)
def test_regions_are_found_without_accents_by_any_name_and_by_their_provinces(
    typed: str, found: str, staff: Client
) -> None:
    reference.load()
    page = staff.get(reverse("admin:regions_region_changelist"), {"q": typed})
    assert [row.code for row in page.context["cl"].result_list] == [found]


@pytest.mark.django_db
def test_officials_are_filtered_by_region_and_institution(staff: Client) -> None:
    wanted = make_official(body=Body.WILAYA, function_fr="Gouverneur")
    make_official(body=Body.CRT)
    make_official(region=make_region("MA-11"), body=Body.WILAYA)
    answer = staff.get(
        reverse("admin:regions_official_changelist"),
        {"region__id__exact": str(wanted.region_id), "body__exact": "wilaya", "q": "GOUVERNEUR"},
    )
    assert list(answer.context["cl"].result_list) == [wanted]


def carried(form: forms.BaseForm) -> dict[str, Any]:
    """What a browser sends back of a form that nobody touched."""
    sent = {form.add_prefix(name): form[name].value() or "" for name in form.fields}
    hidden = (name for name, field in form.fields.items() if field.show_hidden_initial)
    return sent | {form.add_initial_prefix(name): form[name].value() for name in hidden}


def shown(client: Client, address: str) -> dict[str, Any]:
    return carried(client.get(address).context["adminform"].form)


@pytest.mark.django_db
def test_a_form_saves_what_was_changed_and_says_so_in_the_journal(staff: Client) -> None:
    official = make_official(function_fr="Président", email="avant@crt.example")
    address = reverse("admin:regions_official_change", args=[official.pk])
    typed = {**shown(staff, address), "function_fr": "Présidente"}
    with CaptureQueriesContext(connection) as asked:
        assert staff.post(address, typed).status_code == 302
    writes = [query["sql"] for query in asked if query["sql"].startswith("UPDATE")]
    assert [sql.split(" WHERE")[0] for sql in writes] == [
        """UPDATE "regions_official" SET "function_fr" = 'Présidente'"""
    ]
    assert list(AuditEntry.objects.values_list("verb", "target", "fields")) == [
        ("changed", f"official:{official.pk}", ["function_fr"])
    ]


@pytest.mark.django_db
def test_a_form_that_is_stale_is_refused_with_the_difference(staff: Client) -> None:
    official = make_official(function_fr="Président", email="avant@crt.example")
    address = reverse("admin:regions_official_change", args=[official.pk])
    typed = {**shown(staff, address), "function_fr": "Présidente"}
    Official.objects.filter(pk=official.pk).update(email="apres@crt.example")
    answer = staff.post(address, typed)
    assert list(answer.context["adminform"].form.non_field_errors())[1:] == [
        "Adresse électronique : maintenant « apres@crt.example », dans votre page « avant@crt.example »."
    ]
    official.refresh_from_db()
    assert (official.function_fr, official.email) == ("Président", "apres@crt.example")


@pytest.mark.django_db
def test_every_form_of_the_regions_opens_and_saves_unchanged(staff: Client) -> None:
    reference.load()
    make_official()
    for model in (Airport, Council, Holiday, LegalCategory, Market, Official, Strength):
        row = model._default_manager.order_by("pk").first()
        assert row is not None
        address = reverse(f"admin:regions_{model._meta.model_name}_change", args=[row.pk])
        assert staff.post(address, shown(staff, address)).status_code == 302, model
    assert AuditEntry.objects.count() == 0


@pytest.mark.django_db
def test_a_region_is_corrected_together_with_its_council(staff: Client) -> None:
    reference.load()
    row = Region.objects.get(code="MA-12")
    address = reverse("admin:regions_region_change", args=[row.pk])
    page = staff.get(address).context
    typed = carried(page["adminform"].form)
    for inline in page["inline_admin_formsets"]:
        for form in (inline.formset.management_form, *inline.formset.forms):
            typed |= carried(form)
    typed |= {"population_2024": "219966", "council-0-seat": "Dakhla-centre"}
    assert staff.post(address, typed).status_code == 302
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", "target", "fields")) == [
        ("changed", f"region:{row.pk}", ["population_2024"]),
        ("changed", f"council:{row.council.pk}", ["seat"]),
    ]


@pytest.mark.django_db
def test_the_twelve_regions_are_neither_added_nor_removed(staff: Client) -> None:
    reference.load()
    row = Region.objects.first()
    assert row is not None
    assert staff.get(reverse("admin:regions_region_add")).status_code == 403
    assert staff.post(reverse("admin:regions_region_delete", args=[row.pk])).status_code == 403


IMPORT = "admin:regions_official_import"
TABLE = [["Institution", "Fonction", "Région"], ["CRT", "Président(e) du CRT", "MA-12"]]
ORIGIN = {"source": "Liste du CRT", "legal_basis": "mission de service public"}


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("responsables.csv", content)


@pytest.mark.django_db
def test_a_file_is_read_first_and_imported_on_a_second_press(staff: Client) -> None:
    make_region()
    answer = staff.post(reverse(IMPORT), {"file": upload(csv_of(TABLE)), **ORIGIN, "read": "1"})
    assert answer.context["counts"] == [
        ("à créer", 1),
        ("à mettre à jour", 0),
        ("inchangés", 0),
        ("à corriger", 0),
    ]
    assert Official.objects.count() == 0
    carried = answer.context["form"]["content"].value()
    assert table_upload.unpacked(carried) == csv_of(TABLE)
    seen = answer.context["form"]["seen"].value()
    sent = {"content": carried, "seen": seen, **ORIGIN, "write": "1"}
    done = staff.post(reverse(IMPORT), sent, follow=True)
    assert [str(message) for message in done.context["messages"]] == ["1 responsable créé, 0 mis à jour."]
    assert Official.objects.get().function_fr == "Président(e) du CRT"


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["row", "origin", "file", "unseen"])
def test_only_what_was_shown_is_imported(staff: Client, change: str) -> None:
    region = make_region()
    kept = make_official(region=region, function_fr="Président(e) du CRT", name="", email="", protocol_rank=3)
    table = [[*TABLE[0], "Rang"], [*TABLE[1], "7"]]
    shown = staff.post(reverse(IMPORT), {"file": upload(csv_of(table)), **ORIGIN, "read": "1"})
    sent = {name: shown.context["form"][name].value() for name in ("content", "seen")}
    sent |= {**ORIGIN, "write": "1"}
    if change == "row":
        Official.objects.filter(pk=kept.pk).update(protocol_rank=4)
    elif change == "origin":
        sent["source"] = "Une autre liste"
    elif change == "file":
        sent["file"] = upload(csv_of([*table, ["CNT", "Délégué", "", "8"]]))
    else:
        del sent["seen"]
    again = staff.post(reverse(IMPORT), sent)
    assert [str(words) for words in again.context["messages"]] == [
        "Ce n’est plus ce que vous avez lu : voici ce qui se passerait maintenant."
    ]
    assert Official.objects.get().protocol_rank == (4 if change == "row" else 3)
    sent = {
        name: again.context["form"][name].value() for name in ("content", "seen", "source", "legal_basis")
    }
    assert staff.post(reverse(IMPORT), sent | {"write": "1"}).status_code == 302
    assert Official.objects.get(pk=kept.pk).protocol_rank == 7


@pytest.mark.django_db
def test_a_file_with_a_wrong_row_offers_no_import(staff: Client) -> None:
    wrong = csv_of([*TABLE, ["Syndicat", "x", ""]])
    for button in ("read", "write"):
        answer = staff.post(reverse(IMPORT), {"file": upload(wrong), **ORIGIN, button: "1"})
        page = answer.content.decode()
        assert (page.count('name="write"'), page.count("« Syndicat » n’est pas l’une de")) == (0, 1)
    assert Official.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choisissez un fichier."),
        ({"content": "###"}, "Choisissez le fichier de nouveau."),
        ({"content": "ééé"}, "Choisissez le fichier de nouveau."),
        ({"file": b"PK\x03\x04 abc"}, "Ce classeur est abîmé ou n’est pas un fichier .xlsx."),
        ({"file": b"nom\n" + b"a" * 4_000_000}, "Ce fichier dépasse 4 Mo."),
        ({"file": random.Random(1).randbytes(1_900_000)}, "Ce fichier est trop volumineux : partagez-le."),
        ({"content": table_upload.packed(b"nom")[:8]}, "Choisissez le fichier de nouveau."),
    ],
)
def test_what_cannot_be_read_is_said_on_the_page(sent: dict[str, Any], sentence: str, staff: Client) -> None:
    files = {name: upload(value) for name, value in sent.items() if isinstance(value, bytes)}
    answer = staff.post(reverse(IMPORT), {**sent, **files, **ORIGIN, "read": "1"})
    assert sentence in [error for errors in answer.context["form"].errors.values() for error in errors]


@pytest.mark.django_db
def test_importing_needs_the_right_to_add_and_to_change(client: Client) -> None:
    client.force_login(make_user(is_staff=True))
    assert client.get(reverse(IMPORT)).status_code == 403


@pytest.mark.django_db
def test_the_import_page_speaks_arabic_without_inline_style(staff: Client) -> None:
    make_region()
    staff.cookies["django_language"] = "ar"
    page = staff.post(reverse(IMPORT), {"file": upload(csv_of(TABLE)), **ORIGIN}).content.decode()
    assert '<html lang="ar" dir="rtl"' in page
    assert ("style=" in page, "<script>" in page, "onclick" in page) == (False, False, False)


@pytest.mark.django_db
def test_no_page_of_the_regions_lets_the_database_convert_a_zone(staff: Client) -> None:
    call_command("load_reference", verbosity=0)
    make_official()
    with CaptureQueriesContext(connection) as asked:
        for model in MAKERS:
            assert staff.get(reverse(f"admin:regions_{model}_changelist"), {"q": "a"}).status_code == 200
        staff.get(reverse("admin:regions_holiday_changelist"), {"day__year": "2027", "day__month": "1"})
    assert [query["sql"] for query in asked if "AT TIME ZONE" in query["sql"].upper()] == []


@pytest.mark.django_db
def test_what_a_region_is_seen_for_is_typed_a_line_each(staff: Client) -> None:
    row = make_region("MA-12", highlights_fr=["Baie de Dakhla", "Dune Blanche"])
    page = reverse("admin:regions_region_change", args=[row.pk])
    data = filled_in(staff.get(page))
    assert data["highlights_fr"] == "Baie de Dakhla\nDune Blanche"
    del data["strengths"]  # no box is ticked
    staff.post(page, data | {"highlights_ar": "خليج الداخلة\r\n\r\n الكثيب الأبيض "})
    row.refresh_from_db()
    assert row.highlights_fr == ["Baie de Dakhla", "Dune Blanche"]
    assert row.highlights_ar == ["خليج الداخلة", "الكثيب الأبيض"]
    (entry,) = AuditEntry.objects.filter(target=f"region:{row.pk}")
    assert entry.fields == ["highlights_ar"]  # what nobody typed into is not written back
