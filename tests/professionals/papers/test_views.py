"""The papers as files: for the team, kept by nobody, read back as they were written."""

import io
import stat
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.test import Client

from accounts.models import AuditEntry, Role, User
from meetings.models import Answer, Stop
from professionals.papers.views import PAPERS
from tests.factories import (
    make_official,
    make_organisation,
    make_professional,
    make_registration,
    make_staff,
    make_stop,
    make_user,
)
from tests.professionals.papers.test_people import invite

pytestmark = pytest.mark.django_db


@pytest.fixture
def folders(tmp_path: Path, settings: Any) -> Path:
    settings.DOCUMENT_DIR, settings.PRIVATE_DOCUMENT_DIR = tmp_path / "public", tmp_path / "private"
    return tmp_path


@pytest.fixture
def team(client: Client) -> Client:
    client.force_login(make_staff())
    return client


def busy_stop() -> Stop:
    stop = make_stop()
    official = make_official(
        function_fr="Wali de la région", function_ar="والي الجهة", body="wilaya", name_ar="الاسم العائلي"
    )
    invite(stop, official, Answer.ACCEPTED)
    house = make_organisation(name="وكالة الأسفار والسياحة القروية")
    make_registration(stop, professional=make_professional(name="Gérante commerciale", organisation=house))
    return stop


def addresses(stop: Stop) -> list[str]:
    names = [*PAPERS, f"emargement-{stop.meetings.get().pk}"]
    return [
        f"/pilotage/etapes/{stop.slug}/papiers/",
        *(
            f"/pilotage/etapes/{stop.slug}/papiers/{name}-{language}.pdf"
            for name in names
            for language in ("fr", "ar")
        ),
    ]


def read(pdf: bytes) -> str:
    pages = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return "\n".join(page.get_textpage().get_text_range() for page in pages)


def test_every_paper_is_made_in_both_languages_and_stays_with_the_team(team: Client, folders: Path) -> None:
    stop = busy_stop()
    for address in addresses(stop):
        answer = team.get(address)
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store, private"), address
        if address.endswith(".pdf"):
            assert answer.content.startswith(b"%PDF-"), address
    assert not (folders / "public").exists()
    assert stat.S_IMODE((folders / "private").stat().st_mode) == 0o700
    assert AuditEntry.objects.filter(verb="printed", target=f"stop:{stop.pk}").count() == 2 * (
        len(PAPERS) + 1
    )


def test_words_of_both_scripts_come_back_from_the_paper(team: Client, folders: Path) -> None:
    stop = busy_stop()
    for language in ("fr", "ar"):
        said = read(team.get(f"/pilotage/etapes/{stop.slug}/papiers/liste-d-acces-{language}.pdf").content)
        wanted = ("Gérante", "commerciale", "وكالة", "الأسفار", "الاسم", "العائلي")
        assert [word for word in wanted if word not in said.split()] == [], language


@pytest.mark.parametrize("role", [Role.PRESS, Role.DOOR])
def test_nobody_but_the_team_reads_a_paper(client: Client, role: str) -> None:
    stop = busy_stop()
    assert {client.get(address).status_code for address in addresses(stop)} == {302}
    other: User = make_user(role=role)
    client.force_login(other)
    assert {client.get(address).status_code for address in addresses(stop)} == {403}


def test_what_is_no_paper_is_not_found(team: Client) -> None:
    stop, other = make_stop(), make_stop(region="MA-11")
    at = f"/pilotage/etapes/{stop.slug}/papiers"
    foreign = other.meetings.get().pk
    for path in ("autre-fr.pdf", "badges-en.pdf", f"emargement-{foreign}-fr.pdf"):
        assert team.get(f"{at}/{path}").status_code == 404, path
    assert team.get("/pilotage/etapes/nulle-part/papiers/").status_code == 404
