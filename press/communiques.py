"""Communiqués: drafted, published, and from then on corrected by another one, never edited.

A trigger keeps what was published (migration `published_communiques_stay`). As long as its embargo lasts
nobody has read it: until then, and no longer, it may be taken back.
"""

from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from meetings import sent_pdf
from outbox import clock
from press import files
from press.models import PressRelease

WRITTEN = ("stop", "language", "title", "body", "embargo_on", "embargo_at")


class NotReady(Exception):
    """It may not be published as it stands: the message is the sentence."""


class Published(Exception):
    """What was published stays as it is."""


@transaction.atomic
def draft(*, by: User, corrects: PressRelease | None = None, **written: Any) -> PressRelease:
    """Begin a communiqué, or the « rectificatif » of a published one."""
    release = PressRelease.objects.create(
        corrects=corrects, created_at=clock.now(), created_by=by, **_known(written)
    )
    audit.record(by, "added", f"press_release:{release.pk}")
    return release


@transaction.atomic
def edit(release: PressRelease, *, by: User, **written: Any) -> PressRelease:
    """Change a draft. Raises Published."""
    row = _draft(release)
    changed = [name for name, value in _known(written).items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, written[name])
    if changed:
        row.save(update_fields=changed)
        audit.record(by, "changed", f"press_release:{row.pk}", fields=changed)
    return row


def attach(release: PressRelease, content: bytes, *, by: User) -> PressRelease:
    """Put a PDF beside the text of a draft, in place of the one before. Raises Unusable, Published."""
    name = files.save(sent_pdf.cleaned(content), "pdf")
    try:
        return _put(release, name, by=by)
    except Published:
        files.forget(name)
        raise


@transaction.atomic
def detach(release: PressRelease, *, by: User) -> PressRelease:
    """Take the PDF of a draft away. Raises Published."""
    return _put(release, "", by=by)


@transaction.atomic
def publish(release: PressRelease, *, by: User) -> PressRelease:
    """Give it to the press, once its embargo is over. Publishing twice is once. Raises NotReady."""
    row = _locked(release)
    if row.published_at:
        return row
    if not (row.title.strip() and row.body.strip()):
        raise NotReady(_("Un communiqué publié a un titre et un texte."))
    row.published_at, row.published_by = clock.now(), by
    row.save(update_fields=["published_at", "published_by"])
    audit.record(by, "publish", f"press_release:{row.pk}")
    return row


@transaction.atomic
def take_back(release: PressRelease, *, by: User) -> PressRelease:
    """Before its embargo is over: a draft again. Raises Published once anybody could read it."""
    row = _locked(release)
    if row.is_public(clock.now()):
        raise Published
    if row.published_at:
        row.published_at, row.published_by = None, None
        row.save(update_fields=["published_at", "published_by"])
        audit.record(by, "withdraw", f"press_release:{row.pk}")
    return row


@transaction.atomic
def discard(release: PressRelease, *, by: User) -> None:
    """Erase a draft. Raises Published."""
    row = _draft(release)
    audit.record(by, "deleted", f"press_release:{row.pk}")
    row.delete()
    transaction.on_commit(partial(files.forget, row.document))


@transaction.atomic
def correct(release: PressRelease, *, by: User) -> PressRelease:
    """Begin the « rectificatif » of a published communiqué with its text. Raises NotReady for a draft."""
    row = _locked(release)
    if row.published_at is None:
        raise NotReady(_("Ce communiqué n’est pas publié : corrigez-le directement."))
    text = {name: getattr(row, name) for name in ("stop", "language", "title", "body")}
    return draft(by=by, corrects=row, **text)


@transaction.atomic
def _put(release: PressRelease, name: str, *, by: User) -> PressRelease:
    row = _draft(release)
    before, row.document = row.document, name
    row.save(update_fields=["document"])
    audit.record(by, "changed", f"press_release:{row.pk}", fields=["document"])
    transaction.on_commit(partial(files.forget, before))
    return row


def _known(written: dict[str, Any]) -> dict[str, Any]:
    if unknown := set(written) - set(WRITTEN):
        raise ValueError(unknown)
    return written


def _draft(release: PressRelease) -> PressRelease:
    row = _locked(release)
    if row.published_at:
        raise Published
    return row


def _locked(release: PressRelease) -> PressRelease:
    return PressRelease.objects.select_for_update(of=("self",), no_key=True).get(pk=release.pk)
