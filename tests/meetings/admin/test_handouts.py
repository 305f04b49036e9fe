"""Tests of meetings.admin.handouts: a document is sent, described, replaced, taken away."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings import releases
from meetings.models import Handout, Stop
from tests.admin_pages import filled_in, refusals
from tests.factories import make_handout, make_pdf, make_staff, make_stop

pytestmark = pytest.mark.django_db
LIST = reverse("admin:meetings_handout_changelist")
ADD = reverse("admin:meetings_handout_add")


@pytest.fixture
def signed_in(client, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    client.force_login(make_staff())
    return client


def sent(content):
    return SimpleUploadedFile("../../Ordre du jour.exe", content, content_type="text/html")


def typed(stop, **changes):
    return {
        "stop": stop.pk,
        "title_fr": "Dossier",
        "language": "fr",
        "read_by": "officials",
        "position": "1",
    } | changes


def page_of(handout, name="change"):
    return reverse(f"admin:meetings_handout_{name}", args=[handout.pk])


def test_a_document_is_sent_and_kept_as_a_draft_without_its_author(signed_in):
    stop = make_stop()
    assert signed_in.post(ADD, typed(stop, sent=sent(make_pdf())))["Location"] == LIST
    handout = Handout.objects.get()
    assert (handout.title_fr, handout.read_by, handout.version) == ("Dossier", "officials", 1)
    stop.refresh_from_db()
    assert "handouts" not in stop.current_release.restricted
    shown = signed_in.get(page_of(handout, "file"))
    content = b"".join(shown.streaming_content)
    assert content.startswith(b"%PDF-")
    assert b"Une personne" not in content
    assert shown["Cache-Control"].startswith("no-store, private")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "Choisissez le fichier du document."),
        (b"<html>", "Ce fichier n’est pas un PDF\u202f: enregistrez le document en PDF."),
        (b"%PDF-1.7 rien", "Ce PDF est abîmé."),
        (b"%PDF-1.7" + bytes(10_000_000), "Ce document dépasse 10\xa0Mo."),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words_beside_its_field(signed_in, content, said):
    data = typed(make_stop()) | ({"sent": sent(content)} if content else {})
    response = signed_in.post(ADD, data)
    assert [words.replace("10 Mo", "10\xa0Mo") for words in refusals(response)] == [said]
    assert Handout.objects.count() == 0


def test_another_file_is_its_next_version_and_words_alone_are_not(signed_in):
    handout = make_handout(make_stop())
    data = filled_in(signed_in.get(page_of(handout))) | {"title_ar": "ملف"}
    data.pop("sent", None)
    signed_in.post(page_of(handout), data)
    handout.refresh_from_db()
    assert (handout.title_ar, handout.version) == ("ملف", 1)
    data = filled_in(signed_in.get(page_of(handout))) | {"sent": sent(make_pdf())}
    before = handout.file
    signed_in.post(page_of(handout), data)
    handout.refresh_from_db()
    assert (handout.version, handout.file != before) == (2, True)


def test_what_is_deleted_is_taken_away_from_the_public_too(signed_in):
    stop = make_stop()
    handout = make_handout(stop)
    releases.release_changes(stop, by=None)
    signed_in.post(page_of(handout, "delete"), {"post": "yes"})
    stop = Stop.objects.get(pk=stop.pk)
    assert "handouts" not in stop.current_release.document
    assert Handout.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_at_one_row_and_at_three(signed_in, count):
    stop = make_stop()
    for _ in range(count):
        make_handout(stop)
    releases.release_changes(stop, by=None)
    with CaptureQueriesContext(connection) as queries:
        response = signed_in.get(LIST)
    assert [one.pk for one in response.context["cl"].result_list] == list(
        Handout.objects.values_list("pk", flat=True)
    )
    assert len(queries) == 7


def test_the_page_of_a_stop_leads_to_its_documents(signed_in):
    stop = make_stop()
    page = signed_in.get(reverse("admin:meetings_stop_change", args=[stop.pk])).content.decode()
    assert f'href="{LIST}?stop__id__exact={stop.pk}"' in page
