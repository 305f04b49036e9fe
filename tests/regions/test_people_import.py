"""Officials out of a table: planned row by row, written whole or not at all."""

from datetime import date, time
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry
from regions import people_import
from regions.models import Body, Official
from regions.sheets import Unreadable
from regions.table_import import Act, Origin, Refused
from tests.factories import make_official, make_region, make_staff
from tests.regions.tables import csv_of, xlsx_of

ORIGIN = Origin(source="Liste transmise par la Wilaya", legal_basis="mission de service public")
HEADER = ["Institution", "Fonction", "Région", "Nom", "Adresse électronique", "Téléphone", "Langue", "Rang"]
WALI = ["Wilaya", "Wali de la région", "MA-12", "", "wali@wilaya.example", "05 28 00 00 00", "arabe", "1"]
CRT = ["CRT", "Président(e) du CRT", "Dakhla-Oued Eddahab", "", "president@crt.example", "", "français", "7"]
CNT = ["CNT", "Président(e) de la CNT", "", "", "president@cnt.example", "", "fr", "6"]

pytestmark = pytest.mark.django_db


def run(*rows: list[str], origin: Origin = ORIGIN, header: list[str] = HEADER) -> people_import.Plan:
    return people_import.run(csv_of([header, *rows]), origin=origin, by=None)


def plan(*rows: list[str], origin: Origin = ORIGIN, header: list[str] = HEADER) -> people_import.Plan:
    return people_import.plan(csv_of([header, *rows]), origin=origin)


def test_a_column_says_who_gets_letters_only_and_another_where_their_secretariat_reads() -> None:
    header = ["Institution", "Fonction", "Par courrier", "Adresse du secrétariat"]
    first = ["CNT", "Président(e)", "oui", "Secretariat@CNT.example"]
    run(first, ["CNT", "Directeur", "", ""], header=header)
    kept = Official.objects.order_by("pk").values_list("by_letter", "assistant_email")
    assert list(kept) == [(True, "secretariat@cnt.example"), (False, "")]
    run(["CNT", "Président(e)", "", ""], ["CNT", "Directeur", "نعم", ""], header=header)
    assert list(kept.all()) == [(True, "secretariat@cnt.example"), (True, "")]
    run(["CNT", "Président(e)", "non", ""], header=header)
    assert kept.all()[0] == (False, "secretariat@cnt.example")
    wrong = errors(plan(["CNT", "Directeur", "peut-être", ""], ["CNT", "Trésorier", "", "x"], header=header))
    assert wrong.pop(2) == ["Par courrier\u202f: répondez par oui ou non."]
    assert [words.startswith("Adresse du secrétariat") for words in wrong[3]] == [True]


def acts(done: people_import.Plan) -> list[Act]:
    return [row.act for row in done.rows]


def errors(done: people_import.Plan) -> dict[int, list[str]]:
    return {row.number: row.errors for row in done.rows if row.errors}


def everybody() -> list[tuple[Any, ...]]:
    return list(Official.objects.order_by("pk").values_list())


def test_a_file_makes_officials_with_source_and_legal_basis() -> None:
    region = make_region()
    by = make_staff()
    people_import.run(csv_of([HEADER, WALI, CRT, CNT]), origin=ORIGIN, by=by)
    columns = ("region", "body", "function_fr", "email", "phone", "language", "protocol_rank", "source")
    assert list(Official.objects.values_list(*columns)) == [
        (region.pk, Body.WILAYA, WALI[1], WALI[4], "+212528000000", "ar", 1, ORIGIN.source),
        (None, Body.CNT, CNT[1], CNT[4], "", "fr", 6, ORIGIN.source),
        (region.pk, Body.CRT, CRT[1], CRT[4], "", "fr", 7, ORIGIN.source),
    ]
    assert set(Official.objects.values_list("legal_basis", flat=True)) == {ORIGIN.legal_basis}
    assert list(AuditEntry.objects.values_list("actor", "verb")) == [(by.pk, "imported")] * 3


