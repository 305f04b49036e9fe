"""Who may read what of the tour: one rule per noun, for every page, file and mail.

What the public reads comes from releases; this module adds to it what a person may read besides.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from accounts.models import Role, User
from meetings.documents import Document, HandoutDocument, MeetingDocument
from meetings.models import Answer, Invitation, ReadBy, Release, Stop, StopQuerySet
from regions.models import Body


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking: somebody signed in, or the bearer of a personal link, or anybody."""

    user: User | None = None
    registered_at: frozenset[int] = frozenset()  # stops where this person sits or queues
    expected_at: frozenset[int] = frozenset()  # stops to which this person is asked as an official
    accredited_at: frozenset[int] = frozenset()  # stops from which this person writes for the press

    @property
    def is_staff(self) -> bool:
        user = self.user
        return user is not None and user.is_active and user.is_staff and user.role == Role.STAFF


PUBLIC = Viewer()
PRESS = "press"  # the audience of journalists


def stops_visible_to(viewer: Viewer, now: datetime) -> StopQuerySet:
    """The staff sees every stop, drafts too; everybody else what was released."""
    stops = Stop.objects.all()
    return stops if viewer.is_staff else stops.public()


def meetings_visible_to(viewer: Viewer, release: Release, now: datetime) -> list[MeetingDocument]:
    """Of a release: the public meetings, those of the registered for the registered, and those
    of the officials for the officials, who may read the registered ones too. In order of hours."""
    meetings: list[MeetingDocument] = list(release.document["meetings"])
    expected = viewer.is_staff or release.stop_id in viewer.expected_at
    if expected or release.stop_id in viewer.registered_at:
        meetings += release.restricted["registered"]
    if expected:
        meetings += release.restricted["invited"]
    return sorted(meetings, key=lambda meeting: (meeting["starts"], meeting["ends"], meeting["id"]))


def handouts_visible_to(viewer: Viewer, release: Release, now: datetime) -> list[HandoutDocument]:
    """Of a release: the documents for everybody, then those for this viewer. Officials may read those of
    the registered too, as with meetings; the press reads its own."""
    stop = release.stop_id
    theirs = {
        ReadBy.REGISTERED: stop in viewer.registered_at or stop in viewer.expected_at,
        ReadBy.OFFICIALS: stop in viewer.expected_at,
        ReadBy.PRESS: stop in viewer.accredited_at,
    }
    kept: list[HandoutDocument] = release.restricted.get("handouts", [])
    mine = [one for one in kept if viewer.is_staff or theirs[ReadBy(one["read_by"])]]
    return [*release.document.get("handouts", []), *mine]


def document_for(viewer: Viewer, release: Release, now: datetime) -> Document:
    """The document of a release with the meetings this viewer may read."""
    document = cast(Document, release.document)
    return {**document, "meetings": meetings_visible_to(viewer, release, now)}


def viewer_of_person(key: str, stop_id: int) -> Viewer:
    """What somebody who comes may read of a stop, by their key in an audience. The press reads what
    everybody reads."""
    here = frozenset([stop_id])
    if key.startswith(("official:", "replacement:")):
        return Viewer(expected_at=here)
    return Viewer(registered_at=here) if key.startswith("registration:") else PUBLIC


def viewer_of(invitation: Invitation) -> Viewer:
    """What an invitation opens: officials are expected, journalists accredited once they accepted;
    professionals still have to register."""
    if invitation.audience in Body.values:
        return Viewer(expected_at=frozenset([invitation.stop_id]))
    if invitation.audience == PRESS and invitation.answer == Answer.ACCEPTED:
        return Viewer(accredited_at=frozenset([invitation.stop_id]))
    return PUBLIC
