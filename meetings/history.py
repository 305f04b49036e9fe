"""The public history of a stop: what each release changed, in the reader's words.

Made from the difference between two released documents and nothing else, so it may be shown to everybody.
`differences` says the same to staff, field by field.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import translation
from django.utils.translation import gettext as _

from meetings.documents import NO_TEXT, Document, MeetingDocument, OutcomeDocument
from meetings.models import Release
from regions import dates
from regions.composed import Composed
from regions.languages import Texts, pick


@dataclass(frozen=True, slots=True)
class Version:
    """A release as its readers hear of it: `changes` are sentences, none for the first."""

    stop_id: int
    number: int
    at: datetime
    document: Document
    changes: list[str]


RELEASES = Composed(
    lambda stops: (
        Release.objects.filter(stop__in=stops)
        .only("stop_id", "number", "at", "document")
        .order_by("stop", "number")
    )
)


def versions(stop_ids: Iterable[int], language: str) -> list[Version]:
    """Every release of these stops, newest first. One query. For public stops only."""
    found: list[Version] = []
    last: Release | None = None
    for release in RELEASES.rows(stops=sorted(stop_ids)):
        before = last.document if last and last.stop_id == release.stop_id else None
        told = changes(before, release.document, language) if before else []
        found.append(Version(release.stop_id, release.number, release.at, release.document, told))
        last = release
    return sorted(found, key=lambda version: (version.at, version.stop_id, version.number), reverse=True)


def latest(stop_ids: Iterable[int], language: str) -> tuple[Version, int] | None:
    """The newest release that told readers of this language something, and how many older ones there are
    of all these stops: what came after it is no news. One query."""
    found = versions(stop_ids, language)
    news = {id(version) for version in _news(found)}
    for place, version in enumerate(found):
        if id(version) in news and version.changes != [_nothing_to_see(language)]:
            return version, len(found) - place - 1
    return None


def told(stop_ids: Iterable[int], language: str) -> list[Version]:
    """The releases of public stops that told the public something, newest first: what only the registered
    or the invited learned, or how many seats there are, is no news here. One query."""
    return _news(versions(stop_ids, language))


def _news(found: list[Version]) -> list[Version]:
    older = {(version.stop_id, version.number + 1): version.document for version in found}
    return [version for version in found if version.document != older.get((version.stop_id, version.number))]


def changes(before: Document, after: Document, language: str) -> list[str]:
    """What a reader of this language finds changed, most important first; never empty."""
    with translation.override(language):
        told = [
            *_called_off(before, after, language),
            *_outcome(before, after, language),
            *_when(before, after, language),
            *_where(before, after, language),
            *_programme(before, after, language),
            *_handouts(before, after, language),
            *_around(before, after, language),
        ]
        return told or [_nothing_to_see(language)]


def _nothing_to_see(language: str) -> str:
    with translation.override(language):
        return _("Précisions sans effet sur la date, l’heure, le lieu ni le programme.")


def _called_off(before: Document, after: Document, language: str) -> Iterator[str]:
    was, is_ = before.get("called_off", ""), after.get("called_off", "")
    reason = " ".join(pick(after["reason"], language).splitlines())
    if was == is_:
        if reason and _differ(before["reason"], after["reason"], language):
            yield _("Motif : %(reason)s") % {"reason": reason}
        return
    if is_ == "cancelled":
        yield f"{_('Étape annulée.')} {reason}".strip()
    elif is_ == "postponed":
        yield f"{_('Étape reportée.')} {reason}".strip()
    else:
        yield _("Étape à nouveau prévue.")


def _outcome(before: Document, after: Document, language: str) -> Iterator[str]:
    old, new = before.get("outcome"), after.get("outcome")
    if new and not old:
        yield _("Le bilan de l’étape est publié.")
    elif old and not new:
        yield _("Le bilan de l’étape est retiré.")
    elif old and new and any(_differ(*pair, language) for pair in _parts(old, new)):
        yield _("Bilan de l’étape mis à jour.")


def _parts(old: OutcomeDocument, new: OutcomeDocument) -> list[tuple[Texts, Texts]]:
    return [(old[part], new[part]) for part in ("summary", "heard", "decided")]


def _when(before: Document, after: Document, language: str) -> Iterator[str]:
    was, is_ = _day(before, language), _day(after, language)
    if was != is_:
        yield _("Nouvelle date : %(after)s (avant : %(before)s).") % {"after": is_, "before": was}
    was, is_ = _hours(before, language), _hours(after, language)
    if was != is_:
        yield _("Nouveaux horaires : %(after)s (avant : %(before)s).") % {"after": is_, "before": was}
    if _following(before, after):
        yield _("Le programme est décalé d’autant.")


def _where(before: Document, after: Document, language: str) -> Iterator[str]:
    was, is_ = pick(before["city"], language), pick(after["city"], language)
    if was != is_:
        yield _("Nouvelle ville : %(after)s (avant : %(before)s).") % {"after": is_, "before": was}
    old, new = before["venue"], after["venue"]
    if old is None and new is None:
        return
    if new is None:
        yield _("Le lieu est à nouveau à confirmer.")
    elif old is None:
        yield _("Lieu : %(after)s.") % {"after": pick(new["name"], language)}
    elif (was := pick(old["name"], language)) != (is_ := pick(new["name"], language)):
        yield _("Nouveau lieu : %(after)s (avant : %(before)s).") % {"after": is_, "before": was}
    elif new["confirmed"] and not old["confirmed"]:
        yield _("Lieu confirmé : %(venue)s.") % {"venue": is_}
    elif any(_differ(old[name], new[name], language) for name in ("address", "access")):
        yield _("Adresse ou accès au lieu précisés.")


def _programme(before: Document, after: Document, language: str) -> Iterator[str]:
    old, new = ({one["id"]: one for one in each["meetings"]} for each in (before, after))
    follow = _following(before, after)
    for key, one in new.items():
        title = pick(one["title"], language)
        if key not in old:
            hours = _hours(one, language)
            yield _("Ajout au programme : %(meeting)s, %(hours)s.") % {"meeting": title, "hours": hours}
        else:
            yield from _meeting(old[key], one, title, language, follows=key in follow)
    for key, one in old.items():
        if key not in new:
            yield _("Retiré du programme : %(meeting)s.") % {"meeting": pick(one["title"], language)}


def _meeting(
    old: MeetingDocument, new: MeetingDocument, title: str, language: str, *, follows: bool
) -> Iterator[str]:
    if (was := pick(old["title"], language)) != title:
        yield _("Nouvel intitulé : %(after)s (avant : %(before)s).") % {"after": title, "before": was}
    was, is_ = _hours(old, language), _hours(new, language)
    if was != is_ and not follows:
        words = {"meeting": title, "after": is_, "before": was}
        yield _("%(meeting)s : %(after)s (avant : %(before)s).") % words
    if new["room"] != old["room"] and new["room"]:
        yield _("%(meeting)s, nouvelle salle : %(room)s.") % {"meeting": title, "room": new["room"]}
    if _points(old, language) != _points(new, language):
        yield _("%(meeting)s : ordre du jour mis à jour.") % {"meeting": title}


def _following(before: Document, after: Document) -> set[int]:
    """The meetings that moved as the beginning of the stop did: one sentence tells of all."""
    shift = _minutes(after["starts"]) - _minutes(before["starts"])
    old = {one["id"]: one for one in before["meetings"]}
    moved = (
        one["id"] for one in after["meetings"] if one["id"] in old and _moved(old[one["id"]], one, by=shift)
    )
    return set(moved) if shift else set()


def _moved(old: MeetingDocument, new: MeetingDocument, *, by: int) -> bool:
    return all(_minutes(new[end]) - _minutes(old[end]) == by for end in ("starts", "ends"))


def _minutes(hour: str) -> int:
    at = time.fromisoformat(hour)
    return at.hour * 60 + at.minute


def _points(meeting: MeetingDocument, language: str) -> list[tuple[str, int, str]]:
    """What is said of each point, its hour apart: that moves with the meeting."""
    return [
        (pick(item["title"], language), item["minutes"], pick(item["note"], language))
        for item in meeting["items"]
    ]


def _handouts(before: Document, after: Document, language: str) -> Iterator[str]:
    old, new = ({one["id"]: one for one in each.get("handouts", [])} for each in (before, after))
    for key, one in new.items():
        title = {"title": pick(one["title"], language)}
        if key not in old:
            yield _("Nouveau document : %(title)s.") % title
        elif one["version"] != old[key]["version"]:
            yield _("Nouvelle version du document : %(title)s.") % title
    for key, one in old.items():
        if key not in new:
            yield _("Document retiré : %(title)s.") % {"title": pick(one["title"], language)}


def _around(before: Document, after: Document, language: str) -> Iterator[str]:
    if before["rank"] != after["rank"]:
        yield _("Désormais étape %(rank)s sur %(of)s.") % {"rank": after["rank"], "of": after["of"]}
    if before["registration"] != after["registration"]:
        yield from _window(after, language)
    if _differ(before["intro"], after["intro"], language):
        yield _("Présentation mise à jour.")
    if _differ(before.get("speakers", NO_TEXT), after.get("speakers", NO_TEXT), language):
        yield _("Prises de parole mises à jour.")
    old, new = before["contact"], after["contact"]
    same = (old["phone"], old["email"]) == (new["phone"], new["email"])
    if not same or any(_differ(old[name], new[name], language) for name in ("function", "hours")):
        yield _("Contact mis à jour.")


def _window(document: Document, language: str) -> Iterator[str]:
    window = document["registration"]
    opens, closes = (
        dates.full_date(date.fromisoformat(day), language) if day else ""
        for day in (window["opens_on"], window["closes_on"])
    )
    if opens and closes:
        yield _("Inscriptions : du %(opens)s au %(closes)s.") % {"opens": opens, "closes": closes}
    elif opens:
        yield _("Inscriptions : à partir du %(opens)s.") % {"opens": opens}
    elif closes:
        yield _("Inscriptions : jusqu’au %(closes)s.") % {"closes": closes}
    else:
        yield _("Inscriptions : sans date limite.")


def _day(document: Document, language: str) -> str:
    return dates.long_date(date.fromisoformat(document["date"]), language)


def _hours(slot: Document | MeetingDocument, language: str) -> str:
    starts, ends = time.fromisoformat(slot["starts"]), time.fromisoformat(slot["ends"])
    return dates.hours(starts, ends, language)


def _differ(before: Texts, after: Texts, language: str) -> bool:
    return pick(before, language) != pick(after, language)