@pytest.mark.parametrize(
    "content",
    [
        csv_of([HEADER, WALI, CRT], delimiter=";", encoding="cp1252"),
        csv_of([HEADER, WALI, CRT], delimiter=",", encoding="utf-8"),
        csv_of([HEADER, WALI, CRT], delimiter=";", encoding="utf-8-sig"),
        xlsx_of([HEADER, WALI, CRT]),
    ],
)
def test_every_format_gives_the_same_people(content: bytes) -> None:
    make_region()
    people_import.run(content, origin=ORIGIN, by=None)
    assert list(Official.objects.values_list("function_fr", "region__code")) == [
        ("Wali de la région", "MA-12"),
        ("Président(e) du CRT", "MA-12"),
    ]


def test_the_same_file_twice_changes_nothing() -> None:
    make_region()
    run(WALI, CRT, CNT)
    before = everybody()
    again = run(WALI, CRT, CNT)
    assert acts(again) == [Act.SAME] * 3
    assert everybody() == before


def test_a_plan_writes_nothing() -> None:
    make_region()
    official = make_official(body=Body.WILAYA, function_fr=WALI[1], email=WALI[4])
    before = everybody()
    assert acts(plan(WALI, CRT)) == [Act.UPDATE, Act.CREATE]
    assert everybody() == before
    official.refresh_from_db()
    assert official.protocol_rank == 100


def test_one_wrong_row_keeps_all_others_out() -> None:
    make_region()
    with pytest.raises(Refused) as refused:
        run(WALI, ["CRT", "", "MA-12", "", "", "", "", ""])
    assert errors(refused.value.plan) == {3: ["Fonction : à remplir."]}
    assert everybody() == []


def test_each_wrong_cell_is_named_with_its_row_and_heading() -> None:
    make_region()
    done = plan(
        ["Syndicat", "Délégué", "MA-12", "", "", "", "", ""],
        ["CRT", "Délégué", "Atlantide", "", "", "12", "espagnol", "premier"],
        ["CRT", "Délégué", "MA-12", "", "pas une adresse", "", "", ""],
        ["CRT", "D" * 161, "MA-12", "", "", "", "", ""],
        ["CRT", "=1+1", "MA-12", "", "", "", "", ""],
        ["CRT", "Délégué", "MA-12", "", "", "", "", "", "de trop"],
    )
    choices = ", ".join(str(body.label) for body in Body)
    assert errors(done) == {
        2: [f"Institution : « Syndicat » n’est pas l’une de : {choices}."],
        3: [
            "Région : « Atlantide » n’est pas une région : écrivez son nom ou son code (MA-01 à MA-12).",
            "Téléphone : « 12 » n’est pas un numéro de téléphone complet.",
            "Langue : « espagnol » n’est ni français, ni arabe, ni anglais.",
            "Rang : « premier » n’est pas un nombre entier.",
        ],
        4: ["Adresse électronique : Saisissez une adresse de courriel valide."],
        5: ["Fonction : Assurez-vous que cette valeur comporte au plus 160 caractères (actuellement 161)."],
        6: ["Fonction : la cellule commence par « = » comme une formule."],
        7: ["Plus de cellules que d’en-têtes : un texte contient sans doute le séparateur."],
    }
    assert len(done.refused) == 6


def test_what_a_spreadsheet_made_of_a_cell_is_not_taken_for_a_name() -> None:
    make_region()
    rows: list[list[object]] = [
        ["CRT", date(2026, 12, 3), "MA-12", "", "", "", "", time(10, 30)],
        ["CRT", "#REF!", "MA-12", "#N/A", "", "", "", ""],
        ["CRT", "Délégué", "MA-12", "???? ??????", "", "", "", ""],
        ["CRT", "Pr\ufffdsident", "MA-12", "Qui ?", "", "", "", ""],
    ]
    lost = "des lettres sont perdues : enregistrez le fichier en « CSV UTF-8 » ou en .xlsx."
    assert errors(people_import.plan(xlsx_of([list[object](HEADER), *rows]), origin=ORIGIN)) == {
        2: [
            "Fonction : la cellule contient une date ou une heure (« 2026-12-03 00:00:00 »).",
            "Rang : la cellule contient une date ou une heure (« 10:30:00 »).",
        ],
        3: [
            "Fonction : la cellule contient l’erreur de calcul « #REF! ».",
            "Nom : la cellule contient l’erreur de calcul « #N/A ».",
        ],
        4: [f"Nom : {lost}"],
        5: [f"Fonction : {lost}"],
    }


