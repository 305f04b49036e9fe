"""Documents handed out around a stop: kept, released with the stop, given to those they are meant for.

A file never changes under its name. Another version is another file, and the one that was released stays
until the next release: `sweep` takes away what nothing refers to any more.
"""

import time
from collections.abc import Iterable
from functools import partial
from typing import Any, cast

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase

from accounts import audit
from accounts.models import User
from meetings import gate, handing_out, releases, sent_pdf
from meetings.documents import Document, HandoutDocument, Restricted
from meetings.models import Handout, Release, Stop
from meetings.stored_files import Store
from outbox import clock
from regions.languages import pick

files = Store("handouts")
DAY = 24 * 3600


def add(stop: Stop, content: bytes, *, by: User | None, **described: Any) -> Handout:
    """Keep a PDF, stripped of what it carries along, as a draft. Raises sent_pdf.Unusable."""
    clean = sent_pdf.cleaned(content)
    name = files.save(clean, "pdf")
    try:
        with transaction.atomic():
            made = Handout.objects.create(
                stop=stop, file=name, size=len(clean), added_at=clock.now(), added_by=by, **described
            )
            audit.record(by, "added", f"handout:{made.pk}")
    except Exception:
        files.forget(name)
        raise
    return made


def replace(handout: Handout, content: bytes, *, by: User | None) -> Handout:
    """Its next version, a draft until the next release. Raises sent_pdf.Unusable."""
    clean = sent_pdf.cleaned(content)
    name = files.save(clean, "pdf")
    with transaction.atomic():
        row = Handout.objects.select_for_update(of=("self",), no_key=True).get(pk=handout.pk)
        row.file, row.size, row.version = name, len(clean), row.version + 1
        row.save(update_fields=["file", "size", "version"])
        audit.record(by, "changed", f"handout:{row.pk}", fields=["file"])
    return row


@transaction.atomic
def withdraw(handout: Handout, *, by: User | None) -> None:
    """Take a document away, at once and also from what was released; no other edit is released with it.

    Raises gate.Busy.
    """
    stop = gate.lock(handout.stop_id)
    number, target = handout.pk, f"handout:{handout.pk}"
    names = {handout.file}
    handout.delete()
    if last := stop.current_release:
        document = cast(Document, {**last.document, "handouts": _without(last.document, number)})
        restricted = cast(Restricted, {**last.restricted, "handouts": _without(last.restricted, number)})
        if released := [one for one in _all(last) if one["id"] == number]:
            names |= {one["file"] for one in released}
            _leave_out_empty(document, restricted)
            releases.write(stop, document=document, restricted=restricted, by=by)
    audit.record(by, "withdraw_handout", target)
    transaction.on_commit(partial(files.forget, *names))


def is_released(handout: Handout) -> bool:
    """Whether people find it: in this version, with these words or with those of before."""
    last = handout.stop.current_release
    return last is not None and any(one["id"] == handout.pk for one in _all(last))


def answer(
    request: HttpRequest, shown: Iterable[HandoutDocument], number: int, *, slug: str, language: str
) -> HttpResponseBase:
    """One of the documents that this reader is shown. Raises Http404 for any other."""
    found = next((one for one in shown if one["id"] == number), None)
    if found is None:
        raise Http404
    plain = f"onmt-{slug}-document-{number}-v{found['version']}.pdf"
    named = handing_out.disposition("attachment", plain, f"{pick(found['title'], language)}.pdf")
    return files.answer(request, found["file"], disposition=named)


def sweep() -> None:
    """Take away the files of more than a day that neither a draft nor a current release refers to."""
    old = [path for path in files.folder().iterdir() if path.stat().st_mtime < time.time() - DAY]
    if not old:
        return
    known = referred_to()
    for path in old:
        if path.name not in known:
            path.unlink(missing_ok=True)


def referred_to() -> set[str]:
    """The files of drafts, and those that people are given now."""
    known = {*Handout.objects.values_list("file", flat=True)}
    return known | {one["file"] for release in _current() for one in _all(release)}


def _current() -> Iterable[Release]:
    wanted = Stop.objects.exclude(current_release=None).values("current_release")
    return Release.objects.filter(pk__in=wanted).only("document", "restricted")


def _all(release: Release) -> list[HandoutDocument]:
    return [*release.document.get("handouts", []), *release.restricted.get("handouts", [])]


def _without(kept: Any, number: int) -> list[HandoutDocument]:
    return [one for one in kept.get("handouts", []) if one["id"] != number]


def _leave_out_empty(*kept: Any) -> None:
    """A release that has none says nothing of them, as one that never had any."""
    for each in kept:
        if not each["handouts"]:
            del each["handouts"]
