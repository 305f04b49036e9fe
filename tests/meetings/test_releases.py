"""Tests of meetings.releases."""

import pytest

from meetings import documents, lifecycle, releases
from meetings.models import StopStatus, Visibility
from tests.factories import make_meeting, make_staff, make_stop, make_venue

pytestmark = pytest.mark.django_db


def test_publishing_makes_release_one_of_the_rows():
    stop = make_stop(published=False)
    staff = make_staff()
    release = releases.publish(stop, by=staff)
    stop.refresh_from_db()
    assert (release.number, release.by, stop.current_release) == (1, staff, release)
    assert (stop.status, stop.published_at) == (StopStatus.PUBLISHED, release.at)
    assert release.document["meetings"][0]["items"][1]["starts"] == "10:30"
    assert (release.document["rank"], release.document["of"]) == (1, 1)


def test_a_stop_is_published_once():
    stop = make_stop()
    with pytest.raises(releases.NotReady):
        releases.publish(stop, by=None)
    assert stop.releases.count() == 1


def test_an_incomplete_draft_is_refused_with_a_sentence_for_each_thing_missing():
    stop = make_stop(
        published=False, contact_phone="", intro_ar="", venue=make_venue(seats=10, access_fr="Par la mer")
    )
    make_meeting(stop, title_en="", starts=stop.ends.replace(hour=9), room="B")
    with pytest.raises(releases.NotReady) as refused:
        releases.publish(stop, by=None)
    assert refused.value.problems == [
        "Contact : indiquez le téléphone.",
        "Présentation : il manque l’arabe.",
        "Accès au lieu : il manque l’arabe, l’anglais.",
        "Le lieu a 10 places ; l’étape en prévoit 100.",
        "Rencontre « Séance plénière » (09:30–13:30) : hors des heures de l’étape.",
        "Rencontre « Séance plénière », titre : il manque l’anglais.",
    ]
    stop.refresh_from_db()
    assert (stop.status, stop.releases.count()) == (StopStatus.DRAFT, 0)


def test_restricted_meetings_stand_apart_from_the_public_document():
    stop = make_stop(published=False)
    make_meeting(stop, title_fr="Huis clos", visibility=Visibility.INVITED)
    make_meeting(stop, title_fr="Entre inscrits", visibility=Visibility.REGISTERED)
    release = releases.publish(stop, by=None)
    assert [meeting["title"]["fr"] for meeting in release.document["meetings"]] == ["Séance plénière"]
    assert [meeting["title"]["fr"] for meeting in release.restricted["invited"]] == ["Huis clos"]
    assert [meeting["title"]["fr"] for meeting in release.restricted["registered"]] == ["Entre inscrits"]


def test_editing_makes_a_draft_and_publishing_the_changes_the_next_release():
    stop = make_stop()
    stop.intro_fr = "Un autre texte."
    stop.save(update_fields=["intro_fr"])
    expected = "présentation, fr : « L’ONMT écoute les professionnels de la région. » → « Un autre texte. »"
    assert releases.unreleased_changes(stop) == [expected]
    release = releases.release_changes(stop, by=None)
    stop.refresh_from_db()
    assert (release.number, release.document["intro"]["fr"]) == (2, "Un autre texte.")
    assert releases.unreleased_changes(stop) == []
    assert stop.sequence == 0


def test_publishing_no_change_is_refused():
    stop = make_stop()
    with pytest.raises(releases.NotReady):
        releases.release_changes(stop, by=None)
    assert stop.releases.count() == 1


def test_no_stop_is_the_third_of_two() -> None:
    """A cancelled stop keeps its rank, and those after it keep theirs."""
    make_stop()
    last = make_stop(region="MA-01", published=False, rank=3)
    lifecycle.cancel(make_stop(region="MA-02", rank=2), by=None)
    document = documents.build(last)
    assert (document["rank"], document["of"]) == (3, 3)