def test_a_file_without_regions_says_that_everybody_would_be_of_the_whole_country() -> None:
    assert plan(["CRT", "Délégué"], header=["Institution", "Fonction"]).for_all
    assert not plan(CNT).for_all


def test_source_and_legal_basis_are_required_of_each_row_or_of_the_file() -> None:
    make_region()
    nothing = Origin()
    assert errors(plan(WALI, origin=nothing)) == {2: ["source : à remplir.", "base légale : à remplir."]}
    header = [*HEADER, "Source", "Base légale"]
    done = plan([*WALI, "Journal officiel", "intérêt public"], [*CRT, "", ""], origin=ORIGIN, header=header)
    assert [(row.official.source, row.official.legal_basis) for row in done.rows] == [
        ("Journal officiel", "intérêt public"),
        (ORIGIN.source, ORIGIN.legal_basis),
    ]


def test_a_row_that_repeats_another_one_is_refused() -> None:
    make_region()
    assert errors(plan(WALI, CRT, [WALI[0], "WALI DE LA REGION", *WALI[2:]])) == {
        4: ["Cette ligne répète la ligne 2."]
    }


def test_a_column_of_identity_numbers_is_refused_whatever_it_holds() -> None:
    with pytest.raises(Unreadable, match="« CIN » porte un numéro d’identité"):
        plan([*WALI, ""], header=[*HEADER, "CIN"])


def test_a_missing_column_is_named_with_those_that_were_read() -> None:
    with pytest.raises(Unreadable) as refused:
        people_import.plan(csv_of([["Institution", "Nom"], ["CRT", "x"]]), origin=ORIGIN)
    assert str(refused.value) == "Colonne absente : fonction. En-têtes lus : Institution, Nom."


def test_two_columns_that_say_the_same_are_refused() -> None:
    with pytest.raises(Unreadable, match="« Téléphone » et « GSM » disent la même chose"):
        plan([*WALI, ""], header=[*HEADER, "GSM"])


def test_unknown_columns_are_left_out_and_named() -> None:
    make_region()
    done = plan([*WALI, "allergies"], header=[*HEADER, "Remarques"])
    assert (acts(done), done.ignored) == ([Act.CREATE], ("Remarques",))


def test_an_empty_cell_changes_nothing() -> None:
    make_region()
    run(WALI)
    assert acts(run([WALI[0], WALI[1], WALI[2], "", WALI[4], "", "-", "néant"])) == [Act.SAME]
    assert Official.objects.get().protocol_rank == 1


@pytest.mark.parametrize(
    ("there", "row", "changed"),
    [
        # a new holder behind the same mailbox
        ({"email": "wali@wilaya.example", "name": "A"}, ["B", "wali@wilaya.example"], ["name"]),
        # a new mailbox of the same person
        ({"email": "ancien@wilaya.example", "name": "A"}, ["a", "WALI@wilaya.example"], ["name", "email"]),
        # a function noted before its holder was known
        ({"email": ""}, ["A", "wali@wilaya.example"], ["name", "email"]),
    ],
)
def test_who_is_known_beyond_doubt_is_updated(
    there: dict[str, str], row: list[str], changed: list[str]
) -> None:
    official = make_official(body=Body.WILAYA, function_fr="Wali de la région", **there)
    done = run(["Wilaya", "Wali de la region", "MA-12", *row, "", "", ""])
    assert [(each.act, each.official.pk) for each in done.rows] == [(Act.UPDATE, official.pk)]
    assert set(changed) <= set(done.rows[0].changed)
    official.refresh_from_db()
    assert (official.name, official.email) == (row[0], row[1].lower())


def test_a_person_whose_function_is_renamed_stays_the_same_person() -> None:
    official = make_official(function_fr="Président", name="A", email="p@crt.example")
    done = run(["CRT", "Président du CRT", "MA-12", "A", "p@crt.example", "", "", ""])
    assert [(row.act, row.official.pk) for row in done.rows] == [(Act.UPDATE, official.pk)]


