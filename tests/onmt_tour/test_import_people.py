"""`manage.py import_people`: says what would happen; writes when it is told to, or nothing."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from meetings.models import Guest
from regions.models import Official
from tests.factories import make_stop
from tests.regions.tables import csv_of

HEADER = ["Institution", "Fonction", "Région", "Adresse électronique", "Rang"]
WALI = ["Wilaya", "Wali de la région", "MA-12", "wali@wilaya.example", "1"]
CNT = ["CNT", "Président(e) de la CNT", "", "president@cnt.example", "6"]
ORIGIN = ["--source", "Liste transmise par la Wilaya", "--legal-basis", "mission de service public"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "responsables.csv"
    path.write_bytes(csv_of([HEADER, WALI, CNT]))
    return path


def call(*words: object) -> list[str]:
    said = io.StringIO()
    call_command("import_people", *map(str, words), stdout=said)
    return said.getvalue().splitlines()


@pytest.mark.parametrize("mode", [[], ["--dry-run"]])
def test_it_only_says_what_would_happen(mode: list[str], file: Path) -> None:
    make_stop()
    assert call(file, *ORIGIN, *mode) == [
        "2 à créer",
        "0 à mettre à jour",
        "0 inchangés",
        "0 refusées",
        "Rien n’a été écrit. Pour importer : ajoutez --write.",
    ]
    assert Official.objects.count() == 0


def test_a_file_without_regions_is_pointed_out(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_bytes(csv_of([["Institution", "Fonction", "Régions"], ["CRT", "Délégué", "MA-12"]]))
    assert call(path, *ORIGIN)[:2] == [
        "Colonne ignorée : Régions",
        "Aucune colonne « région » : toutes ces personnes seraient de tout le pays.",
    ]


def test_told_to_it_writes_once(file: Path) -> None:
    make_stop()
    assert call(file, *ORIGIN, "--write")[-1] == "Importé."
    assert call(file, *ORIGIN, "--write")[:3] == ["0 à créer", "0 à mettre à jour", "2 inchangés"]
    assert Official.objects.count() == 2


def test_wrong_rows_are_told_by_number_and_nothing_is_written(file: Path) -> None:
    make_stop()
    said = io.StringIO()
    with pytest.raises(CommandError, match="Corrigez ces lignes : rien n’a été écrit"):
        call_command("import_people", str(file), "--write", "--source", "Wilaya", stdout=said)
    assert said.getvalue().splitlines()[:2] == [
        "Ligne 2 – base légale : à remplir.",
        "Ligne 3 – base légale : à remplir.",
    ]
    assert Official.objects.count() == 0


def test_a_file_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "vide.csv").touch()
    with pytest.raises(CommandError, match="Ce fichier est vide"):
        call(tmp_path / "vide.csv", *ORIGIN)
    with pytest.raises(CommandError, match=r"absent\.csv : No such file"):
        call(tmp_path / "absent.csv", *ORIGIN)


def test_guests_come_to_the_stops_of_their_region_and_of_the_country_to_all(file: Path) -> None:
    dakhla, laayoune = make_stop(region="MA-12"), make_stop(region="MA-11")
    call(file, *ORIGIN, "--write", "--guests")
    columns = ("stop", "official__function_fr", "rank")
    expected = {(dakhla.pk, WALI[1], 1), (dakhla.pk, CNT[1], 6), (laayoune.pk, CNT[1], 6)}
    assert set(Guest.objects.values_list(*columns)) == expected
    Guest.objects.filter(rank=6).update(rank=2)
    assert "Invités ajoutés aux étapes : 0" in call(file, *ORIGIN, "--write", "--guests")
    assert sorted(Guest.objects.values_list("rank", flat=True)) == [1, 2, 2]
