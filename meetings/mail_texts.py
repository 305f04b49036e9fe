"""The words that leave: written in versions, validated by a named person, for each kind and language.

Nothing leaves in words nobody stands for. Whoever writes mails holds the stop's row and asks
`standing` then; whoever takes a validation back holds the rows of all stops of the tour. So no mail is
written in words taken back a moment ago, and those that wait to leave are stopped.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.models import User
from meetings import audiences, gate, officials, text_checks
from meetings.models import AFTERWARDS, MailText, ReminderKind, TextKind, TextLanguage, Tour
from outbox import clock, queue

DATA = Path(__file__).resolve().parent / "data" / "mail_texts.json"

Words = Mapping[str, str]  # subject, title, body
Standing = Mapping[tuple[str, str], MailText]  # (kind, language) -> the version that leaves


class Outdated(Exception):
    """Somebody wrote a newer version meanwhile."""


class Wrong(Exception):
    """The words cannot be saved; `problems` says why, by field."""

    def __init__(self, problems: text_checks.Problems) -> None:
        super().__init__(", ".join(sorted(problems)))
        self.problems = problems


def kind_of(purpose: str, audience: str) -> str:
    """The text in which `purpose` is said to somebody of an audience. Raises KeyError for a name unknown."""
    if purpose in AFTERWARDS:
        return str(purpose)
    if officials.is_official(audience) or audience == officials.ACCEPTED:
        return f"{purpose}_official"
    asked = audiences.get(audience).letters
    asks = purpose in (ReminderKind.INVITATION, ReminderKind.NO_ANSWER)
    return f"{purpose}_{asked if asks else 'professional'}"


def in_words(text: MailText) -> str:
    """How the keys of mails written in these very words end."""
    return f"#{text.pk}"


def purpose_of(kind: str) -> str:
    """The purpose of the mails that are said in a text of this kind."""
    return next(str(purpose) for purpose in ReminderKind if kind.startswith(purpose))


def lay_down(tour: Tour, *, validated_by: User | None = None) -> None:
    """Give a tour the usual words; kinds and languages it has words for stay as staff left them.

    Nobody stands for them until somebody validates them; `validated_by` is for demonstrations.
    """
    now = clock.now()
    known = set(tour.mail_texts.values_list("kind", "language"))
    MailText.objects.bulk_create(
        MailText(
            tour=tour, kind=kind, language=language, version=1, written_at=now, **words,
            validated_by=validated_by, validated_at=now if validated_by else None,
        )
        for (kind, language), words in usual().items()
        if (kind, language) not in known
    )  # fmt: skip


@cache
def usual() -> Mapping[tuple[str, str], dict[str, str]]:
    """The words the portal comes with, by kind and language."""
    found: dict[str, dict[str, dict[str, str]]] = json.loads(DATA.read_text(encoding="utf-8"))
    return {(kind, language): found[kind][language] for kind in TextKind for language in TextLanguage}


def newest(tour_id: int) -> QuerySet[MailText]:
    """The last version of each text, whether validated or not."""
    rows = MailText.objects.filter(tour=tour_id)
    return rows.order_by("kind", "language", "-version").distinct("kind", "language")


def standing(tour_id: int, purpose: str = "") -> Standing:
    """What may leave now: of each kind and language the newest validated version, unless taken back.

    `purpose` narrows it to the kinds of texts that are said for it.
    """
    rows = newest(tour_id).filter(validated_at__isnull=False, kind__startswith=purpose)
    return {(row.kind, row.language): row for row in rows if row.leaves}


def missing(tour_id: int) -> list[tuple[str, str]]:
    """The kinds and languages in which nothing can leave, in the order of the kinds."""
    there = standing(tour_id)
    return [pair for pair in usual() if pair not in there]


@transaction.atomic
def write(tour: Tour, kind: str, language: str, *, over: int, by: User, **words: str) -> MailText:
    """The next version of a text, which leaves once it is validated; until then the last validated one does.

    `over` is the version its author read. Raises Outdated when there is a newer one, Wrong.
    """
    if found := text_checks.problems(kind, language, **words):
        raise Wrong(found)
    last = _lock(tour.pk, kind, language)
    if last.version != over:
        raise Outdated
    if last.withdrawn_at is None and all(getattr(last, field) == text for field, text in words.items()):
        return last
    text = MailText.objects.create(
        tour=tour, kind=kind, language=language, version=over + 1, written_at=clock.now(), written_by=by,
        **words,
    )  # fmt: skip
    audit.record(by, "mail_text_written", f"mailtext:{text.pk}", fields=words)
    return text


@transaction.atomic
def validate(text: MailText, *, by: User) -> None:
    """`by` stands for these words: they leave from now on. Twice is once; the first name stays.

    Raises Outdated when there is a newer version, for what is validated is what was read; and for words
    taken back: they are written again first, so that who stood for them when remains known.
    """
    last = _lock(text.tour_id, text.kind, text.language)
    if last.pk != text.pk or last.withdrawn_at:
        raise Outdated
    if last.validated_at:
        return
    MailText.objects.filter(pk=last.pk).update(validated_at=clock.now(), validated_by=by)
    audit.record(by, "mail_text_validated", f"mailtext:{text.pk}")


@transaction.atomic
def withdraw(text: MailText, *, by: User) -> int:
    """Nothing leaves in this kind and language any more, until words are validated again.

    Mails that wait to leave are stopped, and written anew later, if they still make sense. Answers how
    many. Raises Outdated when these are not the words that leave, and gate.Busy.
    """
    stops = sorted(text.tour.stops.values_list("pk", flat=True))
    for stop_id in stops:
        gate.lock(stop_id)
    leaving = standing(text.tour_id).get((text.kind, text.language))
    if leaving is None or leaving.pk != text.pk:
        raise Outdated
    MailText.objects.filter(pk=text.pk).update(withdrawn_at=clock.now(), withdrawn_by=by)
    audit.record(by, "mail_text_withdrawn", f"mailtext:{text.pk}")
    purposes = [purpose_of(text.kind)]
    return sum(
        queue.supersede(subject=f"stop:{stop_id}", purposes=purposes, ending=in_words(text))
        for stop_id in stops
    )


def _lock(tour_id: int, kind: str, language: str) -> MailText:
    """The last version, while nobody writes another: who writes the next one holds the first."""
    rows = MailText.objects.filter(tour=tour_id, kind=kind, language=language)
    rows.select_for_update(no_key=True).get(version=1)
    return rows.order_by("-version")[0]
