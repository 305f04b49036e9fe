"""Photos for the press: sent from a telephone, described, published, withdrawn."""

from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from meetings.models import Stop
from outbox import clock
from press import files
from press.files import Unusable
from press.models import Photo

DESCRIBED = ("stop", "credit", "rights", "alt_fr", "alt_ar", "alt_en", "embargo_on", "embargo_at")


class NotReady(Exception):
    """It may not be published as it stands: the message is the sentence."""


class Published(Exception):
    """It is public: withdraw it first."""


def add(content: bytes, *, credit: str, rights: str, stop: Stop | None, by: User) -> Photo:
    """Keep a photo, drawn anew, as a draft. Raises Unusable, also for one that is there already."""
    from press import pictures  # loads Pillow, of which readers have no use

    picture = pictures.read(content)
    names = files.save(picture.content, "jpg"), files.save(picture.thumbnail, "jpg")
    try:
        with transaction.atomic():
            photo = Photo.objects.create(
                file=names[0],
                thumbnail=names[1],
                digest=picture.digest,
                width=picture.width,
                height=picture.height,
                size=len(picture.content),
                credit=credit,
                rights=rights,
                stop=stop,
                created_at=clock.now(),
                created_by=by,
            )
            audit.record(by, "added", f"photo:{photo.pk}")
    except IntegrityError as error:
        files.forget(*names)
        raise Unusable(_("Cette photo est déjà là.")) from error
    return photo


@transaction.atomic
def describe(photo: Photo, *, by: User, **said: Any) -> Photo:
    """What the public reads beside it; also once it is public, which then must stay described.

    Raises NotReady; ValueError for a field that is none of its description.
    """
    if unknown := set(said) - set(DESCRIBED):
        raise ValueError(unknown)
    row = _locked(photo)
    changed = [name for name, value in said.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, said[name])
    if row.published_at and (problem := missing(row)):
        raise NotReady(problem)
    if changed:
        row.save(update_fields=changed)
        audit.record(by, "changed", f"photo:{row.pk}", fields=changed)
    return row


@transaction.atomic
def publish(photo: Photo, *, by: User) -> Photo:
    """Give it to the press, once its embargo is over. Publishing twice is once. Raises NotReady."""
    row = _locked(photo)
    if row.published_at:
        return row
    if problem := missing(row):
        raise NotReady(problem)
    row.published_at, row.published_by = clock.now(), by
    row.save(update_fields=["published_at", "published_by"])
    audit.record(by, "publish", f"photo:{row.pk}")
    return row


@transaction.atomic
def withdraw(photo: Photo, *, by: User) -> Photo:
    """Take it back from the public: a draft again."""
    row = _locked(photo)
    if row.published_at:
        row.published_at, row.published_by = None, None
        row.save(update_fields=["published_at", "published_by"])
        audit.record(by, "withdraw", f"photo:{row.pk}")
    return row


@transaction.atomic
def remove(photo: Photo, *, by: User) -> None:
    """Erase a draft and its files. Raises Published."""
    row = _locked(photo)
    if row.published_at:
        raise Published
    audit.record(by, "deleted", f"photo:{row.pk}")
    row.delete()
    transaction.on_commit(partial(files.forget, photo.file, photo.thumbnail))


def missing(photo: Photo) -> str:
    """What keeps it from being published; "" when nothing does."""
    if not (photo.credit and photo.rights and photo.alt_fr):
        return _(
            "Avant de publier : le crédit, les droits d’utilisation et le texte de remplacement en français."
        )
    return ""


def _locked(photo: Photo) -> Photo:
    return Photo.objects.select_for_update(of=("self",), no_key=True).get(pk=photo.pk)
