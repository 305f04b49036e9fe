"""What a registered person may read of a stop: what everybody may, and the meetings kept for them.

Made from the current release alone, so that their page, their badge, their mails and their calendar
agree with the public agenda and with each other.
"""

from meetings import visibility
from meetings.documents import Document, HandoutDocument, MeetingDocument
from meetings.models import MeetingKind, Release, Stop
from meetings.visibility import Viewer
from outbox import clock
from professionals.models import Registration, RegistrationStatus

# Who has not been approved yet is told what everybody is.
KNOWS_THE_PROGRAMME = (RegistrationStatus.SEATED, RegistrationStatus.OFFERED, RegistrationStatus.WAITING)


def release_of(stop: Stop) -> Release:
    """The current release of a stop that people may register for.

    Under the stop's lock it is read after the lock, not joined to it: who waited for the row would
    see the new row beside the release of before. One query, with the tour.
    """
    if stop.current_release_id is None:
        raise ValueError(f"stop {stop.pk} was never released")
    if not Stop.current_release.is_cached(stop):
        release = Release.objects.select_related("stop__tour").get(pk=stop.current_release_id)
        stop.current_release, stop.tour = release, release.stop.tour
    return stop.current_release  # type: ignore[return-value]


def public_document(stop: Stop) -> Document:
    return release_of(stop).document


def for_person(registration: Registration) -> Document:
    """What this person may read now, with the sequence of their own calendar entry."""
    release = release_of(registration.stop)
    document = visibility.document_for(_viewer(registration), release, clock.now())
    entry = document["calendar"]
    document["calendar"] = {**entry, "sequence": entry["sequence"] + registration.calendar_step}
    return document


def handouts(registration: Registration) -> list[HandoutDocument]:
    """The documents this person may read now."""
    release = release_of(registration.stop)
    return visibility.handouts_visible_to(_viewer(registration), release, clock.now())


def _viewer(registration: Registration) -> Viewer:
    if registration.status in KNOWS_THE_PROGRAMME:
        return Viewer(registered_at=frozenset([registration.stop_id]))
    return visibility.PUBLIC


def workshops(document: Document) -> list[MeetingDocument]:
    """The released workshops, in order."""
    return [meeting for meeting in document["meetings"] if meeting["kind"] == MeetingKind.WORKSHOP]


def overlap(one: MeetingDocument, other: MeetingDocument) -> bool:
    """Whether two meetings of a day take place at the same time, even in part."""
    return one["starts"] < other["ends"] and other["starts"] < one["ends"]
