"""Officials to be written to on the morrow: who was there, who was missed, who had sent their excuses.

Whoever was named to come in an official's place is written to instead. Of those who were not there nobody
is known before the team has gone through the roll.
"""

from collections.abc import Callable, Collection, Iterable

from meetings import officials
from meetings.audiences import Recipient
from meetings.models import Answer, Invitation, Stop
from professionals import presence, roll

Members = Callable[..., Iterable[Recipient]]


def attended(stop: Stop, keys: Collection[str] | None = None) -> Iterable[Recipient]:
    """Officials, or those in their place, who were seen at the door."""
    return _among(_written_to(stop, _seen(stop)), keys)


def absent(*chosen: roll.State) -> Members:
    """Officials in one of these states whom nobody saw, nor anybody in their place."""

    def members(stop: Stop, keys: Collection[str] | None = None) -> Iterable[Recipient]:
        if not roll.is_closed(stop):
            return []
        found = {pk for pk, state in roll.invitations(stop).items() if state in chosen}
        return _among(_written_to(stop, found - _seen(stop)), keys)

    return members


def _seen(stop: Stop) -> set[int]:
    kind = f"{presence.INVITATION}:"
    return {int(key.removeprefix(kind)) for key in presence.first_marks(stop) if key.startswith(kind)}


def _written_to(stop: Stop, wanted: Collection[int]) -> Iterable[Recipient]:
    rows = list(
        Invitation.objects.filter(stop=stop, pk__in=wanted, audience__in=officials.BODIES).order_by("pk")
    )
    people = officials.by_key(row.key for row in rows)
    for row in rows:
        official = people.get(row.key)
        if row.answer == Answer.REPLACED:
            if row.replacement_email:
                yield officials.replacement(row, language=official.language if official else "fr")
        elif official and official.active:
            person = officials.recipient(official, {row.key: row})
            if person.email:
                yield person


def _among(found: Iterable[Recipient], keys: Collection[str] | None) -> Iterable[Recipient]:
    return found if keys is None else [one for one in found if one.key in keys]
