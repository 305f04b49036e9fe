"""Professionals out of a table: planned row by row, written whole or not at all."""

from typing import Any

import pytest
from django.db import IntegrityError

from accounts.models import AuditEntry
from outbox import queue, suppressions
from outbox.models import Message, Suppression
from professionals import names
from professionals.directory import columns, importing
from professionals.models import Organisation, Professional
from regions.sheets import Unreadable
from regions.table_import import Act, ChangedMeanwhile, Origin, Refused
from tests.factories import (
    make_category,
    make_organisation,
    make_professional,
    make_region,
    make_registration,
    make_staff,
    make_stop,
)
from tests.regions.tables import csv_of, xlsx_of

ORIGIN = Origin(source="Liste transmise par le CRT", legal_basis="intérêt légitime")
HEADER = [
    *("Nom et prénom", "Nom en arabe", "Fonction", "Établissement", "Région", "Catégorie"),
    *("E-mail", "Téléphone", "ICE", "Langue"),
]
COLUMNS = (
    *("name", "name_ar", "function", "organisation", "region", "category"),
    *("email", "phone", "ice", "language"),
)
ONE = [
    *("Gérante Exemple", "المسيرة المثال", "Gérante", "Riad de la Médina", "MA-12", "Hôtel"),
    *("Gerante@Riad.example", "0661000001", "", "arabe"),
]
TWO = [
    *("Guide Exemple", "", "", "Riad de la Médina", "Dakhla-Oued Ed-Dahab", "hotel"),
    *("", "+212 661-000002", "", ""),
]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reference() -> None:
    make_region("MA-12")
    make_category()


def plan(*rows: list[str], origin: Origin = ORIGIN, header: list[str] = HEADER) -> importing.Plan:
    return importing.plan(csv_of([header, *rows]), origin=origin)


def run(*rows: list[str], origin: Origin = ORIGIN, header: list[str] = HEADER) -> importing.Plan:
    return importing.run(csv_of([header, *rows]), origin=origin, by=None)


def acts(done: importing.Plan) -> list[Act]:
    return [row.act for row in done.rows]


def errors(*rows: list[str], **options: Any) -> list[list[str]]:
    """What is said of wrong rows; nothing was written."""
    with pytest.raises(Refused) as refused:
        run(*rows, **options)
    assert Professional.objects.filter(source=ORIGIN.source).count() == 0
    return [[words.replace("\u202f", " ") for words in row.errors] for row in refused.value.plan.rows]


def changed(**columns: str) -> list[str]:
    """The first row with other cells."""
    return list((dict(zip(COLUMNS, ONE, strict=True)) | columns).values())


def test_people_and_their_establishment_are_written_as_the_file_says() -> None:
    assert acts(run(ONE, TWO)) == [Act.CREATE, Act.CREATE]
    first, second = Professional.objects.order_by("pk")
    assert (first.name, first.name_ar, first.name_ar_key, first.email, str(first.phone), first.language) == (
        "Gérante Exemple", "المسيرة المثال", names.normalise("المسيرة المثال"), "gerante@riad.example",
        "+212661000001", "ar",
    )  # fmt: skip
    assert (second.name_key, second.email, second.known_by) == ("guide exemple", "", "+212661000002")
    assert (second.language, second.source, second.legal_basis) == (
        "fr", "Liste transmise par le CRT", "intérêt légitime",
    )  # fmt: skip
    assert (first.consented_at, first.news_at, Message.objects.count()) == (None, None, 0)
    house = Organisation.objects.get()
    assert {first.organisation, second.organisation} == {house}
    assert (house.name, house.region.code, house.category.code, house.approved) == (
        "Riad de la Médina", "MA-12", "hotel", False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        csv_of([[heading.lower() for heading in HEADER], ONE, TWO], encoding="cp1256"),
        csv_of([HEADER, ONE, TWO], delimiter=",", encoding="utf-8"),
        csv_of([HEADER, ONE, TWO], encoding="utf-16"),
        xlsx_of([HEADER, ONE, TWO]),
    ],
)
def test_every_format_brings_the_same_people_and_twice_is_once(content: bytes) -> None:
    importing.run(content, origin=ORIGIN, by=None)
    before = list(Professional.objects.values())
    assert [row["name_ar"] for row in before] == ["المسيرة المثال", ""]
    assert acts(importing.run(content, origin=ORIGIN, by=None)) == [Act.SAME, Act.SAME]
    assert list(Professional.objects.values()) == before


