"""Communiqués: published once, never edited, corrected by another one in plain sight."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from outbox import clock
from press import communiques, files
from press.models import PressRelease
from regions import legal_time
from tests.factories import make_pdf, make_user
from tests.press.rows import make_press_release

pytestmark = pytest.mark.django_db


def drafted(**written: object) -> PressRelease:
    return communiques.draft(by=make_user(role="press"), **{"title": "Titre", "body": "Texte", **written})


def test_a_draft_is_edited_and_published_once() -> None:
    by, release = make_user(role="press"), drafted()
    communiques.edit(release, by=by, title="Autre titre")
    first = communiques.publish(release, by=by)
    assert (first.title, first.published_by) == ("Autre titre", by)
    assert communiques.publish(release, by=make_user(role="press")).published_at == first.published_at


def test_a_communique_without_words_is_not_published() -> None:
    with pytest.raises(communiques.NotReady):
        communiques.publish(drafted(body=" "), by=make_user(role="press"))


@pytest.mark.parametrize(
    "act",
    [
        lambda row, by: communiques.edit(row, by=by, title="Autre"),
        lambda row, by: communiques.detach(row, by=by),
        lambda row, by: communiques.discard(row, by=by),
        lambda row, by: communiques.take_back(row, by=by),
    ],
)
def test_what_was_published_is_never_changed(act: Callable[..., object]) -> None:
    release = make_press_release()
    with pytest.raises(communiques.Published):
        act(release, make_user(role="press"))


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.update(title="Autre"),
        lambda rows: rows.update(body="Autre"),
        lambda rows: rows.update(language="ar"),
        lambda rows: rows.update(embargo_on="2030-01-01", embargo_at="09:00"),
        lambda rows: rows.update(published_at=clock.now() + timedelta(days=1)),
        lambda rows: rows.delete(),
    ],
)
def test_the_database_itself_refuses(change: Callable[..., object]) -> None:
    release = make_press_release()
    with pytest.raises(IntegrityError), transaction.atomic():
        change(PressRelease.objects.filter(pk=release.pk))


def test_under_embargo_it_may_be_taken_back_and_afterwards_no_more(
    set_clock: Callable[[datetime], None],
) -> None:
    day, by = legal_time.today() + timedelta(days=3), make_user(role="press")
    release = communiques.publish(drafted(embargo_on=day, embargo_at=time(18)), by=by)
    assert communiques.take_back(release, by=by).published_at is None
    communiques.publish(release, by=by)
    set_clock(legal_time.instant(day, time(18)))
    with pytest.raises(communiques.Published):
        communiques.take_back(release, by=by)


def test_a_correction_begins_with_the_text_and_names_what_it_corrects() -> None:
    by, release = make_user(role="press"), make_press_release(title="Neuf heures")
    correction = communiques.correct(release, by=by)
    assert (correction.corrects, correction.title, correction.published_at) == (release, "Neuf heures", None)
    with pytest.raises(communiques.NotReady):
        communiques.correct(correction, by=by)


def test_another_pdf_takes_the_place_of_the_first(django_capture_on_commit_callbacks: object) -> None:
    by, release = make_user(role="press"), drafted()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        first = communiques.attach(release, make_pdf(), by=by).document
        second = communiques.attach(release, make_pdf(), by=by).document
    assert [path.name for path in files.folder().iterdir()] == [second] != [first]
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        communiques.discard(release, by=by)
    assert list(files.folder().iterdir()) == []
