"""Photos for the press: sent, described, published, withdrawn."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from press import files, photos
from press.files import Unusable
from press.models import Photo
from tests.factories import make_user
from tests.press.rows import make_photo, picture_bytes

pytestmark = pytest.mark.django_db


def kept() -> int:
    return len(list(files.folder().iterdir()))


def test_a_photo_that_was_sent_is_a_draft_with_its_files() -> None:
    by = make_user(role="press")
    photo = photos.add(picture_bytes(), credit="Agence", rights="Libre", stop=None, by=by)
    assert (photo.published_at, photo.created_by, kept()) == (None, by, 2)
    assert files.path(photo.file).stat().st_mode & 0o777 == 0o600
    assert [entry.target for entry in AuditEntry.objects.all()] == [f"photo:{photo.pk}"]


def test_the_same_photo_twice_is_refused_and_leaves_no_file() -> None:
    by = make_user(role="press")
    photos.add(picture_bytes(), credit="", rights="", stop=None, by=by)
    with pytest.raises(Unusable):
        photos.add(picture_bytes(), credit="", rights="", stop=None, by=by)
    assert (Photo.objects.count(), kept()) == (1, 2)


def test_a_photo_is_published_once_it_is_described() -> None:
    by = make_user(role="press")
    photo = make_photo(published_at=None, alt_fr="")
    with pytest.raises(photos.NotReady):
        photos.publish(photo, by=by)
    photos.describe(photo, by=by, alt_fr="La salle")
    first = photos.publish(photo, by=by).published_at
    assert photos.publish(photo, by=by).published_at == first
    with pytest.raises(photos.NotReady):
        photos.describe(photo, by=by, alt_fr="")


def test_the_database_publishes_no_photo_without_words_credit_and_rights() -> None:
    for field in ("alt_fr", "credit", "rights"):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_photo(**{field: ""})


def test_a_photo_withdrawn_is_a_draft_again_and_goes_with_its_files(
    django_capture_on_commit_callbacks: object,
) -> None:
    by, photo = make_user(role="press"), make_photo()
    with pytest.raises(photos.Published):
        photos.remove(photo, by=by)
    assert photos.withdraw(photo, by=by).published_at is None
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        photos.remove(photo, by=by)
    assert (Photo.objects.count(), kept()) == (0, 0)
