"""The professionals as a file: what is handed out comes back unchanged."""

import io
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry
from professionals.directory import columns, exporting, importing
from professionals.models import Professional
from regions.models import LegalCategory, Province, Region
from regions.table_import import Act, Origin
from tests.factories import make_organisation, make_professional, make_region, make_staff

pytestmark = pytest.mark.django_db
LIST = "admin:professionals_professional_{}"
LANGUAGES = ("fr", "ar", "en")
STRANGE = [
    *("=1+1", "+212", "-", "@SUM(A1)", "''=x", "#REF!", "néant", "??", "＝1", '"guillemets" ; virgule,'),
    *("deux\nlignes", "espaces  doubles", "\u200fمن اليمين", "M’hamed O'Neil", "007", "fin\t", "oui"),
]


def make_strange_people() -> None:
    region = make_region("MA-12")
    province = Province.objects.create(
        region=region, code_hcp="12.391", name_fr="Oued Ed-Dahab", name_ar="وادي الذهب",
        kind="province", population_2024=1,
    )  # fmt: skip
    for number, text in enumerate(STRANGE):
        house = make_organisation(name=f"{text} {number}", name_ar="رياض المدينة", region=region)
        make_professional(
            name=f"{text} {number}", name_ar="فاطمة الزهراء", function=text, function_ar=text,
            organisation=house, ice="001234567000089", province=province, language=LANGUAGES[number % 3],
            **({"email": ""} if number % 2 else {}),
        )  # fmt: skip


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_staff())
    return client


def said(plan: importing.Plan) -> list[Any]:
    """What an import would do that is not nothing."""
    return [(row.act, row.told, row.errors) for row in plan.rows if row.act is not Act.SAME]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_exported_imports_again_unchanged(staff: Client, form: str) -> None:
    make_strange_people()
    before = list(Professional.objects.order_by("pk").values())
    answer = staff.get(reverse(LIST.format(f"export_{form}")))
    assert answer["Content-Disposition"] == f'attachment; filename="professionnels.{form}"'
    plan = importing.run(answer.content, origin=Origin(), by=None)
    assert (len(plan.rows), said(plan)) == (len(STRANGE), [])
    assert list(Professional.objects.order_by("pk").values()) == before
    noted = AuditEntry.objects.values_list("verb", "target", "fields").get()
    assert noted == ("exported", "professionals", [form])


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60))
def test_whatever_somebody_is_called_comes_back_unchanged(text: str) -> None:
    Professional.objects.all().delete()
    make_professional(name=f"{text} x", function=text, email="a@b.example", phone="+212661000001")
    plan = importing.plan(exporting.csv(Professional.objects.all()), origin=Origin())
    assert (len(plan.rows), said(plan)) == (1, [])


def test_no_cell_of_a_workbook_or_a_table_is_computed() -> None:
    make_professional(name="=HYPERLINK(1)", function="+1")
    table = exporting.csv(Professional.objects.all()).decode("utf-8-sig").splitlines()[1].split(";")
    assert (table[0], table[2]) == ("'=HYPERLINK(1)", "'+1")


def test_a_workbook_keeps_zeros_and_pluses_as_text(staff: Client) -> None:
    person = make_professional(ice="001234567000089")
    answer = staff.get(reverse(LIST.format("export_xlsx")))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    found = dict(zip(columns.WRITTEN, sheet[2], strict=True))
    assert (found["ice"].value, found["phone"].value) == ("001234567000089", str(person.phone))
    assert {cell.data_type for cell in sheet[2] if cell.value is not None} == {"s"}


def test_the_file_holds_what_the_filters_and_the_search_leave(staff: Client) -> None:
    make_professional(name="Gérante", language="ar")
    make_professional(name="Gérante", language="fr")
    make_professional(name="Guide", language="fr")
    answer = staff.get(reverse(LIST.format("export_csv")), {"q": "gerante", "language__exact": "fr"})
    assert [line.split(";")[0] for line in answer.content.decode("utf-8-sig").splitlines()[1:]] == ["Gérante"]


def test_every_region_category_and_province_is_written_as_it_is_read() -> None:
    call_command("load_reference", verbosity=0)
    readers = columns.readers()
    for name, rows in (
        ("region", Region.objects.all()),
        ("category", LegalCategory.objects.all()),
        ("province", Province.objects.all()),
    ):
        assert [one for one in rows if readers[name](one.name_fr) != one] == []


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("form", "queries"), [("csv", 7)])
def test_a_file_of_many_takes_as_many_queries_as_one(
    staff: Client, django_assert_num_queries: Any, rows: int, form: str, queries: int
) -> None:
    for _ in range(rows):
        make_professional()
    with django_assert_num_queries(queries):
        staff.get(reverse(LIST.format(f"export_{form}")))