def test_a_table_of_a_french_windows_without_arabic_is_read() -> None:
    content = csv_of([HEADER, changed(name_ar=""), TWO], encoding="cp1252")
    assert acts(importing.run(content, origin=ORIGIN, by=None)) == [Act.CREATE, Act.CREATE]


def test_arabic_headings_are_read_and_an_arabic_name_alone_is_a_name() -> None:
    header = [
        "الاسم",
        "المؤسسة",
        "الجهة",
        "الصنف",
        "البريد الإلكتروني",
        "الهاتف",
        "المصدر",
        "الأساس القانوني",
    ]
    row = ["المسيرة المثال", "رياض المدينة", "الداخلة-وادي الذهب", "فندق", "a@b.example", "", "لائحة", "مهمة"]
    assert acts(run(row, header=header, origin=Origin())) == [Act.CREATE]
    person = Professional.objects.get()
    assert (person.name, person.name_ar, person.organisation.name, person.source) == (
        "المسيرة المثال", "المسيرة المثال", "رياض المدينة", "لائحة",
    )  # fmt: skip


def imported(**fields: Any) -> Professional:
    """Somebody a list brought, who never came."""
    fields = {"consented_at": None, "consent_text": "", "consent_version": "", **fields}
    return make_professional(source="Ancienne liste", legal_basis="intérêt légitime", **fields)


def test_who_is_there_is_known_by_mail_and_name_and_an_empty_cell_changes_nothing() -> None:
    there = imported(
        name="GERANTE exemple", email="gerante@riad.example", function="Directrice", province=None
    )
    same_mailbox = make_professional(name="Comptable", email="gerante@riad.example")
    done = plan(changed(function="", organisation="", region="", category="", name_ar=""))
    [row] = done.rows
    assert (row.act, row.person, row.warnings, row.told) == (
        Act.UPDATE,
        there,
        [],
        [
            ("nom et prénom", "GERANTE exemple", "Gérante Exemple"),
            ("mobile", str(there.phone), "+212661000001"),
            ("langue", "fr", "ar"),
        ],
    )
    run(changed(function="", organisation="", region="", category="", name_ar=""))
    there.refresh_from_db()
    same_mailbox.refresh_from_db()
    assert (there.name, there.function, there.organisation.name, there.source, same_mailbox.name) == (
        "Gérante Exemple", "Directrice", there.organisation.name, "Ancienne liste", "Comptable",
    )  # fmt: skip


@pytest.mark.parametrize("by_form", [True, False])
def test_who_registered_themselves_keeps_their_words_and_only_what_they_left_empty_is_filled(
    by_form: bool,
) -> None:
    """By the form, with their consent, or as somebody of a list who came when invited."""
    make = make_professional if by_form else imported
    there = make(name="Gérante EXEMPLE", email="gerante@riad.example", function="Directrice", name_ar="")
    if not by_form:
        make_registration(make_stop(), professional=there)
    own = there.phone, there.organisation, there.language, there.name
    [row] = plan(ONE).rows
    assert (row.act, row.told) == (Act.UPDATE, [("nom en arabe", "", "المسيرة المثال")])
    assert [words.replace("\u202f", " ") for words in row.warnings] == [
        "Cette personne s’est inscrite elle-même : ce qu’elle a écrit reste. Non repris : nom et prénom "
        "(Gérante Exemple) · fonction (Gérante) · mobile (+212661000001) · langue (ar) · établissement "
        "(Riad de la Médina)."
    ]
    run(ONE)
    there.refresh_from_db()
    assert (there.phone, there.organisation, there.language, there.name) == own
    assert (there.function, there.name_ar) == ("Directrice", "المسيرة المثال")
    assert Organisation.objects.filter(name="Riad de la Médina").count() == 0
    [row] = plan(ONE).rows
    assert (row.act, len(row.warnings)) == (Act.SAME, 1)


