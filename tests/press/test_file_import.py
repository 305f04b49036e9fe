"""The press file out of a table: planned row by row, written whole or not at all."""

from typing import Any

import pytest

from press import file_import
from press.models import Journalist
from regions.sheets import Unreadable
from regions.table_import import Act, Origin, Refused
from tests.factories import make_region
from tests.press.rows import make_journalist
from tests.regions.tables import csv_of, xlsx_of

ORIGIN = Origin(source="Fichier de l’agence", legal_basis="intérêt légitime")
HEADER = ["Nom", "Prénom", "Média", "Type", "Adresse électronique", "Téléphone", "Langue", "Région"]
ONE = ["Exemple", "Rédactrice", "Le Quotidien", "presse écrite", "Redaction@Quotidien.example", "", "fr", ""]
TWO = ["Exemple", "Reporter", "Radio Sud", "radio", "", "05 28 00 00 00", "arabe", "MA-12"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _region() -> None:
    make_region("MA-12")


def run(*rows: list[str], origin: Origin = ORIGIN, header: list[str] = HEADER) -> file_import.Plan:
    return file_import.run(csv_of([header, *rows]), origin=origin, by=None)


def acts(plan: file_import.Plan) -> list[Act]:
    return [row.act for row in plan.rows]


def refused(*rows: list[str], **options: Any) -> list[list[str]]:
    with pytest.raises(Refused) as error:
        run(*rows, **options)
    assert Journalist.objects.count() == 0
    return [[words.replace("\u202f", " ") for words in row.errors] for row in error.value.plan.rows]


def test_people_are_written_as_the_file_says() -> None:
    assert acts(run(ONE, TWO)) == [Act.CREATE, Act.CREATE]
    first, second = Journalist.objects.order_by("pk")
    assert (first.name, first.outlet, first.kind, first.email, first.language, first.region) == (
        "Rédactrice Exemple", "Le Quotidien", "print", "redaction@quotidien.example", "fr", None,
    )  # fmt: skip
    assert (str(second.phone), second.kind, second.language, second.region_id) == (
        "+212528000000", "radio", "ar", make_region("MA-12").pk,
    )  # fmt: skip
    assert {row.source for row in (first, second)} == {"Fichier de l’agence"}


def test_the_same_file_twice_changes_nothing_as_csv_and_as_workbook() -> None:
    run(ONE, TWO)
    before = list(Journalist.objects.values())
    assert acts(run(ONE, TWO)) == [Act.SAME, Act.SAME]
    book = xlsx_of([HEADER, ONE, TWO])
    assert acts(file_import.run(book, origin=ORIGIN, by=None)) == [Act.SAME, Act.SAME]
    assert list(Journalist.objects.values()) == before


def test_planning_writes_nothing() -> None:
    plan = file_import.plan(csv_of([HEADER, ONE]), origin=ORIGIN)
    assert (acts(plan), Journalist.objects.count()) == ([Act.CREATE], 0)


def test_who_changed_paper_or_address_is_found_again_and_an_empty_cell_changes_nothing() -> None:
    run(ONE, TWO)
    other_paper = [*ONE[:2], "L’Hebdomadaire", "", *ONE[4:]]
    other_address = [*TWO[:4], "sud@radio.example", "", "", ""]
    plan = run(other_paper, other_address)
    assert (acts(plan), [row.changed for row in plan.rows]) == ([Act.UPDATE] * 2, [["outlet"], ["email"]])
    assert Journalist.objects.count() == 2
    assert str(Journalist.objects.get(outlet="Radio Sud").phone) == "+212528000000"


def test_two_of_one_name_at_one_paper_are_not_guessed() -> None:
    for number in range(2):
        make_journalist(
            name="Rédactrice Exemple", outlet="Le Quotidien", email=f"r{number}@quotidien.example"
        )
    assert acts(
        run(["Exemple", "Rédactrice", "Le Quotidien", "", "neuve@quotidien.example", "", "", ""])
    ) == [Act.CREATE]


def test_one_wrong_row_and_nothing_is_written() -> None:
    wrong = [*TWO[:5], "12", *TWO[6:]]
    assert refused(ONE, wrong) == [[], ["Téléphone : « 12 » n’est pas un numéro de téléphone complet."]]


def test_what_is_required_is_said_row_by_row() -> None:
    nobody = ["Exemple", "", "Le Quotidien", "", "", "", "", ""]
    assert refused(nobody, origin=Origin()) == [
        [
            "source : à remplir.",
            "base légale : à remplir.",
            "Indiquez une adresse électronique ou un téléphone.",
        ]
    ]
    assert refused(ONE, ONE) == [[], ["Cette ligne répète la ligne 2."]]
    assert refused([*ONE[:3], "journal intime", *ONE[4:]])[0][0].startswith(
        "Type : « journal intime » n’est pas"
    )
    assert refused([*ONE[:4], "=HYPERLINK(1)", *ONE[5:]])[0][0].startswith(
        "Adresse électronique : la cellule"
    )


def test_a_table_without_media_or_with_identity_numbers_is_refused() -> None:
    for header in (["Nom", "Adresse électronique"], [*HEADER, "CIN"]):
        with pytest.raises(Unreadable):
            file_import.plan(csv_of([header, ["x"] * len(header)]), origin=ORIGIN)
