"""Documents of a stop: who is handed which, from when on, and what becomes of their files."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts import links
from meetings import (
    agenda,
    filling,
    handouts,
    history,
    letters,
    lifecycle,
    mail_texts,
    opendata,
    releases,
    sent_pdf,
)
from meetings.models import Answer, Handout, Invitation, ReadBy, Stop
from meetings.visibility import PUBLIC, Viewer, handouts_visible_to
from outbox import clock, rendering
from press import links as press_links
from professionals import personal_links
from tests import addresses
from tests.factories import make_handout, make_meeting, make_pdf, make_registration, make_staff, make_stop
from tests.meetings.test_stop_page import read, section

pytestmark = pytest.mark.django_db

PAGE = "/fr/etapes/dakhla-oued-ed-dahab/"


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def world() -> addresses.World:
    """A document for each audience, released; one of another stop."""
    made = addresses.make_world()
    releases.publish(made.stop, by=None)
    made.stop.refresh_from_db()
    return made


def pages(world: addresses.World) -> dict[str, str]:
    """Whose page stands where; their documents stand below it."""
    token = links.token("invitation", world.official.pk, world.official.nonce)
    return {
        "everybody": PAGE,
        "registered": f"/fr/inscription/{personal_links.registration_token(world.registration)}/",
        "official": f"/fr/invitation/{token}/",
        "accredited": f"/fr/presse/{press_links.token(world.journalist)}/",
    }


READS = {
    "everybody": {ReadBy.PUBLIC},
    "registered": {ReadBy.PUBLIC, ReadBy.REGISTERED},
    "official": {ReadBy.PUBLIC, ReadBy.REGISTERED, ReadBy.OFFICIALS},
    "accredited": {ReadBy.PUBLIC, ReadBy.PRESS},
}


def test_each_is_handed_what_is_meant_for_them_and_finds_nothing_else(
    client: Client, world: addresses.World
) -> None:
    for viewer, page in pages(world).items():
        html = client.get(page).content.decode()
        found = {one for one, row in world.handouts.items() if f'href="documents/{row.pk}/"' in html}
        assert found == READS[viewer], viewer
        answers = {one: client.get(f"{page}documents/{row.pk}/") for one, row in world.handouts.items()}
        assert {one: answer.status_code for one, answer in answers.items()} == {
            one: 200 if one in READS[viewer] else 404 for one in ReadBy
        }, viewer
        kept = {answer["Cache-Control"] for answer in answers.values() if answer.status_code == 200}
        assert kept == {"public, no-cache" if viewer == "everybody" else "no-store, private"}


def test_who_is_not_accredited_or_gave_up_their_seat_reads_what_everybody_does(
    client: Client, world: addresses.World
) -> None:
    Invitation.objects.filter(pk=world.journalist.pk).update(answer=Answer.DECLINED)
    type(world.registration).objects.update(status="cancelled", cancelled_at=clock.now())
    for viewer in ("accredited", "registered"):
        page = pages(world)[viewer]
        codes = [client.get(f"{page}documents/{row.pk}/").status_code for row in world.handouts.values()]
        assert codes == [200, 404, 404, 404]


def test_a_link_that_opens_nothing_gives_no_document(client: Client, world: addresses.World) -> None:
    number = world.handouts[ReadBy.PUBLIC].pk
    for place in ("inscription", "invitation", "presse"):
        assert client.get(f"/fr/{place}/1-nimporte/documents/{number}/").status_code == 404
    assert client.get(f"/fr/etapes/nulle-part/documents/{number}/").status_code == 404


def test_the_staff_reads_all_and_nobody_those_of_another_stop(world: addresses.World) -> None:
    release, now = world.stop.current_release, clock.now()
    assert release is not None
    elsewhere = frozenset([world.stop.pk + 1])
    stranger = Viewer(registered_at=elsewhere, expected_at=elsewhere, accredited_at=elsewhere)
    assert len(handouts_visible_to(Viewer(user=make_staff()), release, now)) == 4
    assert handouts_visible_to(stranger, release, now) == handouts_visible_to(PUBLIC, release, now)


def test_a_document_is_found_once_it_is_released_and_not_before(client: Client) -> None:
    stop = make_stop()
    handout = make_handout(stop)
    address = f"{PAGE}documents/{handout.pk}/"
    assert section(read(client), "documents") == ""
    assert client.get(address).status_code == 404
    releases.release_changes(stop, by=None)
    shown = section(read(client), "documents")
    assert "Document (public)" in shown
    assert 'hreflang="fr"' in shown
    answer = client.get(address)
    assert b"".join(answer).startswith(b"%PDF-")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == (
        f'attachment; filename="onmt-dakhla-oued-ed-dahab-document-{handout.pk}-v1.pdf"; '
        "filename*=UTF-8''Document%20%28public%29.pdf"
    )
    again = client.get(address, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    assert "Nouveau document\u202f: Document (public)." in section(read(client), "histo")
    english = section(read(client, "en"), "documents")
    assert '<span lang="fr" dir="ltr">Document (public)</span>' in english


def test_another_version_waits_for_the_next_release(client: Client) -> None:
    stop = make_stop()
    handout = make_handout(stop)
    releases.release_changes(stop, by=None)
    address = f"{PAGE}documents/{handout.pk}/"
    first = client.get(address)["ETag"]
    assert handouts.replace(handout, make_pdf(), by=None).version == 2
    assert client.get(address)["ETag"] == first
    releases.release_changes(Stop.objects.get(pk=stop.pk), by=None)
    assert client.get(address)["ETag"] != first
    assert history.told([agenda.stops()[0].pk], "en")[0].changes == [
        "New version of a document: Document (public)."
    ]


def test_a_document_taken_away_is_gone_at_once_and_nothing_else_is_released_with_it(
    client: Client, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    stop = make_stop()
    kept, gone = make_handout(stop, read_by=ReadBy.OFFICIALS), make_handout(stop)
    releases.release_changes(stop, by=None)
    Stop.objects.update(intro_fr="Pas encore relu.")
    with django_capture_on_commit_callbacks(execute=True):
        handouts.withdraw(gone, by=None)
    assert client.get(f"{PAGE}documents/{gone.pk}/").status_code == 404
    assert section(read(client), "documents") == ""
    assert "Pas encore relu." not in read(client)
    assert history.told([agenda.stops()[0].pk], "fr")[0].changes == [
        "Document retiré\u202f: Document (public)."
    ]
    assert [path.name for path in handouts.files.folder().iterdir()] == [kept.file]
    stop.refresh_from_db()
    assert [one["id"] for one in stop.current_release.restricted["handouts"]] == [kept.pk]
    released = stop.current_release.number
    handouts.withdraw(make_handout(stop), by=None)  # never released: no release tells of it
    stop.refresh_from_db()
    assert stop.current_release.number == released


def test_what_the_life_cycle_changes_keeps_what_was_released(client: Client) -> None:
    stop = make_stop(published=False)
    extra = make_meeting(stop, title_fr="Point presse", room="B", points=0)
    official = make_handout(stop, read_by=ReadBy.OFFICIALS)
    releases.publish(stop, by=None)
    draft = make_handout(Stop.objects.get(pk=stop.pk))
    lifecycle.withdraw_meeting(extra, by=None)
    lifecycle.postpone(Stop.objects.get(pk=stop.pk), by=None)
    stop.refresh_from_db()
    release = stop.current_release
    assert [one["id"] for one in release.restricted["handouts"]] == [official.pk]
    assert client.get(f"{PAGE}documents/{draft.pk}/").status_code == 404


def test_staff_read_what_would_be_published() -> None:
    stop = make_stop()
    press, public = make_handout(stop, read_by=ReadBy.PRESS), make_handout(stop)
    lines = [line.replace("\u202f", " ") for line in releases.unreleased_changes(stop)]
    assert lines == [
        f"documents, #{public.pk} : (rien) → « Document (public) »",
        f"documents, #{press.pk} : (rien) → « Document (press) »",
    ]


def test_files_that_nothing_refers_to_are_taken_away_after_a_day() -> None:
    stop = make_stop()
    released = make_handout(stop).file
    releases.release_changes(stop, by=None)
    Stop.objects.get(pk=stop.pk)
    now_kept = handouts.replace(Handout.objects.get(), make_pdf(), by=None).file
    lost, fresh = (handouts.files.save(b"%PDF-", "pdf") for _ in range(2))
    yesterday = time.time() - handouts.DAY - 1
    for name in (released, now_kept, lost):
        os.utime(handouts.files.path(name), (yesterday, yesterday))
    handouts.sweep()
    assert {path.name for path in handouts.files.folder().iterdir()} == {released, now_kept, fresh}
    releases.release_changes(Stop.objects.get(pk=stop.pk), by=None)
    handouts.sweep()
    assert {path.name for path in handouts.files.folder().iterdir()} == {now_kept, fresh}


def test_what_is_no_pdf_is_refused_and_leaves_nothing() -> None:
    with pytest.raises(sent_pdf.Unusable):
        handouts.add(make_stop(), b"PK\x03\x04 un .docx", by=None, title_fr="T", read_by=ReadBy.PUBLIC)
    assert list(handouts.files.folder().iterdir()) == []


def test_a_file_lost_on_disk_is_not_found_rather_than_an_error(client: Client) -> None:
    stop = make_stop()
    handout = make_handout(stop)
    releases.release_changes(stop, by=None)
    handouts.files.forget(handout.file)
    assert client.get(f"{PAGE}documents/{handout.pk}/").status_code == 404


def test_the_json_names_those_for_everybody_and_where_they_stand(client: Client) -> None:
    stop = make_stop()
    make_handout(stop, read_by=ReadBy.OFFICIALS)
    handout = make_handout(stop)
    releases.release_changes(stop, by=None)
    (told,) = client.get("/ar/agenda/agenda.json").json()["stops"][0]["documents"]
    assert told == {
        "title": "وثيقة (public)",
        "language": "fr",
        "version": 1,
        "media_type": "application/pdf",
        "size": handout.size,
        "url": f"http://localhost:8000/ar/etapes/dakhla-oued-ed-dahab/documents/{handout.pk}/",
    }
    assert handout.file not in opendata.agenda(agenda.stops(), "fr").decode()


@pytest.mark.parametrize("name", ["thanks", "missed", "excused"])
def test_the_mails_of_the_morrow_bring_them_to_those_they_are_meant_for(
    client: Client, world: addresses.World, name: str
) -> None:
    release = world.stop.current_release
    assert release is not None
    own = pages(world)["registered"]
    found = letters.handouts(
        release, "fr", viewer=Viewer(registered_at=frozenset([world.stop.pk])), own_page=own
    )
    public, registered = (world.handouts[one].pk for one in (ReadBy.PUBLIC, ReadBy.REGISTERED))
    assert [one["url"].removeprefix("http://localhost:8000") for one in found] == [
        f"{PAGE}documents/{public}/",
        f"{own}documents/{registered}/",
    ]
    assert client.get(found[1]["url"]).status_code == 200
    text = mail_texts.standing(world.stop.tour_id)[name, "fr"]

    def written(handouts: list[dict[str, Any]]) -> rendering.Rendered:
        said = filling.context(text, letters.about(release, "fr") | {"handouts": handouts})
        return rendering.render(filling.TEMPLATE, said, language="fr")

    mail = written(found)
    for one in found:
        assert f"{one['title']}\n{one['url']}" in mail.text
        assert f'href="{one["url"]}"' in mail.html
    assert "Documents de la rencontre" not in written([]).text
    assert len(letters.handouts(release, "fr", viewer=Viewer(expected_at=frozenset([world.stop.pk])))) == 1


def test_a_page_with_documents_asks_as_much_as_one_without(
    client: Client, django_assert_num_queries: Any
) -> None:
    stop = make_stop()
    registration = make_registration(stop)
    for _ in range(3):
        make_handout(stop)
    releases.release_changes(stop, by=None)
    with translation.override("fr"):
        address = reverse("meetings:handout_file", args=[stop.slug, Handout.objects.all()[0].pk])
        token = personal_links.registration_token(registration)
        own = reverse("professionals:handout_file", args=[token, Handout.objects.all()[0].pk])
    for page, queries in ((address, 2), (own, 1)):
        with django_assert_num_queries(queries):
            assert client.get(page).status_code == 200