def test_without_a_mail_somebody_is_known_by_mobile_and_name() -> None:
    registered = make_professional(name="Guide Exemple", email="guide@x.example", phone="+212661000002")
    [row] = plan(TWO).rows
    assert row.person == registered
    alone = make_professional(name="Guide Exemple", email="", phone="+212661000002")
    [row] = plan(TWO).rows
    assert row.person == alone  # the surer of the two


def test_what_somebody_should_know_before_they_import_is_said() -> None:
    make_professional(name="Comptable", email="gerante@riad.example", phone="+212661000009")
    make_professional(name="Réceptionniste", phone="+212661000001")
    suppressions.suppress(queue.hash_of("gerante@riad.example"), kinds=["invitations"])
    [row] = plan(ONE).rows
    assert [words.replace("\u202f", " ") for words in row.notes] == [
        "Cette adresse sert déjà à : Comptable.",
        "Ce mobile sert déjà à : Réceptionniste.",
        "Cette adresse s’est désabonnée : elle le reste, aucune invitation ne lui est envoyée.",
        "Établissement à créer : Riad de la Médina.",
    ]
    run(ONE)
    assert Suppression.objects.count() == 1


def test_an_establishment_that_is_there_is_taken_and_keeps_its_name_and_approval() -> None:
    house = make_organisation(
        name="RIAD de la Medina", region=make_region("MA-12"), category=make_category(), approved=True
    )
    header = [*HEADER, "Établissement en arabe"]
    run([*ONE, "رياض المدينة"], header=header)
    house.refresh_from_db()
    assert Professional.objects.get().organisation == house
    assert (house.name, house.approved) == ("RIAD de la Medina", True)
    assert acts(run([*ONE, "رياض المدينة"], header=header)) == [Act.UPDATE]
    house.refresh_from_db()
    assert (house.name_ar, house.name_ar_key) == ("رياض المدينة", names.normalise("رياض المدينة"))
    [row] = plan([*ONE, "رياض آخر"], header=header).rows
    assert (row.act, row.notes) == (
        Act.SAME, ["L’établissement garde son nom arabe\u202f: رياض المدينة."],
    )  # fmt: skip


def test_another_establishment_of_the_same_name_is_shown_with_its_region() -> None:
    run(ONE)
    make_region("MA-11")
    [row] = plan(changed(region="MA-11")).rows
    [told] = row.told
    assert told[0] == "établissement"
    assert ["Riad de la Médina (" in words for words in told[1:]] == [True, True]
    run(changed(region="MA-11"))
    assert Professional.objects.get().organisation.region.code == "MA-11"


def test_what_is_required_of_somebody_new_is_said_row_by_row() -> None:
    empty = changed(name="", organisation="", region="", category="", email="", phone="", name_ar="")
    assert errors(empty, origin=Origin()) == [
        [
            *("Nom et prénom : à remplir.", "Établissement : à remplir.", "Région : à remplir."),
            *("Catégorie : à remplir.", "source : à remplir.", "base légale : à remplir."),
            "Indiquez une adresse électronique ou un téléphone.",
        ]
    ]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"region": "Maroc"}, "Région : un établissement est d’une région : écrivez son nom ou son code."),
        ({"category": "Épicerie"}, "Catégorie : « Épicerie » n’est pas une catégorie légale du portail."),
        ({"email": "gerante"}, "E-mail : Saisissez une adresse de courriel valide."),
        ({"phone": "12"}, "Téléphone : « 12 » n’est pas un numéro de téléphone complet."),
        ({"ice": "123"}, "ICE : « 123 » : l’ICE compte 15 chiffres."),
        ({"function": "=1+1"}, "Fonction : la cellule commence par « = » comme une formule."),
        (
            {"function": "R" * 121},
            "Fonction : Assurez-vous que cette valeur comporte au plus 120 caractères (actuellement 121).",
        ),
    ],
)
def test_each_wrong_cell_is_named_and_keeps_everything_out(cells: dict[str, str], sentence: str) -> None:
    assert errors(changed(**cells), TWO) == [[sentence], []]