def test_another_holder_is_added_and_pointed_out_not_written_over() -> None:
    make_official(body=Body.WILAYA, function_fr="Wali de la région", name="A", email="a@wilaya.example")
    done = run(["Wilaya", "Wali de la région", "MA-12", "B", "b@wilaya.example", "", "", ""])
    assert acts(done) == [Act.CREATE]
    assert done.rows[0].warnings == [
        "Une autre personne porte déjà cette fonction : vérifiez qu’elle est encore en fonction."
    ]
    assert Official.objects.count() == 2


def test_people_of_another_region_or_institution_are_other_people() -> None:
    make_region("MA-11")
    official = make_official(function_fr="Délégué", name="A", email="a@crt.example")
    done = run(
        ["CRT", "Délégué", "MA-11", "A", "a@crt.example", "", "", ""],
        ["ONMT", "Délégué", "MA-12", "A", "a@crt.example", "", "", ""],
    )
    assert acts(done) == [Act.CREATE, Act.CREATE]
    assert Official.objects.exclude(pk=official.pk).count() == 2


def test_colleagues_may_share_a_mailbox_or_have_none() -> None:
    make_region()
    rows = [
        ["CRT", "Membre du bureau", "MA-12", name, email, "", "", ""]
        for name, email in (("A", ""), ("B", ""), ("C", "bureau@crt.example"), ("D", "bureau@crt.example"))
    ]
    assert acts(run(*rows)) == [Act.CREATE] * 4
    assert acts(run(*reversed(rows))) == [Act.SAME] * 4


def test_first_name_and_name_may_stand_in_two_columns() -> None:
    make_region()
    header = ["Institution", "Fonction", "Nom", "Prénom", "الاسم"]
    run(["ONMT", "Délégué", "Nom", "Prénom", "الاسم العائلي"], header=header)
    assert Official.objects.values_list("name", "name_ar").get() == ("Prénom Nom", "الاسم العائلي")


@pytest.mark.parametrize(
    ("typed", "body"),
    [
        ("CRT Dakhla-Oued Ed-Dahab", Body.CRT),
        ("Conseil régional du tourisme", Body.CRT),
        ("Conseil Régional", Body.REGIONAL_COUNCIL),
        ("WILAYA de la région", Body.WILAYA),
        ("Délégation de l’ONMT", Body.ONMT),
        ("cnt", Body.CNT),
        ("regional_council", Body.REGIONAL_COUNCIL),
    ],
)
def test_institutions_are_recognised_by_the_beginning_of_their_name(typed: str, body: Body) -> None:
    make_region()
    assert plan([typed, "Membre", "MA-12", "", "", "", "", ""]).rows[0].official.body == body


@pytest.mark.parametrize(
    "typed", ["MA-12", "dakhla oued ed dahab", "الداخلة-وادي الذهب", "Région de Dakhla-Oued Ed-Dahab"]
)
def test_regions_are_recognised_in_every_language(typed: str) -> None:
    region = make_region()
    assert plan(["CRT", "Membre", typed, "", "", "", "", ""]).rows[0].official.region == region


@pytest.mark.parametrize("typed", ["0661234567", "661234567", "+212 6 61 23 45 67", "00212661234567"])
def test_a_telephone_of_morocco_is_kept_in_one_form(typed: str) -> None:
    assert str(plan(["ONMT", "Délégué", "", "", "", typed, "", ""]).rows[0].official.phone) == "+212661234567"


short = st.sampled_from(["", "A", "B"])
people = st.tuples(st.just("CRT"), st.sampled_from(["F", "F", "G"]), short, short)


@settings(max_examples=150, deadline=None)
@given(st.lists(people, max_size=3), st.lists(people, max_size=5, unique=True))
def test_whatever_was_there_a_file_imported_again_changes_nothing(
    there: list[tuple[str, ...]], rows: list[tuple[str, ...]]
) -> None:
    def table(source: list[tuple[str, ...]]) -> list[list[str]]:
        return [
            [body, function, "", name, f"{mail}@crt.example" if mail else "", "", "", ""]
            for body, function, name, mail in source
        ]

    with transaction.atomic():
        run(*table(list(dict.fromkeys(there))))
        run(*table(rows))
        before = everybody()
        assert acts(run(*table(rows))) == [Act.SAME] * len(rows)
        assert everybody() == before
        transaction.set_rollback(True)
