"""Publishing: what the public reads of a stop is its current release, and nothing else.

Publishing makes release 1 from the rows; "Publier les changements" makes the next one. The
operations of `lifecycle` make releases too, of their own fields only. Releases are never changed.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from meetings import differences, documents, gate, notices, printing, readiness
from meetings.documents import Document, Restricted
from meetings.models import Release, Stop, StopStatus
from outbox import clock


class NotReady(Exception):
    """The stop may not be published as it stands: `problems` says why, a sentence each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__(" ".join(self.problems))


@transaction.atomic
def publish(stop: Stop, *, by: User | None) -> Release:
    """Show a draft to the public: release 1. Raises NotReady."""
    stop = gate.lock(stop.pk)
    if stop.status != StopStatus.DRAFT:
        raise NotReady([_("Cette étape n’est plus un brouillon.")])
    if problems := readiness.problems(stop):
        raise NotReady(problems)
    documents.fetch_lists(stop)
    now = clock.now()
    release = write(
        stop,
        document=documents.build(stop),
        restricted=documents.restricted(stop),
        by=by,
        at=now,
        status=StopStatus.PUBLISHED,
        published_at=now,
    )
    audit.record(by, "publish", f"stop:{stop.pk}")
    return release


@transaction.atomic
def release_changes(stop: Stop, *, by: User | None) -> Release:
    """Show the public what was edited since the last release. Raises NotReady, also when nothing was.

    Where the edit corrects the place that calendars show, those concerned get their entry anew.
    """
    stop = gate.lock(stop.pk)
    if stop.status not in (StopStatus.PUBLISHED, StopStatus.POSTPONED, StopStatus.HELD):
        raise NotReady([_("Seule une étape publiée, reportée ou tenue a des changements à publier.")])
    documents.fetch_lists(stop)
    if not unreleased_changes(stop):
        raise NotReady([_("Rien n’a changé depuis la dernière version publiée.")])
    if problems := readiness.problems(stop):
        raise NotReady(problems)
    before = _current(stop).document
    document = _edited(stop, before)
    moved = tells(stop)
    told = notices.people(stop) if moved else []
    sequence = stop.sequence + (_place(before) != _place(document))
    document["calendar"]["sequence"] = sequence
    restricted = documents.restricted(stop)
    release = write(stop, document=document, restricted=restricted, by=by, sequence=sequence)
    if moved:
        notices.tell(stop, "venue_changed", to=told, release=release)
    audit.record(by, "release", f"stop:{stop.pk}")
    return release


def tells(stop: Stop) -> bool:
    """Whether publishing the changes writes to people: the place shown changes and the stop is ahead."""
    ahead = stop.status == StopStatus.PUBLISHED and clock.now() < stop.ends_at
    return ahead and _place(_current(stop).document) != _place(documents.build(stop))


def unreleased_changes(stop: Stop) -> list[str]:
    """What differs between the rows and the current release, a line each, for the staff."""
    if stop.current_release is None:
        return []
    before = stop.current_release
    after = _edited(stop, before.document)
    return differences.between(before.document, after) + differences.between(
        before.restricted, documents.restricted(stop)
    )


def write(
    stop: Stop,
    *,
    document: Document,
    restricted: Restricted,
    by: User | None,
    at: datetime | None = None,
    **fields: Any,
) -> Release:
    """Add a release to a locked stop, make it the current one, and write `fields` of the stop with it."""
    last = stop.current_release
    release = Release.objects.create(
        stop=stop,
        number=last.number + 1 if last else 1,
        at=at or clock.now(),
        by=by,
        document=document,
        restricted=restricted,
    )
    with gate.opened():
        Stop.objects.filter(pk=stop.pk).update(current_release=release, revision=F("revision") + 1, **fields)
    stop.refresh_from_db(fields=["current_release", "revision", *fields])
    # robust: a broker that is down must not fail the release; the first reader has the PDF made.
    transaction.on_commit(printing.ring, robust=True)
    return release


def _edited(stop: Stop, before: Document) -> Document:
    """The rows as a document, with what the life cycle alone says of the stop."""
    document = documents.build(stop)
    document["reason"] = before["reason"]
    if "called_off" in before:
        document["called_off"] = before["called_off"]
    return document


def _place(document: Document) -> object:
    """What calendars show of the place."""
    venue = document["venue"]
    return venue and [venue[name] for name in ("name", "address", "latitude", "longitude")]


def _current(stop: Stop) -> Release:
    release = stop.current_release
    assert release is not None  # noqa: S101 - a stop that left the draft has one (constraint)
    return release