def test_a_person_twice_in_one_file_is_refused() -> None:
    again = "Cette ligne répète la ligne 2."
    assert errors(ONE, changed(name="GERANTE  exemple", function="Autre")) == [[], [again]]
    make_professional(name="Gérante Exemple", email="gerante@riad.example", phone="+212661000001")
    by_mobile = changed(email="")
    assert errors(ONE, by_mobile) == [[], ["Cette ligne parle de la même personne que la ligne 2."]]


def test_the_zeros_that_a_spreadsheet_drops_from_an_ice_are_put_back_where_its_check_proves_them() -> None:
    whole = next(f"00{number}" for number in range(1000000000000, 1000000000097) if number % 97 == 0)
    assert columns.ice(whole[2:]) == columns.ice(whole) == whole
    with pytest.raises(columns.BadCell):
        columns.ice(str(int(whole[2:]) + 1))


def test_each_act_stands_in_the_journal_by_its_number() -> None:
    by = make_staff()
    importing.run(csv_of([HEADER, ONE]), origin=ORIGIN, by=by)
    importing.run(csv_of([HEADER, changed(function="Directrice")]), origin=ORIGIN, by=by)
    person, house = Professional.objects.get(), Organisation.objects.get()
    assert list(AuditEntry.objects.order_by("pk").values_list("actor", "verb", "target", "fields")) == [
        (by.pk, "imported", f"organisation:{house.pk}", []),
        (by.pk, "imported", f"professional:{person.pk}", []),
        (by.pk, "imported", f"professional:{person.pk}", ["function"]),
    ]


def test_somebody_written_down_at_the_same_moment_keeps_the_whole_file_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def overtaken(*args: Any, **options: Any) -> None:
        raise IntegrityError

    monkeypatch.setattr(Professional.objects, "bulk_create", overtaken)
    with pytest.raises(ChangedMeanwhile):
        run(ONE)
    assert (Organisation.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_a_file_too_long_or_with_an_identity_number_is_refused() -> None:
    with pytest.raises(Unreadable, match="Plus de 6000 lignes"):
        importing.plan(b"nom;e-mail\n" + b"a;b\n" * 6001, origin=ORIGIN)
    with pytest.raises(Unreadable, match="numéro d’identité"):
        plan([*ONE, "AB12345"], header=[*HEADER, "CIN"])


def many(number: int) -> bytes:
    rows = [
        changed(name=f"Personne {one}", organisation=f"Maison {one % 7}", email=f"p{one}@x.example", phone="")
        for one in range(number)
    ]
    return csv_of([HEADER, *rows])


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_many_rows_take_as_many_queries_as_one(rows: int, django_assert_num_queries: Any) -> None:
    """Reading: regions, categories, provinces, people, establishments, who wants no campaigns. Writing:
    a savepoint besides, establishments, people, and the journal of each."""
    with django_assert_num_queries(6):
        importing.plan(many(rows), origin=ORIGIN)
    with django_assert_num_queries(12):
        importing.run(many(rows), origin=ORIGIN, by=None)
    assert Professional.objects.count() == rows
    with django_assert_num_queries(6):
        assert {row.act for row in importing.plan(many(rows), origin=ORIGIN).rows} == {Act.SAME}
